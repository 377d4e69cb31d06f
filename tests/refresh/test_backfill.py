"""Backfill: each past day equals plain git, an interrupted run continues, and ordinary refreshes are not affected."""

import asyncio
import datetime as dt
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from pawtui.probes.probe_facts import ChurnFacts, NewFilesFacts, PathsFacts
from pawtui.probes.rejudge import rejudge
from pawtui.refresh.backfill import BackfillFailure, BackfillOutcome, day_ends
from pawtui.refresh.progress import Progress
from pawtui.refresh.refresh_types import Refresh
from pawtui.sources.git.git_source import GitSource
from pawtui.store.store import Store
from pawtui.tracker.probe_types import ChurnProbe, NewFilesProbe, PathsProbe
from pawtui.tracker.tracker_types import Side, Signal, Tracker
from pawtui.workspace import Workspace
from tests.sources.git.clones import git_source
from tests.sources.git.odd_repo import make_odd_repo
from tests.support.git_repo import DATED, GitRepo, logged_since

NOW = dt.datetime(2026, 7, 20, 9, tzinfo=dt.UTC)
SINCE = dt.date(2026, 3, 20)
TRACKER = Tracker(
    id="odd",
    title="An odd upstream",
    upstream=Side(repo="up/stream", refs=("main",)),
    downstream=Side(repo="down/fork", refs=("main",)),
    surfaces={"source": ("src",), "library": ("lib",)},
    signals=(
        Signal(
            id="calm",
            title="Calm",
            probes=(
                ChurnProbe(surfaces=("source", "library"), days=14, met=3, partial=9),
                NewFilesProbe(paths=("src", "docs"), days=14, met=1, partial=4),
                PathsProbe(exist=("src/a.py", "lib")),
            ),
        ),
    ),
)


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> GitRepo:
    return make_odd_repo(GitRepo(tmp_path_factory.mktemp("odd") / "git"))


class CloneWorkspace:
    """A workspace with two clones. It counts how often its source is opened."""

    def __init__(self, folder: Path, repo: GitRepo, tracker: Tracker = TRACKER) -> None:
        self.opened = 0
        self.steps: list[Progress] = []
        self._repo = repo
        self.workspace = Workspace(
            tracker=tracker,
            store=Store(folder / tracker.id),
            user="me",
            web="https://github.com",
            open_source=self._open,
            clock=lambda: NOW,
        )

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[GitSource]:
        self.opened += 1
        async with git_source(("up/stream", self._repo), ("down/fork", self._repo)) as source:
            yield source

    def backfill(self, wanted: tuple[dt.datetime, ...], *, force: bool = False) -> BackfillOutcome:
        return asyncio.run(self.workspace.backfill(wanted, self.steps.append, force=force))

    @property
    def past(self) -> tuple[Refresh, ...]:
        return self.workspace.store.load().past_refreshes


def days(moments: Sequence[dt.datetime]) -> tuple[dt.date, ...]:
    return tuple(moment.date() for moment in moments)


def git(repo: GitRepo, *args: str) -> str:
    return subprocess.run(["git", *args], cwd=repo.path, capture_output=True, text=True, check=True).stdout.strip()


def test_dates_are_the_ends_of_days_at_equal_steps() -> None:
    days = [moment.date() for moment in day_ends(dt.date(2026, 6, 1), dt.date(2026, 6, 20), 7)]
    assert days == [dt.date(2026, 6, 1), dt.date(2026, 6, 8), dt.date(2026, 6, 15)]
    assert day_ends(dt.date(2026, 6, 1), dt.date(2026, 5, 31), 7) == ()
    assert str(day_ends(dt.date(2026, 6, 1), dt.date(2026, 6, 1), 7)[0]) == "2026-06-01 23:59:59+00:00"


def test_12_past_days_equal_plain_git(repo: GitRepo, tmp_path: Path) -> None:
    clones = CloneWorkspace(tmp_path, repo)
    wanted = day_ends(SINCE, SINCE + dt.timedelta(days=8 * 11), 8)
    outcome = clones.backfill(wanted)
    assert (outcome.measured, outcome.failed) == (days(wanted), ())
    assert [one.moment for one in clones.past] == list(wanted)
    before = ""
    for found in clones.past:
        for probe, reading in zip(TRACKER.signals[0].probes, found.signals[0].probes, strict=True):
            # Recorded facts that are judged again by the same rules have the same state.
            assert rejudge(probe, reading, TRACKER.policy, found.moment.date()) == reading.state
        head = git(repo, "rev-list", "-1", "--first-parent", f"--before={found.moment.isoformat()}", "main")
        assert found.upstream.sha == head
        churn, new, paths = (probe.facts for probe in found.signals[0].probes)
        assert isinstance(churn, ChurnFacts)
        assert isinstance(new, NewFilesFacts)
        assert isinstance(paths, PathsFacts)
        opens = found.moment.date() - dt.timedelta(days=14)
        # One call for each path: with several paths, git simplifies the history for all of them together.
        touched = {
            sha for path in ("src", "lib") for sha in logged_since(git(repo, "log", DATED, head, "--", path), opens)
        }
        assert churn.total == len(touched)
        then = git(repo, "rev-list", "-1", "--first-parent", f"--before={opens}T00:00:00Z", "main")
        assert new.before_sha == then
        files = git(repo, "ls-tree", "-r", "--name-only", head, "--", "src", "docs").splitlines()
        assert new.files == len(files)
        assert set(new.new) <= set(files) - set(git(repo, "ls-tree", "-r", "--name-only", then).splitlines())
        for path, sha in paths.paths.items():
            # A line is the mode, the type, the SHA and the path.
            assert git(repo, "ls-tree", head, "--", path).split()[2:3] == ([sha] if sha else [])
        if before and before != head:
            assert found.range.upstream is not None
            counts = git(repo, "rev-list", "--count", f"{before}..{head}")
            assert (found.range.upstream.from_, found.range.upstream.commits) == (before, int(counts))
        before = head


