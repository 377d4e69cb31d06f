"""Remove tokens from printed text, such as a crash report, and from the environment of child processes.

Shapes of GitHub tokens: https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/
"""

import re
from collections.abc import Iterable, Mapping

TOKEN_VARIABLES = ("GH_TOKEN", "GITHUB_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")
MASK = "***"
# A shorter value is too short for a token, and could occur in other text by chance.
MIN_TOKEN_LENGTH = 8

_SHAPES = re.compile(
    r"gh[pousr]_[A-Za-z0-9_]{16,}"
    r"|github_pat_[A-Za-z0-9_]{16,}"
    r"|(?<=x-access-token:)[^@\s]+(?=@)"
    r"|(?<=://)(?!git@)[^/@\s]+(?=@)"
    r"|(?i:(?<=bearer )|(?<=authorization: token )|(?<=authorization: basic ))[A-Za-z0-9._~+/=-]{8,}"
)


def tokens_in(env: Mapping[str, str]) -> tuple[str, ...]:
    """Return the tokens in the environment, longest first."""
    tokens = {env.get(name, "").strip() for name in TOKEN_VARIABLES} - {""}
    return tuple(sorted(tokens, key=len, reverse=True))


def redact(text: str, tokens: Iterable[str] = ()) -> str:
    """Return the text with all `tokens` and all texts in the shape of a token masked."""
    for token in tokens:
        if token:
            text = text.replace(token, MASK)
    return _SHAPES.sub(MASK, text)


def child_environment(env: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for a child process, without the tokens and all variables that contain one.

    An editor, a browser, `gh` and their plugins need no tokens. git has its own environment
    (`sources/git/environment.py`).
    """
    tokens = [token for token in tokens_in(env) if len(token) >= MIN_TOKEN_LENGTH]
    return {
        name: value
        for name, value in env.items()
        if name not in TOKEN_VARIABLES and not any(token in value for token in tokens)
    }
