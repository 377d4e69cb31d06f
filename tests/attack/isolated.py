"""Run commands in this process, with separate folders and a separate environment."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from unittest import mock

from pawtui.cli import main

_VARIABLES = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV", "TMPDIR")


class Output(NamedTuple):
    """The result of a command."""

    status: int
    out: str
    err: str


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@contextmanager
def isolated() -> Iterator[Path]:
    """Use a folder with `home` (for the record) and `work` (the current folder), and a minimal environment."""
    before = Path.cwd()
    with TemporaryDirectory(prefix="pawtui-attack-") as made:
        folder = Path(made).resolve()
        (folder / "work").mkdir()
        env = {name: os.environ[name] for name in _VARIABLES if name in os.environ}
        env |= {"HOME": str(folder), "PAWTUI_HOME": str(folder / "home"), "PAWTUI_USER": "mira"}
        # No server listens on port 1, so a command without a made-up source cannot reach GitHub.
        env["GITHUB_API_URL"] = "http://127.0.0.1:1"
        with (
            mock.patch.dict(os.environ, env, clear=True),
            mock.patch("pawtui.sources.github.token.GH", "gh-that-does-not-exist"),
        ):
            os.chdir(folder / "work")
            try:
                yield folder
            finally:
                os.chdir(before)


def command(*words: str, terminal: bool = False) -> Output:
    """Run a command. With `terminal`, both outputs are one terminal, which shows no screens.

    An exception of the command is a bug and is passed on.
    """
    out, err = (_Terminal(), _Terminal()) if terminal else (io.StringIO(), io.StringIO())
    with (
        redirect_stdout(out),
        redirect_stderr(err),
        mock.patch("pawtui.commands.open_screens.can_show_screens", return_value=False),
    ):
        status = main(list(words))
    return Output(status, out.getvalue(), err.getvalue())
