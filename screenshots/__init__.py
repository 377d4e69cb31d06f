"""Pictures of the real app on the demo, and what takes them: `python -m screenshots`."""
