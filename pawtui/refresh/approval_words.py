"""The only sentence that approves, and the words that may be about approval.

Only the forms in this file approve. Words of some twenty languages (`approval_words.toml`) mark a comment that may be
about approval: they make it unclear, and never approve or refuse anything.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pawtui.refresh.comment_text import folded

# Emoji that agree. Any other emoji (a clock, a question mark) is ambiguous.
_EMOJI = re.compile(
    "[👍👌🙏🙌👏💯🎉🥳🚀🚢✅✔☑🆗🟢✨⭐🌟💚💙💜❤😀😃😄😊🙂🤝🎊][\U0001f3fb-\U0001f3ff]?\ufe0f?"
    "|:(?:[+]1|thumbsup|ok_hand|pray|raised_hands|clap|100|tada|rocket|ship|shipit|white_check_mark|heavy_check_mark"
    "|ok|sparkles|star|green_heart|heart|smile|slightly_smiling_face|handshake|partying_face):"
)
# Signs for or against.
_SIGNS = re.compile(
    r"[👍👎✅❌✔✖❎🚫⛔🛑✋🤚⏸⏹⏳⌛🔴🟢🟡🆗🙅🚧⚠]|:(?:[+-]1|x|thumbsup|thumbsdown|no_entry|no_entry_sign|stop_sign"
    r"|octagonal_sign|hand|raised_hand|white_check_mark|heavy_check_mark|hourglass\w*|red_circle|no_good\w*"
    r"|construction|warning):"
)
# Ends of a phrase; a dash only between spaces.
_END = re.compile(r"[.,!\n–—]|(?<!\S)-{1,2}(?!\S)")
# An ellipsis, a negating exclamation mark (`!approved`), or a dash before a signature.
_NOT_PLAIN = re.compile(r"\.\s*\.|!(?=\w)|\A\s*[-–—]")
_THANKS = (
    r"(?:(?:many |big )?(?:thanks|thx|ty|cheers)|thank you)(?: so much| very much| a lot)?"
    r"(?: for (?:the|this|your) (?:plan|update|work|write-?up|details?))?"
)
_LONGEST = 300  # characters of a paragraph that approves
# Logins that could be read as words.
_WORD_LOGINS = frozenset(
    {"not", "never", "no", "non", "if", "once", "unless", "until", "but", "nobody", "none", "noone", "maybe", "only"}
    | {"later", "tomorrow", "when", "after", "pending", "and", "or", "by", "conditionally"}
)
# A mention of one user; not of a group, nor of a login that could be read as a word.
_GROUPS = frozenset({"all", "channel", "everybody", "everyone", "here", "maintainers", "team"})
_LOGIN = rf"@(?!(?:{'|'.join(sorted(_WORD_LOGINS | _GROUPS))})(?![a-z0-9-]))[a-z0-9][a-z0-9-]{{0,60}}(?:\[bot\])?"
_MOST_ALONE = 4  # words of a text in which the words of `alone` count


def approves(text: str, names: Iterable[str] = ()) -> bool:
    """Return whether a paragraph is "approved" with only a name, thanks, an emoji or punctuation around it.

    `names` are the logins that are allowed without an `@`.
    """
    if len(text) > _LONGEST or _NOT_PLAIN.search(text):
        return False
    known = [re.escape(name.lower()) for name in names if name.lower() not in _WORD_LOGINS]
    polite = rf"(?:{'|'.join([_THANKS, _LOGIN, 'lgtm', *known])})"
    phrases = [" ".join(phrase.split()).lower() for phrase in _END.split(_EMOJI.sub(".", text))]
    approvals = [phrase for phrase in phrases if re.fullmatch(rf"approved(?: {polite})?", phrase, re.ASCII)]
    # "approved" must begin a phrase: "Ann approved" is about Ann.
    rest = [phrase for phrase in phrases if phrase and phrase not in approvals]
    return len(approvals) == 1 and all(re.fullmatch(rf"{polite}(?: {_LOGIN})?", phrase, re.ASCII) for phrase in rest)


def is_harmless(text: str) -> bool:
    """Return whether a paragraph contains only thanks, praise or that the plan was read."""
    words = folded(text).split()
    return "?" not in text and not _SIGNS.search(text) and _words().harmless.issuperset(words)


def is_about_approval(text: str) -> bool:
    """Return whether a text may be about approving, rejecting, withdrawing or waiting."""
    words, known = folded(text), _words()
    single = words.split()
    return (
        known.about.search(words) is not None
        or _SIGNS.search(text) is not None
        or (len(single) <= _MOST_ALONE and not known.alone.isdisjoint(single))
    )


class _Words:
    """The words of `approval_words.toml`, folded."""

    def __init__(self, tables: Mapping[str, Mapping[str, list[str]]]) -> None:
        stems = "|".join(
            # A stem with brackets is already a pattern.
            stem if re.search(r"[(\[]", stem) else folded(stem)
            for stem in _every(tables["stems"])
        )
        phrases = "|".join(re.escape(folded(phrase)) for phrase in _every(tables["phrases"]))
        anywhere = "|".join(re.escape(folded(word)) for word in _every(tables["anywhere"]))
        self.about = re.compile(rf"(?<!\w)(?:{stems})|(?<![\w'])(?:{phrases})(?![\w'])|{anywhere}")
        self.alone = frozenset(folded(word) for word in _every(tables["alone"]))
        self.harmless = frozenset(folded(word) for word in _every(tables["harmless"]))


def _every(table: Mapping[str, list[str]]) -> Iterator[str]:
    for words in table.values():
        yield from words


@cache
def _words() -> _Words:
    tables: dict[str, Any] = tomllib.loads(Path(__file__).with_name("approval_words.toml").read_text(encoding="utf-8"))
    return _Words(tables)
