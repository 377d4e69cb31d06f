"""Opening a web page in the person's browser, without letting its noise onto the screen."""

from __future__ import annotations

import os
import subprocess
import sys
from urllib.parse import urlsplit

from pawtui.errors import PawtuiError
from pawtui.redact import child_environment

_FIND_TIMEOUT = 10.0


class CannotOpen(PawtuiError):
    """The page was not opened; `str()` is one sentence that says why and gives the address."""


def open_page(url: str) -> subprocess.Popen[bytes]:
    """Open an http or https page; gives the opener's process, which goes on by itself. Raises `CannotOpen`."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise CannotOpen(f"Only web pages are opened, and {url[:80]!r} is none.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not url.isprintable():
        raise CannotOpen(f"Only web pages are opened, and {url[:80]!r} is none.")
    # A browser, and what Python runs to find one, get no token.
    env = child_environment(os.environ)
    try:
        command = _command(url, env)
        if command is None:
            raise CannotOpen(f"There is no browser here to open it in; the address is {url} (y copies it).")
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=env,
            start_new_session=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it does not start in time"
        raise CannotOpen(f"The browser could not be started ({reason}); the address is {url}.") from None


def _command(url: str, env: dict[str, str]) -> list[str] | None:
    """Return what opens a page here: the person's choice, else Python's, as a child whose output goes nowhere."""
    browser = env.get("BROWSER", "")
    if browser and "%s" not in browser and os.pathsep not in browser:
        return [browser, url]
    found = subprocess.run(
        [sys.executable, "-c", "import webbrowser; webbrowser.get()"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=env,
        timeout=_FIND_TIMEOUT,
        check=False,
    )
    return [sys.executable, "-m", "webbrowser", url] if found.returncode == 0 else None
