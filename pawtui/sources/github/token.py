"""Choose the token for the GitHub server.

Names and order are those of the `gh` command. For github.com and `*.ghe.com`: `GH_TOKEN`, then `GITHUB_TOKEN`. For an
Enterprise server: `GH_ENTERPRISE_TOKEN`, then `GITHUB_ENTERPRISE_TOKEN`. Then `gh auth token`. The variables depend on
the host, so that a token of github.com is never sent to another host.
"""

import hashlib
import os
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from pawtui.redact import MASK, MIN_TOKEN_LENGTH, child_environment
from pawtui.sources.github.server import is_loopback, scheme_host_port, web_url

GH = "gh"
_GH_TIMEOUT = 5.0  # seconds
# An escaped backslash, or the JSON escape of a character in a token: a letter, a digit or `_`.
_ESCAPED = re.compile(rb"\\\\|\\u00(3[0-9]|4[1-9a-fA-F]|5[0-9aAfF]|6[1-9a-fA-F]|7[0-9aA])")


@dataclass(frozen=True, repr=False, slots=True)
class Secret:
    """A token that is masked in `repr`, `str` and formatting; only `reveal()` returns it."""

    _value: str

    def reveal(self) -> str:
        """Return the token, for the `Authorization` header only."""
        return self._value

    def fingerprint(self) -> str:
        """Return a non-reversible id of the token."""
        return hashlib.sha256(b"pawtui token\0" + self._value.encode()).hexdigest()[:16]

    def is_in(self, data: bytes) -> bool:
        """Return whether data contains the token. A value too short for a token is ignored: it may match by chance."""
        return len(self._value) >= MIN_TOKEN_LENGTH and self._value.encode() in data

    def mask(self, text: str) -> str:
        """Return a text with the token masked."""
        return text.replace(self._value, MASK) if self.is_in(text.encode("utf-8", "replace")) else text

    def mask_json(self, body: bytes) -> bytes:
        """Return JSON with the token masked, even if some of its characters are escaped."""
        unescaped = _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]) if match[1] else match[0], body)
        return unescaped.replace(self._value.encode(), MASK.encode()) if self.is_in(unescaped) else body

    def __repr__(self) -> str:
        return "Secret(***)"


def may_carry_token(api_url: str) -> bool:
    """Return whether a token may be sent to an API: over https, or to this machine."""
    parts = scheme_host_port(api_url)
    if parts is None:
        return False
    scheme, host, _ = parts
    return scheme == "https" or is_loopback(host)


def run_gh(host: str) -> str | None:
    """Return the output of `gh auth token` for a host; None without gh or a login. Blocks up to 5 s."""
    try:
        done = subprocess.run(
            [GH, "auth", "token", "--hostname", host],
            stdin=subprocess.DEVNULL,
            # Without the token variables, so that gh reads its own store.
            env=child_environment(os.environ),
            capture_output=True,
            text=True,
            timeout=_GH_TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    return done.stdout if done.returncode == 0 else None


def find_token(env: Mapping[str, str], api_url: str, read_gh: Callable[[str], str | None] = run_gh) -> Secret | None:
    """Return the token for an API, or None. Call it in a thread: it blocks up to 5 s while `gh` runs.

    For a server on this machine, `gh` is not run. For plain http to another host, there is no token.
    """
    if not may_carry_token(api_url):
        return None
    host = urlsplit(web_url(api_url)).hostname or ""
    is_cloud = host == "github.com" or host.endswith(".ghe.com") or is_loopback(host)
    names: tuple[str, ...] = (
        ("GH_TOKEN", "GITHUB_TOKEN") if is_cloud else ("GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")
    )
    if env.get("GITHUB_ACTIONS") == "true" and urlsplit(env.get("GITHUB_SERVER_URL", "")).hostname == host:
        # In a workflow of the same server, GITHUB_TOKEN belongs to that server.
        names = (*names, "GITHUB_TOKEN")
    for name in names:
        if (token := _valid_token(env.get(name))) is not None:
            return token
    return None if is_loopback(host) else _valid_token(read_gh(host))


def _valid_token(value: str | None) -> Secret | None:
    """Return the token in a value, without surrounding white space; None if a header cannot contain it."""
    value = (value or "").strip()
    return Secret(value) if value and value.isascii() and value.isprintable() and " " not in value else None
