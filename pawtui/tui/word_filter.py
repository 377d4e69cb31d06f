"""The filter by words of the lists, the help, the palette and the completion of pins."""

from collections.abc import Callable


def word_filter(words: str) -> Callable[[str], bool]:
    """Return a function that returns whether a text contains all these words, in any order and case."""
    wanted = words.lower().split()

    def matches(text: str) -> bool:
        lowered = text.lower()
        return all(word in lowered for word in wanted)

    return matches
