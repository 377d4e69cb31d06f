"""Opening a web page in the person's browser, without letting its noise onto the screen."""

from __future__ import annotations

import os
import subprocess
import sys
from urllib.parse import urlsplit

from pawtui.errors import PawtuiError


class CannotOpen(PawtuiError):
    """The page was not opened; `str()` is one sentence that says why and gives the address."""


def open_page(url: str) -> subprocess.Popen[bytes]:
    """Open an http or https page; gives the opener's process, which goes on by itself. Raises `CannotOpen`."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or not url.isprintable():
        raise CannotOpen(f"Only web pages are opened, and {url[:80]!r} is none.")
    command = _command(url)
    if command is None:
        raise CannotOpen(f"There is no browser here to open it in; the address is {url} (y copies it).")
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise CannotOpen(f"The browser could not be started ({error.strerror}); the address is {url}.") from None


def _command(url: str) -> list[str] | None:
    """What opens a page here: Python's own choice of browser, run as a child whose output goes nowhere."""
    # Only where a page is opened: the first paint does not wait for it.
    import webbrowser

    try:
        webbrowser.get()
    except webbrowser.Error:
        return None
    browser = os.environ.get("BROWSER", "")
    if browser and "%s" not in browser and os.pathsep not in browser:
        return [browser, url]
    return [sys.executable, "-m", "webbrowser", url]
