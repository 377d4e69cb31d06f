"""What must never be shown: tokens in text that is about to be printed, such as a crash report.

Shapes of GitHub tokens: https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

TOKEN_VARIABLES = ("GH_TOKEN", "GITHUB_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")
MASK = "***"

_SHAPES = re.compile(
    r"gh[pousr]_[A-Za-z0-9_]{16,}"
    r"|github_pat_[A-Za-z0-9_]{16,}"
    r"|(?<=x-access-token:)[^@\s]+(?=@)"
    r"|(?<=://)[^/@\s:]+:[^/@\s]+(?=@)"
    r"|(?i:(?<=bearer )|(?<=authorization: token )|(?<=authorization: basic ))[A-Za-z0-9._~+/=-]{8,}"
)


def tokens_in(env: Mapping[str, str]) -> tuple[str, ...]:
    """The tokens that the environment holds, longest first."""
    found = {env.get(name, "").strip() for name in TOKEN_VARIABLES} - {""}
    return tuple(sorted(found, key=len, reverse=True))


def redact(text: str, tokens: Iterable[str] = ()) -> str:
    """`text` with everything masked that is one of `tokens` or has the shape of a token."""
    for token in tokens:
        if token:
            text = text.replace(token, MASK)
    return _SHAPES.sub(MASK, text)