def test_a_backfill_skips_recorded_dates(repo: GitRepo, tmp_path: Path) -> None:
    clones = CloneWorkspace(tmp_path, repo)
    wanted = day_ends(SINCE, SINCE + dt.timedelta(days=28), 7)
    clones.backfill(wanted[:2])
    first = {one.moment: one.id for one in clones.past}
    outcome = clones.backfill(wanted)
    assert (outcome.measured, outcome.skipped) == (days(wanted[2:]), 2)
    assert {one.moment: one.id for one in clones.past}.items() >= first.items()
    opened = clones.opened
    assert clones.backfill(wanted).message == "Recorded 0 past days, 5 already recorded."
    assert clones.opened == opened
    assert clones.backfill(wanted[:1], force=True).measured == days(wanted[:1])
    assert len(clones.past) == 5


def test_a_date_that_is_measured_again_is_compared_with_the_date_before(repo: GitRepo, tmp_path: Path) -> None:
    clones = CloneWorkspace(tmp_path, repo)
    wanted = day_ends(SINCE, SINCE + dt.timedelta(days=14), 7)
    clones.backfill(wanted)
    first = [one.range for one in clones.past]
    assert any(each.upstream and each.upstream.commits for each in first)
    clones.backfill(wanted, force=True)
    assert [one.range for one in clones.past] == first


def test_a_cancelled_backfill_keeps_the_measured_dates(repo: GitRepo, tmp_path: Path) -> None:
    clones = CloneWorkspace(tmp_path, repo)
    wanted = day_ends(SINCE, SINCE + dt.timedelta(days=28), 7)

    async def cancelled_after_two() -> None:
        def report(progress: Progress) -> None:
            if progress.done == 2:
                task.cancel()

        task = asyncio.ensure_future(clones.workspace.backfill(wanted, report))
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled_after_two())
    assert 2 <= len(clones.past) < 5
    assert clones.backfill(wanted).skipped == len(wanted) - (5 - 2)
    assert [one.moment for one in clones.past] == list(wanted)


def test_changed_rules_are_measured_again_and_dates_before_the_first_commit_fail(repo: GitRepo, tmp_path: Path) -> None:
    wanted = day_ends(dt.date(2026, 2, 20), dt.date(2026, 3, 20), 14)
    outcome = CloneWorkspace(tmp_path, repo).backfill(wanted)
    assert [one.date for one in outcome.failed] == [dt.date(2026, 2, 20)]
    assert "main does not exist in up/stream with a commit before 2026-02-20" in outcome.failed[0].cause
    assert outcome.message == "Recorded 2 past days, 1 could not be measured."
    other = msgspec.structs.replace(TRACKER, surfaces={"source": ("src/a.py",), "library": ("lib",)})
    assert CloneWorkspace(tmp_path, repo, other).backfill(wanted).skipped == 0


def test_a_day_whose_commit_is_not_known_does_not_end_the_backfill(tmp_path: Path) -> None:
    unordered = GitRepo(tmp_path / "git")
    for day in ("2026-03-01", "2026-03-20", "2026-03-10", "2026-03-30"):
        unordered.commit({"src/a.py": f"{day}\n"}, at=day)
    clones = CloneWorkspace(tmp_path, unordered)
    wanted = day_ends(dt.date(2026, 3, 5), dt.date(2026, 4, 4), 10)
    outcome = clones.backfill(wanted)
    cause = "The commit of main on 2026-03-15 is not known: an earlier commit of the branch has a later date."
    assert outcome.failed == (BackfillFailure(date=dt.date(2026, 3, 15), cause=cause),)
    assert days([one.moment for one in clones.past]) == days((wanted[0], *wanted[2:]))


def test_past_days_do_not_change_the_decision(repo: GitRepo, tmp_path: Path) -> None:
    clones = CloneWorkspace(tmp_path, repo)
    before = clones.workspace.overview()
    clones.backfill(day_ends(SINCE, SINCE, 1))
    after = clones.workspace.overview()
    assert (after.last, after.decision, after.due) == (None, before.decision, None)
    assert [status.measured for status in after.signals] == ["unknown"]
