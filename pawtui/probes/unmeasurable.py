"""Facts that cannot be measured."""


class Unmeasurable(Exception):
    """A fact that cannot be measured: a missing path, a binary file, a slow pattern. A retry would have the same result.

    `str()` is the cause, for `unknown: ...`.
    """


class PathMissing(Unmeasurable):
    """A probed path that does not exist at the head: never `met`."""
