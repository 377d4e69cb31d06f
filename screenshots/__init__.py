"""Screenshots of the app on the demo: `python -m screenshots` takes them."""
