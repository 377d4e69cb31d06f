"""The measurement of signals, with one file per kind of probe."""
