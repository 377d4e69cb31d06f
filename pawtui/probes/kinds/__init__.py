"""The kinds of probes: the file `<kind>_probe.py` measures a kind and words its rule."""
