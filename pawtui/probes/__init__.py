"""How a signal is measured: one file per kind of probe."""
