"""The known name that was probably meant by an unknown one: the only rule for suggestions in messages."""

from collections.abc import Iterable
from difflib import get_close_matches

# From 0 to 1. At 0.6, `house` is near `close`; at 0.5, `maybe` is near `met`.
_SIMILARITY = 0.65


def nearest(name: str, known: Iterable[str], similarity: float = _SIMILARITY) -> str:
    """Return the known name that is most similar; empty if none is similar enough. Capital letters do not count."""
    by_lower_case = {each.lower(): each for each in known}
    matches = get_close_matches(name[:60].lower(), list(by_lower_case), n=1, cutoff=similarity)
    return by_lower_case[matches[0]] if matches else ""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the end of a message: `did you mean 'x'?` with the nearest known name; without one, all known names."""
    names = list(known)
    if close := nearest(name, names):
        return f"did you mean {close!r}?"
    return f"choose one of: {', '.join(names)}." if names else "none is defined. Add it."
