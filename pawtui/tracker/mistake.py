"""A mistake in a tracker file, its place in the data, and the nearest known word for messages."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

# Names of keys and, inside arrays, indexes from 0: `("signals", 2, "probes", 0, "days")`.
Key = str | int
KeyPath = tuple[Key, ...]
# The path of a mistake in the value that is checked, and its message. `read_tracker` adds the line and the key.
Mistake = tuple[KeyPath, str]


def with_prefix(path: KeyPath, mistakes: Iterable[Mistake]) -> Iterator[Mistake]:
    """Yield the mistakes in the value at a path, with this path in front of their own."""
    for key_path, message in mistakes:
        yield (*path, *key_path), message


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """Return the known word that is most similar to `word`; empty if no similarity (0 to 1) reaches `cutoff`."""
    # At 0.5, `maybe` is near `met`, and `question` is near `json`.
    matches = get_close_matches(word[:60], list(known), n=1, cutoff=cutoff)
    return matches[0] if matches else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the end of a message: `did you mean 'x'?` with the nearest known word; without one, all known words."""
    names = list(known)
    if close := nearest(word, names):
        return f"did you mean {close!r}?"
    return f"choose one of: {', '.join(names)}." if names else "none is defined. Add it."


def unknown_name(kind: str, word: str, known: Iterable[str]) -> str:
    """Return the message for an unknown name: `there is no surface 'runnr'; did you mean 'runner'?`."""
    return f"there is no {kind} {word[:60]!r}; {did_you_mean(word, known)}"
