"""A valid start of a tracker file, a signal and a probe, as texts."""

HEAD = """id = "t"
title = "T"
[upstream]
repo = "a/b"
refs = ["main"]
[downstream]
repo = "c/d"
refs = ["main"]
[surfaces]
s = ["src"]
r = ["run"]
"""
SIGNAL = """[[signals]]
id = "one"
title = "One"
"""
PROBE = '[[signals.probes]]\nkind = "paths"\nexist = ["a"]\n'
