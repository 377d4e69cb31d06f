"""Facts that cannot be measured."""


class Unmeasurable(Exception):
    """A fact that cannot be measured, such as a binary file or a slow pattern. A retry would have the same result.

    `str()` is the cause, for `unknown: ...`.
    """


class PathMissing(Unmeasurable):
    """A probed path that does not exist at the head: never `met`."""
