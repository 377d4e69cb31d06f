"""A program on a pseudo-terminal of its own: when what it paints arrives, counted from its start or from a key."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

ROWS, COLUMNS = 36, 120
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0


class Terminal:
    """Python running `code` in a process of its own, on a terminal of 120x36; it is killed when the block is left.

    `started` is the moment of the fork, on `time.perf_counter`'s clock in seconds.
    """

    def __init__(self, code: str, env: Mapping[str, str]) -> None:
        self._seen = b""
        self.started = time.perf_counter()
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            # The size stands before the program can ask for it.
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
            os.chdir(ROOT)
            os.execve(sys.executable, [sys.executable, "-c", code], dict(env))  # noqa: S606 - our own Python

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._fd)

    def until(self, marks: Sequence[str]) -> float:
        """The moment at which all of these had been painted. Raises `AssertionError` where that never comes."""
        wanted = [mark.encode() for mark in marks]
        end = time.perf_counter() + PATIENCE
        while not all(mark in self._seen for mark in wanted):
            if not self._read(end - time.perf_counter()):
                raise AssertionError(f"{marks} never came; the last of what did: {self._seen[-2000:]!r}")
        return time.perf_counter()

    def settle(self, quiet: float) -> None:
        """Read until nothing has come for so many seconds."""
        while self._read(quiet):
            pass

    def press(self, key: str) -> float:
        """Type a key; gives the seconds until the first bytes of what it changed."""
        pressed = time.perf_counter()
        os.write(self._fd, key.encode())
        if not self._read(PATIENCE):
            raise AssertionError(f"the key {key!r} painted nothing")
        return time.perf_counter() - pressed

    def _read(self, timeout: float) -> bool:
        if not select.select([self._fd], [], [], max(0.0, timeout))[0]:
            return False
        try:
            got = os.read(self._fd, 1 << 16)
        except OSError:
            # Linux says so where the program has ended.
            return False
        self._seen += got
        return bool(got)


def environment(home: Path, compiled: Path) -> dict[str, str]:
    """A plain terminal's environment with the record at `home`, and modules compiled into a folder of their own.

    An installed package is compiled; the first run of each program compiles, and is not to be counted.
    """
    env = {name: value for name, value in os.environ.items() if not name.startswith(("TEXTUAL", "PAWTUI"))}
    for name in ("PYTHONDONTWRITEBYTECODE", "NO_COLOR", "GITHUB_API_URL", "GH_HOST"):
        env.pop(name, None)
    return env | {
        "PAWTUI_HOME": str(home),
        "PYTHONPYCACHEPREFIX": str(compiled),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
    }
