"""The answer of a comment to a plan: it approves, it may be about approval (unclear), or it is unrelated.

Only one sentence approves. The words that make a comment unclear never approve or refuse anything: they are in some
twenty languages (`unclear_words.toml`), together with the harmless words that may be next to an approval.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Literal, NamedTuple

from pawtui.refresh.comment_text import comment_blocks, normalized

Answer = Literal["approves", "unclear", "unrelated"]

# Emoji that agree. Any other emoji (a clock, a question mark) is ambiguous.
_EMOJI = re.compile(
    "[👍👌🙏🙌👏💯🎉🥳🚀🚢✅✔☑🆗🟢✨⭐🌟💚💙💜❤😀😃😄😊🙂🤝🎊][\U0001f3fb-\U0001f3ff]?\ufe0f?"
    "|:(?:[+]1|thumbsup|ok_hand|pray|raised_hands|clap|100|tada|rocket|ship|shipit|white_check_mark|heavy_check_mark"
    "|ok|sparkles|star|green_heart|heart|smile|slightly_smiling_face|handshake|partying_face):"
)
# Ends of a phrase; a dash only between spaces.
_END = re.compile(r"[.,!\n–—]|(?<!\S)-{1,2}(?!\S)")
# An ellipsis, a negating exclamation mark (`!approved`), or a dash before a signature.
_NOT_PLAIN = re.compile(r"\.\s*\.|!(?=\w)|\A\s*[-–—]")
_THANKS = (
    r"(?:(?:many |big )?(?:thanks|thx|ty|cheers)|thank you)(?: so much| very much| a lot)?"
    r"(?: for (?:the|this|your) (?:plan|update|work|write-?up|details?))?"
)
_MAX_LENGTH = 300  # characters of a paragraph that approves
# Logins that could be read as words.
_WORD_LOGINS = frozenset(
    {"not", "never", "no", "non", "if", "once", "unless", "until", "but", "nobody", "none", "noone", "maybe", "only"}
    | {"later", "tomorrow", "when", "after", "pending", "and", "or", "by", "conditional", "conditionally", "partly"}
    | {"partially", "provisionally", "rejected", "withdrawn", "revoked", "denied", "wait", "hold", "stop", "except"}
)
_GROUPS = frozenset({"all", "channel", "everybody", "everyone", "here", "maintainers", "team"})
# A mention of one user; not of a group, nor of a login that could be read as a word.
_LOGIN = rf"@(?!(?:{'|'.join(sorted(_WORD_LOGINS | _GROUPS))})(?![a-z0-9-]))[a-z0-9][a-z0-9-]{{0,60}}(?:\[bot\])?"
# Signs for or against, next to words: only unclear.
_SIGNS = re.compile(
    r"[👍👎✅❌✔✖❎🚫⛔🛑✋🤚⏸⏹⏳⌛🔴🟢🟡🆗🙅🚧⚠]|:(?:[+-]1|x|thumbsup|thumbsdown|no_entry|no_entry_sign|stop_sign"
    r"|octagonal_sign|hand|raised_hand|white_check_mark|heavy_check_mark|hourglass\w*|red_circle|no_good\w*"
    r"|construction|warning):"
)
_MAX_ALONE = 4  # words of a text in which the words of `alone` count


def answer_of(body: str, logins: Sequence[str] = ()) -> Answer:
    """Return whether a comment approves, may be about approval, or is not about approval.

    `logins` are those of the participants, which are allowed next to "approved".
    """
    blocks = comment_blocks(body)
    clear = [block for block in blocks if block.plain and _approves(block.text, logins)]
    rest = [block for block in blocks if block not in clear]
    if len(clear) == 1 and all(block.plain and _is_harmless(block.text) for block in rest):
        return "approves"
    return "unclear" if any(_is_about_approval(block.text) for block in blocks) else "unrelated"


def _approves(text: str, logins: Iterable[str]) -> bool:
    """Return whether a paragraph is "approved" with only a name, thanks, LGTM, an emoji or punctuation around it."""
    if len(text) > _MAX_LENGTH or _NOT_PLAIN.search(text):
        return False
    known = [re.escape(login.lower()) for login in logins if login.lower() not in _WORD_LOGINS]
    polite = rf"(?:{'|'.join([_THANKS, _LOGIN, 'lgtm', *known])})"
    phrases = [" ".join(phrase.split()).lower() for phrase in _END.split(_EMOJI.sub(".", text))]
    approvals = [phrase for phrase in phrases if re.fullmatch(rf"approved(?: {polite})?", phrase, re.ASCII)]
    # "approved" must begin a phrase: "Ann approved" is about Ann.
    rest = [phrase for phrase in phrases if phrase and phrase not in approvals]
    return len(approvals) == 1 and all(re.fullmatch(rf"{polite}(?: {_LOGIN})?", phrase, re.ASCII) for phrase in rest)


def _is_harmless(text: str) -> bool:
    """Return whether a paragraph contains only words of thanks, of praise, or of having read the plan."""
    words = normalized(text).split()
    return "?" not in text and not _SIGNS.search(text) and _words().harmless.issuperset(words)


def _is_about_approval(text: str) -> bool:
    """Return whether a text may be about approving, rejecting, withdrawing or waiting."""
    plain, known = normalized(text), _words()
    if known.about.search(plain) or _SIGNS.search(text):
        return True
    words = plain.split()
    return len(words) <= _MAX_ALONE and not known.alone.isdisjoint(words)


class _Words(NamedTuple):
    """The words of `unclear_words.toml`, normalized."""

    about: re.Pattern[str]
    alone: frozenset[str]
    harmless: frozenset[str]


@cache
def _words() -> _Words:
    """Return the words of `unclear_words.toml`, read once."""
    tables = tomllib.loads(Path(__file__).with_name("unclear_words.toml").read_text(encoding="utf-8"))
    words = {name: [*chain.from_iterable(by_language.values())] for name, by_language in tables.items()}

    def any_of(name: str) -> str:
        return "|".join(re.escape(normalized(word)) for word in words[name])

    # A stem with brackets is already a pattern.
    stems = "|".join(stem if re.search(r"[(\[]", stem) else normalized(stem) for stem in words["stems"])
    return _Words(
        about=re.compile(rf"(?<!\w)(?:{stems})|(?<![\w'])(?:{any_of('whole_words')})(?![\w'])|{any_of('anywhere')}"),
        alone=frozenset(map(normalized, words["alone"])),
        harmless=frozenset(map(normalized, words["harmless"])),
    )
