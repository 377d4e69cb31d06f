"""The words that may be about approval: they make a comment unclear, and never approve or refuse anything.

They are in some twenty languages (`unclear_words.toml`), together with the harmless words that may stand beside an
approval. `approving_sentence.py` has the only sentence that approves.
"""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pawtui.refresh.comment_text import normalized

# Signs for or against.
_SIGNS = re.compile(
    r"[👍👎✅❌✔✖❎🚫⛔🛑✋🤚⏸⏹⏳⌛🔴🟢🟡🆗🙅🚧⚠]|:(?:[+-]1|x|thumbsup|thumbsdown|no_entry|no_entry_sign|stop_sign"
    r"|octagonal_sign|hand|raised_hand|white_check_mark|heavy_check_mark|hourglass\w*|red_circle|no_good\w*"
    r"|construction|warning):"
)
_MAX_ALONE = 4  # words of a text in which the words of `alone` count


def is_harmless(text: str) -> bool:
    """Return whether a paragraph contains only words of thanks, of praise, or of having read the plan."""
    words = normalized(text).split()
    return "?" not in text and not _SIGNS.search(text) and _words().harmless.issuperset(words)


def is_about_approval(text: str) -> bool:
    """Return whether a text may be about approving, rejecting, withdrawing or waiting."""
    words, known = normalized(text), _words()
    single = words.split()
    return (
        known.about.search(words) is not None
        or _SIGNS.search(text) is not None
        or (len(single) <= _MAX_ALONE and not known.alone.isdisjoint(single))
    )


class _Words(NamedTuple):
    """The words of `unclear_words.toml`, normalized."""

    about: re.Pattern[str]
    alone: frozenset[str]
    harmless: frozenset[str]


@cache
def _words() -> _Words:
    tables = tomllib.loads(Path(__file__).with_name("unclear_words.toml").read_text(encoding="utf-8"))
    words = {name: [word for words in languages.values() for word in words] for name, languages in tables.items()}
    # A stem with brackets is already a pattern.
    stems = "|".join(stem if re.search(r"[(\[]", stem) else normalized(stem) for stem in words["stems"])
    whole_words, anywhere = (
        "|".join(re.escape(normalized(word)) for word in words[name]) for name in ("whole_words", "anywhere")
    )
    about = re.compile(rf"(?<!\w)(?:{stems})|(?<![\w'])(?:{whole_words})(?![\w'])|{anywhere}")
    return _Words(about, *(frozenset(map(normalized, words[name])) for name in ("alone", "harmless")))
