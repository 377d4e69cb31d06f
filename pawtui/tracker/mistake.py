"""A mistake in a tracker file: its place in the data, and its message."""

from collections.abc import Iterable, Iterator

from pawtui.similar_names import did_you_mean

# Names of keys and, inside arrays, indexes from 0: `("signals", 2, "probes", 0, "days")`.
Key = str | int
KeyPath = tuple[Key, ...]
# The path of a mistake in the value that is checked, and its message. `read_tracker` adds the line and the key.
Mistake = tuple[KeyPath, str]


def with_prefix(path: KeyPath, mistakes: Iterable[Mistake]) -> Iterator[Mistake]:
    """Yield the mistakes in the value at a path, with this path in front of their own."""
    for key_path, message in mistakes:
        yield (*path, *key_path), message


def unknown_name(kind: str, word: str, known: Iterable[str]) -> str:
    """Return the message for an unknown name: `there is no surface 'runnr'; did you mean 'runner'?`."""
    return f"there is no {kind} {word[:60]!r}; {did_you_mean(word, known)}"
