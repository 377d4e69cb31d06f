"""The only sentence that approves a plan.

Everything else that may be about approval is only unclear (`unclear_words.py`).
"""

import re
from collections.abc import Iterable

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


def approves(text: str, names: Iterable[str] = ()) -> bool:
    """Return whether a paragraph is "approved" with only a name, thanks, LGTM, an emoji or punctuation around it.

    `names` are the logins that are allowed without an `@`.
    """
    if len(text) > _MAX_LENGTH or _NOT_PLAIN.search(text):
        return False
    known = [re.escape(name.lower()) for name in names if name.lower() not in _WORD_LOGINS]
    polite = rf"(?:{'|'.join([_THANKS, _LOGIN, 'lgtm', *known])})"
    phrases = [" ".join(phrase.split()).lower() for phrase in _END.split(_EMOJI.sub(".", text))]
    approvals = [phrase for phrase in phrases if re.fullmatch(rf"approved(?: {polite})?", phrase, re.ASCII)]
    # "approved" must begin a phrase: "Ann approved" is about Ann.
    rest = [phrase for phrase in phrases if phrase and phrase not in approvals]
    return len(approvals) == 1 and all(re.fullmatch(rf"{polite}(?: {_LOGIN})?", phrase, re.ASCII) for phrase in rest)
