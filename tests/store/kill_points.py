"""Kill a writer at each of its system calls: `python -m tests.store.kill_points FOLDER`.

A child process runs the write, and exits without clean-up before its n-th call, or half-way through its n-th `write`.
This is done for every n until the write completes. This process has one thread, so that a fork is fast and copies no
locks of other threads. The record is checked after each kill, and the number of kills is printed.
"""

import errno
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copytree, rmtree
from typing import Any, NamedTuple

from pawtui.store.store import Store
from tests.store import store_samples
from tests.store.system_errors import failing

# The calls of `pawtui.atomic`, the store and its lock that change files. A kill before a call that only reads has the
# same effect as a kill before the next call that writes.
_CALLS: tuple[str, ...] = ("chmod", "chown", "fchmod", "fchown", "fsync", "link", "mkdir", "open", "remove", "rename")
_CALLS += ("replace", "rmdir", "truncate", "unlink", "utime", "write")
_KILLED = 77
_MODES = ("before", "halfway")
OLD = Path(__file__).with_name("data") / "schema-1.json"


class Scenario(NamedTuple):
    """A kind of write: its preparation, the write, and whether the write recovers a damaged record."""

    name: str
    prepare: Callable[[Path], None]
    write: Callable[[Path], object]
    recovers: bool = False


def _write(folder: Path) -> None:
    Store(folder, wait_seconds=30).record_change(store_samples.note("new", "words " * 3_000))


def _load(folder: Path) -> None:
    Store(folder, wait_seconds=30).load()


def _nothing(_folder: Path) -> None:
    return


def _one_change(folder: Path) -> None:
    Store(folder).record_change(store_samples.note("n1"))


def _two_changes(folder: Path) -> None:
    _one_change(folder)
    Store(folder).record_change(store_samples.note("n2"))


def _damaged(folder: Path) -> None:
    _two_changes(folder)
    (folder / "pawtui.json").write_bytes(b'{"meta": ')


def _missing(folder: Path) -> None:
    _two_changes(folder)
    (folder / "pawtui.json").unlink()


def _older(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "pawtui.json").write_bytes(OLD.read_bytes())


def _linked(folder: Path) -> None:
    _two_changes(folder)
    other = folder.with_name("other")
    other.mkdir()
    (folder / "pawtui.json").rename(other / "record.json")
    (folder / "pawtui.json").symlink_to("../other/record.json")


def _without_links(folder: Path) -> None:
    os.link = failing(errno.ENOTSUP)
    _write(folder)


SCENARIOS = (
    Scenario("the first write", _nothing, _write),
    Scenario("the second write", _one_change, _write),
    Scenario("a later write", _two_changes, _write),
    Scenario("the first write of a new schema", _older, _write),
    Scenario("a record behind a link", _linked, _write),
    Scenario("a file system without hard links", _two_changes, _without_links),
    Scenario("a recovery by a reader", _damaged, _load, recovers=True),
    Scenario("a recovery by a writer", _damaged, _write, recovers=True),
    Scenario("a recovery of a missing file", _missing, _load, recovers=True),
)


def _arm(number: int, mode: str) -> None:
    """Make this process exit at its `number`-th call from now on."""
    left = [number]

    def armed(name: str) -> Callable[..., Any]:
        original: Callable[..., Any] = getattr(os, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            left[0] -= 1
            if left[0] > 0:
                return original(*args, **kwargs)
            if mode == "halfway":
                original(args[0], bytes(args[1])[: len(args[1]) // 2])
            os._exit(_KILLED)

        return call

    for name in _CALLS if mode != "halfway" else ("write",):
        setattr(os, name, armed(name))


def _killed(scenario: Scenario, folder: Path, number: int, mode: str) -> bool:
    """Run the write in a child that is killed at that call. Return False if the write completed before that call."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            _arm(number, mode)
            scenario.write(folder)
            status = 0
        finally:
            os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, _KILLED), f"the writer failed with {status}"
    return status == _KILLED


def _check(scenario: Scenario, folder: Path, before: list[str], damaged: bytes | None) -> None:
    real = Path(os.path.realpath(folder / "pawtui.json"))
    store = Store(folder, wait_seconds=5)
    ids = [change.id for change in store.load().log]
    allowed = [before, [*before, "new"]]
    assert ids in allowed, ids
    assert not store.pop_notices() or scenario.recovers, store.pop_notices()
    if damaged is not None:
        files = [path.read_bytes() for path in real.parent.iterdir()]
        assert damaged in files, "the damaged file was deleted"
    # The next start can write and read, and files of the killed process do not disturb it.
    store.record_change(store_samples.note("after"))
    assert [change.id for change in Store(folder).load().log] == [*ids, "after"]
    folders = {folder, real.parent}
    orphans = [path.name for parent in folders for path in parent.iterdir() if path.name.startswith(".pawtui-")]
    assert orphans == [], orphans
    for path in real.parent.glob("*.bak"):
        json.loads(path.read_bytes())


def run(scenario: Scenario, home: Path) -> int:
    """Kill the write at every call. Return the number of kills."""
    kills = 0
    folder, prepared = home / "tracker", home.with_name(scenario.name)
    scenario.prepare(prepared / "tracker")
    for mode in _MODES:
        number, completed = 0, False
        while not completed:
            number += 1
            rmtree(home, ignore_errors=True)
            if prepared.exists():
                copytree(prepared, home, symlinks=True)
            before = _before(scenario, folder)
            damaged = (folder / "pawtui.json").read_bytes() if scenario.prepare is _damaged else None
            completed = not _killed(scenario, folder, number, mode)
            try:
                _check(scenario, folder, before, damaged)
            except Exception as error:
                # Any error is raised again, with a note.
                error.add_note(f"{scenario.name}, killed {mode} call {number}")
                raise
            kills += not completed
    return kills


def _before(scenario: Scenario, folder: Path) -> list[str]:
    path = folder / ("pawtui.json.bak" if scenario.recovers else "pawtui.json")
    if not path.exists():
        return []
    return [change["id"] for change in json.loads(path.read_bytes())["log"].values()]


def main(home: str) -> None:
    """Run every scenario."""
    # A kill does not affect the disk, and waiting for the disk would take most of the time.
    setattr(os, "fsync", lambda _descriptor: None)  # noqa: B010 - mypy knows another signature
    for scenario in SCENARIOS:
        print(json.dumps([scenario.name, run(scenario, Path(home) / "home")]), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
