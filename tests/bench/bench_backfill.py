"""A backfill of 52 weeks from clones, with 6,000 upstream commits, against the git commands that it needs.

The reference runs each command once, without reading its output: the refs and one log of all surfaces; for each week
the head, its files, and the commits and files since the week before; and every file that a probe reads, in one
`cat-file --batch`.
"""

import asyncio
import datetime as dt
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from pawtui.refresh.backfill import day_ends
from pawtui.sources.git.git_source import GitSource
from pawtui.store.store import Store
from pawtui.tracker.read_tracker import builtin_tracker
from pawtui.tracker.tracker_types import Tracker
from pawtui.workspace import Workspace
from tests.bench.bench_git_refresh import Command, open_clones, run_commands, text_paths
from tests.bench.busy_repo import make_busy_repositories
from tests.bench.upstream import NOW
from tests.probes.opencode import MIGRATIONS
from tests.support.git_repo import GitRepo

TITLE = "backfill of 52 weeks from clones, 6,000 commits"
BUDGET = 3.0
WEEKS = 52
ROUNDS = 3


def measure(rounds: int = ROUNDS) -> tuple[float, float]:
    """Return the shortest time of the backfill with its record, and of the commands, in seconds."""
    with tempfile.TemporaryDirectory(prefix="pawtui-bench-") as folder:
        up, down = make_busy_repositories(Path(folder))
        tracker = builtin_tracker()
        wanted = weeks()
        commands = bare_commands(up, tracker, wanted)
        ours, reference = [], []
        for number in range(rounds + 1):
            ours.append(backfilled(tracker, up.path, down.path, Path(folder) / f"home{number}", wanted))
            reference.append(run_commands(commands))
    return min(ours[1:]), min(reference[1:])


def weeks() -> tuple[dt.datetime, ...]:
    """Return the ends of the last 52 weeks."""
    until = NOW.date() - dt.timedelta(days=1)
    return day_ends(until - dt.timedelta(weeks=WEEKS - 1), until, 7)


def backfilled(tracker: Tracker, up: Path, down: Path, home: Path, wanted: tuple[dt.datetime, ...]) -> float:
    """Backfill these times with one source, and return the seconds."""
    start = time.perf_counter()

    @asynccontextmanager
    async def source() -> AsyncIterator[GitSource]:
        async with open_clones(tracker, up, down) as opened:
            yield opened

    workspace = Workspace(
        tracker=tracker, store=Store(home / tracker.id), user="me", web="https://github.com", open_source=source
    )
    outcome = asyncio.run(workspace.backfill(wanted, lambda _progress: None))
    seconds = time.perf_counter() - start
    if len(outcome.measured) + len(outcome.failed) != len(wanted) or len(outcome.measured) < len(wanted) // 3:
        raise RuntimeError(f"the backfill did not measure all times: {outcome.failed[:1]}")
    return seconds


def bare_commands(up: GitRepo, tracker: Tracker, wanted: tuple[dt.datetime, ...]) -> list[Command]:
    """Return the commands, each with its repository and its input."""
    surfaces = [path for paths in tracker.surfaces.values() for path in paths]
    commands: list[tuple[tuple[str, ...], str]] = [
        (("for-each-ref", "--format=%(objectname) %(objecttype) %(refname)", "refs/heads", "refs/tags"), ""),
        (("log", "--no-renames", "--format=%H%n%ct%n%an%n%B", "--name-only", "v2", "dev", "--", *surfaces), ""),
    ]
    before, files = "", []
    for moment in wanted:
        ref = "v2" if moment.date() >= dt.date(2026, 6, 28) else "dev"
        find_head = ("rev-list", "-1", "--first-parent", f"--before={moment.isoformat()}", ref)
        head = up.git(*find_head)
        if not head:
            continue
        commands += [(find_head, ""), (("ls-tree", "-r", "-t", "-z", head), "")]
        if before and before != head:
            commands += [
                (("rev-list", "--left-right", "--count", f"{before}...{head}"), ""),
                (("diff", "--name-only", "--no-renames", before, head), ""),
            ]
        files += [f"{head}:{path}" for path in (*text_paths(tracker), *surfaces)]
        listed = up.git("ls-tree", "-r", "--name-only", head, "--", MIGRATIONS).splitlines()
        files += [f"{head}:{path}" for path in listed[-8:]]
        before = head
    commands.append((("cat-file", "--batch"), "".join(f"{name}\n" for name in files)))
    return [(up.path, arguments, fed.encode()) for arguments, fed in commands]
