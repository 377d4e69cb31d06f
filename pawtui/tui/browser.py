"""Open a web page in the user's browser, and discard the browser's output."""

import os
import subprocess
import sys
from urllib.parse import urlsplit

from pawtui.errors import PawtuiError
from pawtui.redact import child_environment

_FIND_TIMEOUT = 10.0


class CannotOpen(PawtuiError):
    """The page was not opened; `str()` is a message with the reason and the address."""


def open_page(url: str) -> subprocess.Popen[bytes]:
    """Open an http or https page and return the process of the browser, which keeps running. Raises `CannotOpen`."""
    if not _is_web_address(url):
        raise CannotOpen(f"Cannot open {url[:80]!r}: it is not a web address.")
    # The browser, and the process that searches for one, get no token.
    env = child_environment(os.environ)
    try:
        command = _command(url, env)
        if command is None:
            raise CannotOpen(f"Cannot open {url}: no browser was found. Copy the address with y.")
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=env,
            start_new_session=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it did not start in time"
        raise CannotOpen(f"Cannot open {url}: the browser failed to start ({reason}). Copy the address.") from None


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and url.isprintable()


def _command(url: str, env: dict[str, str]) -> list[str] | None:
    """Return the command that opens a page: `BROWSER`, else Python's `webbrowser`; None if no browser is found."""
    browser = env.get("BROWSER", "")
    if browser and "%s" not in browser and os.pathsep not in browser:
        return [browser, url]
    search = subprocess.run(
        [sys.executable, "-c", "import webbrowser; webbrowser.get()"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env=env,
        timeout=_FIND_TIMEOUT,
        check=False,
    )
    return [sys.executable, "-m", "webbrowser", url] if search.returncode == 0 else None
