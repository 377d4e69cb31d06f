"""Refuse patterns that would use gigabytes when compiled, such as `(a{1000}){1000}`. Tracker files are untrusted."""

import re

_MOST_CHARACTERS = 2_000
_MOST_REPEATS = 1_000
_MOST_STEPS = 50_000

# The parts of a pattern. With the flag `x`, a repeat can contain spaces and comments. An item can be a set: `[^]a-z]`.
_TOKEN = re.compile(
    r"(?P<comment>\(\?#[^)]*\)?)|(?P<open>\()|(?P<close>\))|(?P<operator>[|?*+^$])"
    r"|(?P<repeat>\{(?:[\d,\s]|#[^\n]*\n)*\})|(?P<item>\\.?|\[\^?\]?(?:\\.|[^\]\\])*\]?|.)",
    re.DOTALL,
)
_REPEAT = re.compile(r"\{(\d*)(?:,(\d*))?\}")
_IGNORED = re.compile(r"\s|#[^\n]*\n")
_VERBOSE = re.compile(r"\(\?[a-zA-Z-]*x")
_COMMENT = re.compile(r"\\.|#[^\n]*", re.DOTALL)


def pattern_problem(pattern: str) -> str:
    """Return why a pattern is refused, as the end of a sentence; empty if it is accepted."""
    if len(pattern) > _MOST_CHARACTERS:
        return f"has {len(pattern):,} characters; at most {_MOST_CHARACTERS:,} are allowed"
    readings = [pattern]
    if _VERBOSE.search(pattern):
        # The place of the flag decides which `#` begins a comment. Check the pattern with and without comments.
        readings.append(_COMMENT.sub(lambda found: found[0] if found[0][0] == "\\" else "", pattern))
    return next((problem for reading in readings if (problem := _size_problem(reading))), "")


def _size_problem(pattern: str) -> str:
    # The number of steps in each open group (innermost last), and in the item before the current token.
    open_groups: list[int] = [0]
    last = 0
    for token in _TOKEN.finditer(pattern):
        match token.lastgroup:
            case "comment" | "operator":
                pass
            case "open":
                open_groups.append(0)
            case "close" if len(open_groups) > 1:
                last = open_groups.pop() + 1
                open_groups[-1] += last
            case "repeat" if repeat := _REPEAT.fullmatch(_IGNORED.sub("", token[0])):
                times = max((int(digits[:9]) for digits in repeat.groups("") if digits), default=0)
                if times > _MOST_REPEATS or len(repeat[0]) > 12:
                    return f"repeats something {repeat[0][1:-1][:24]} times; at most {_MOST_REPEATS:,} are allowed"
                open_groups[-1] += last * max(times - 1, 0)
                last *= max(times, 1)
            case _:
                last = 1
                open_groups[-1] += last
    if sum(open_groups) > _MOST_STEPS:
        return f"repeats groups inside groups to over {_MOST_STEPS:,} steps; make it simpler"
    return ""
