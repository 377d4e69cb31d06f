"""The base class of all expected errors, and the reason of an `OSError` as text."""


class PawtuiError(Exception):
    """An expected failure: `str()` is a message for the user that states what failed, why, and what to do.

    Any other exception that reaches a command or a screen is a bug.
    """


def os_reason(error: OSError) -> str:
    """Return the reason of an `OSError` in lower case: `permission denied`."""
    return (error.strerror or type(error).__name__).lower()
