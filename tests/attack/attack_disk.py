"""A failing disk: full, read-only, broken or without permission, at any system call of any command that writes.

The command prints an error message, and the record is the complete old version or the complete new version. When the
disk works again, the same command succeeds.
"""

import errno
import io
import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

from pawtui.commands.exit_status import ExitStatus
from tests.attack.attack_terminal import made_up_record, made_up_source
from tests.attack.cases import each_case
from tests.attack.isolated import Output, command, isolated
from tests.attack.tracker_text import demo_tracker_text

TITLE = "a disk that fails at any call"
CASES = 40

_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM, errno.EMFILE, errno.ESTALE)
_CALLS: tuple[str, ...] = ("chmod", "fchmod", "fsync", "link", "mkdir", "open", "rename", "replace", "scandir")
_CALLS += ("unlink", "utime", "write")
_COMMANDS = (
    ["note", "review", "seen"],
    ["gate", "user-value", "blocked", "--reason", "no"],
    ["undo"],
    ["refresh", "--quiet", "--force"],
    ["export", "-o", "summary.md"],
    ["export", "-o", "all.json"],
    ["init", "--force", "other.toml"],
    ["post", "--yes"],
    ["status"],
)


def run(seed: int, cases: int) -> None:
    """Run cases."""
    each_case("disk", seed, cases, _attack)


def _attack(rng: Random) -> None:
    with isolated() as folder, made_up_source():
        path = folder / "home" / "demo" / "pawtui.json"
        (folder / "work" / "pawtui.toml").write_text(demo_tracker_text(), encoding="utf-8")
        before = _prepare(rng, path)
        words = rng.choice(_COMMANDS)
        number, error = rng.randrange(1, 30), rng.choice(_ERRORS)
        with _failing(number, error):
            done = command(*words)
        _check(words, number, error, done)
        after = _log(path)
        assert after[: len(before)] == before, (words, number, error)
        assert len(after) <= len(before) + 1, (words, number, error)
        if "The record is unchanged" in done.err:
            assert after == before, (words, number, error, done)
        again = command(*words)
        assert again.status in (0, ExitStatus.INCOMPLETE), (words, number, error, again)
        assert [found.name for found in path.parent.glob(".pawtui-*")] == [], (words, number, error)


def _prepare(rng: Random, path: Path) -> list[str]:
    """Create a record with or without a previous version, or no record; return the ids of its log."""
    kind = rng.randrange(4)
    if kind == 0:
        # No record yet, except for the data that the commands need.
        assert command("refresh", "--quiet").status in (0, ExitStatus.INCOMPLETE)
        assert command("note", "review", "first").status == 0
        return _log(path)
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(made_up_record()), encoding="utf-8")
    if kind >= 2:
        path.with_name("pawtui.json.bak").write_bytes(path.read_bytes())
    if kind == 3:
        path.write_bytes(b"{")
    return _log(path)


def _log(path: Path) -> list[str]:
    """Return the ids of the log in the record, or in its previous version if that will be restored."""
    for version in (path, path.with_name("pawtui.json.bak")):
        try:
            return [change["id"] for change in json.loads(version.read_bytes())["log"].values()]
        except (OSError, ValueError):
            continue
    raise AssertionError("neither the record nor its previous version is complete")


def _check(words: list[str], number: int, error: int, done: Output) -> None:
    case = (words, number, errno.errorcode[error], done)
    assert done.status != ExitStatus.BUG, case
    if done.status not in (0, ExitStatus.INCOMPLETE):
        messages = [line for line in done.err.splitlines() if line.startswith("pawtui: ")]
        assert len(messages) == 1, case


@contextmanager
def _failing(number: int, error: int) -> Iterator[None]:
    """Make the `number`-th call that needs the disk fail. Later calls work, as on a disk that is nearly full."""
    left = [number]

    def failing(original: Callable[..., Any], wanted: Callable[..., bool]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if wanted(*args, **kwargs):
                left[0] -= 1
                if left[0] == 0:
                    raise OSError(
                        error, os.strerror(error), *[path for path in args[:1] if isinstance(path, str | Path)]
                    )
            return original(*args, **kwargs)

        return call

    with ExitStack() as stack:
        for name in _CALLS:
            stack.enter_context(mock.patch.object(os, name, failing(getattr(os, name), lambda *_, **__: True)))
        stack.enter_context(mock.patch.object(os, "stat", failing(os.stat, _is_in_home)))
        stack.enter_context(mock.patch.object(io, "open", failing(io.open, _is_in_home)))
        yield


def _is_in_home(path: object, *_: object, **__: object) -> bool:
    """Return whether a call is for the folder of the record. Python itself reads files in other folders."""
    return f"{os.sep}home{os.sep}" in str(path)
