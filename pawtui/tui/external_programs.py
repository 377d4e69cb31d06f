"""Open a web page in the user's browser, or a text in the user's editor. Neither program gets a token."""

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from textual.app import App, SuspendNotSupported

from pawtui.errors import PawtuiError, os_reason
from pawtui.redact import child_environment


def open_page(url: str) -> subprocess.Popen[bytes]:
    """Open an http or https page and return the process of the browser, which keeps running. Raises `PawtuiError`."""
    if not _is_web_address(url):
        raise PawtuiError(f"Cannot open {url[:80]!r}: it is not a web address. Copy it.")
    # The browser, and the process that searches for one, get no token.
    env = child_environment(os.environ)
    try:
        search = subprocess.run(
            [sys.executable, "-c", "import webbrowser; webbrowser.get()"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=env,
            timeout=10,
            check=False,
        )
        if search.returncode != 0:
            raise PawtuiError(f"Cannot open {url}: no browser was found. Open the address yourself.")
        return subprocess.Popen(
            [sys.executable, "-m", "webbrowser", url],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=env,
            start_new_session=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        reason = os_reason(error) if isinstance(error, OSError) else "it did not start in time"
        failure = f"the browser failed to start ({reason})"
        raise PawtuiError(f"Cannot open {url}: {failure}. Open the address yourself.") from None


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and url.isprintable()


def edit_text(app: App[Any], text: str) -> str:
    """Return the text after editing. Raises `PawtuiError` if the editor fails; its changes are then lost."""
    configured = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    try:
        words = shlex.split(configured)
    except ValueError as error:
        raise PawtuiError(f"Cannot read VISUAL or EDITOR ({error}): {configured!r}. Correct it.") from None
    if not words:
        raise PawtuiError("No editor is set. Set VISUAL or EDITOR, for example EDITOR=nano, and start pawtui again.")
    try:
        with tempfile.TemporaryDirectory(prefix="pawtui-") as folder:
            path = Path(folder) / "note.md"
            path.write_text(text, encoding="utf-8")
            with app.suspend():
                status = subprocess.run([*words, str(path)], env=child_environment(os.environ), check=False).returncode
            if status != 0:
                raise PawtuiError(f"{words[0]} ended with status {status}. The text is unchanged.")
            return path.read_text(encoding="utf-8", errors="replace").rstrip("\n")
    except SuspendNotSupported:
        raise PawtuiError("This terminal cannot run an editor inside pawtui. Write the text here.") from None
    except OSError as error:
        raise PawtuiError(f"Cannot start {words[0]} ({os_reason(error)}). Set VISUAL or EDITOR.") from None
