"""The time until which the branches of a clone are known, and the doubt about a clone that may be outdated."""

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from pawtui.review.record_types import Note, Record
from pawtui.tracker.probe_types import PathsProbe
from tests.probes.measuring import recorded_refresh, refreshed, tracker_of
from tests.sources.git.clones import NOW, UP, git, git_source, set_creation_time
from tests.support.git_repo import GitRepo

UPDATE = "(update it with `git fetch` or `pawtui mirror`)"

MakeRepo = Callable[..., GitRepo]


@pytest.mark.parametrize(
    ("fetched", "as_of", "doubtful"),
    [
        (dt.timedelta(hours=20), None, False),
        (dt.timedelta(days=3), None, True),
        (dt.timedelta(days=3), dt.timedelta(days=4), False),
        (dt.timedelta(days=3), dt.timedelta(days=2), True),
    ],
)
async def test_the_head_of_an_old_clone_is_in_doubt(
    behind: Path, fetched: dt.timedelta, as_of: dt.timedelta | None, doubtful: bool
) -> None:
    at = NOW - fetched
    set_fetch_time(behind, "main", UP, at)
    tracker = tracker_of(PathsProbe(exist=("src",)))
    async with git_source((UP, behind), ("down/stream", behind)) as source:
        outcome = await refreshed(tracker, source, at=NOW, as_of=NOW - as_of if as_of else None)
    found = recorded_refresh(outcome)
    doubt = f"the clone was last updated on {at:%Y-%m-%d %H:%M} UTC, so later commits are not known {UPDATE}"
    assert found.upstream.doubt == (doubt if doubtful else "")
    assert (f"; {doubt}" in outcome.message) == doubtful
    assert found.signals[0].state == ("unknown" if doubtful else "met")


@pytest.mark.parametrize("as_of", [None, NOW - dt.timedelta(days=4)])
async def test_a_clone_that_was_fetched_in_the_future_is_in_doubt(behind: Path, as_of: dt.datetime | None) -> None:
    set_fetch_time(behind, "main", UP, NOW + dt.timedelta(days=400))
    tracker = tracker_of(PathsProbe(exist=("src",)))
    async with git_source((UP, behind), ("down/stream", behind)) as source:
        found = recorded_refresh(await refreshed(tracker, source, at=NOW, as_of=as_of))
    doubt = "the clone was last updated in the future (2027-12-27 09:00 UTC), so its age is not known"
    assert found.upstream.doubt == f"{doubt} {UPDATE}"
    assert found.signals[0].state == "unknown"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("/mirrors/up/stream", "was fetched from another copy"),
        ("file:///mirrors/stream.git", "was fetched from another copy"),
        ("", "has no remote"),
        ("git@github.com:up/stream", ""),
        ("https://github.com/up/stream", ""),
    ],
)
async def test_a_quiet_branch_of_a_clone_that_may_be_outdated_is_in_doubt(
    up: GitRepo, behind: Path, url: str, why: str
) -> None:
    git(behind, "remote", *(("set-url", "origin", url) if url else ("remove", "origin")))
    tracker = tracker_of(PathsProbe(exist=("src",)))
    async with git_source((UP, behind), ("down/stream", up)) as source:
        found = recorded_refresh(await refreshed(tracker, source, at=NOW))
    outdated = f"its clone {why}: the clone may be outdated (fetch it from GitHub)"
    doubt = f"main has had no commit for 170 days, and {outdated}"
    assert found.upstream.doubt == (doubt if why else "")


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_clone_is_in_doubt_if_a_refresh_found_another_head_after_its_fetch(behind: Path, hours: int) -> None:
    at = NOW - dt.timedelta(hours=10)
    set_fetch_time(behind, "main", UP, at)
    tracker = tracker_of(PathsProbe(exist=("src",)))
    async with git_source((UP, behind), ("down/stream", behind)) as source:
        first = recorded_refresh(await refreshed(tracker, source, at=at))
        later = msgspec.structs.replace(
            first,
            id="later",
            at=at + dt.timedelta(hours=hours),
            upstream=msgspec.structs.replace(first.upstream, sha="f" * 40),
        )
        found = recorded_refresh(await refreshed(tracker, source, Record(refreshes=(first, later)), at=NOW, force=True))
    doubt = (
        f"the clone was last updated before a refresh found ffffffffff at {later.at:%Y-%m-%d %H:%M} UTC, "
        f"so later commits are not known {UPDATE}"
    )
    assert found.upstream.doubt == (doubt if hours > 0 else "")
    assert found.signals[0].state == ("unknown" if hours > 0 else "met")


@pytest.mark.parametrize(("same_head", "is_past"), [(True, False), (False, True)])
async def test_a_clone_is_not_in_doubt_if_a_refresh_found_its_own_head_or_a_past_time_is_measured(
    behind: Path, same_head: bool, is_past: bool
) -> None:
    at = NOW - dt.timedelta(hours=10)
    set_fetch_time(behind, "main", UP, at)
    tracker = tracker_of(PathsProbe(exist=("src",)))
    async with git_source((UP, behind), ("down/stream", behind)) as source:
        first = recorded_refresh(await refreshed(tracker, source, at=at))
        sha = first.upstream.sha if same_head else "f" * 40
        upstream = msgspec.structs.replace(first.upstream, sha=sha)
        later = msgspec.structs.replace(first, id="later", at=at + dt.timedelta(hours=1), upstream=upstream)
        record, as_of = Record(refreshes=(first, later)), at - dt.timedelta(hours=1) if is_past else None
        found = recorded_refresh(await refreshed(tracker, source, record, at=NOW, as_of=as_of, force=True))
    assert (found.upstream.doubt, found.signals[0].state) == ("", "met")


async def test_an_old_clone_of_the_downstream_proves_no_evidence(behind: Path) -> None:
    set_fetch_time(behind, "main", UP, NOW)
    set_creation_time(behind, created := NOW - dt.timedelta(days=30))
    pin = f"down/stream@{git(behind, 'rev-parse', 'main')}:src/a"
    note = Note(id="n", subject="gate:g", text="Seen", by="ann", at=created, pins=(pin,))
    async with git_source((UP, behind), ("down/stream", behind)) as source:
        tracker = tracker_of(PathsProbe(exist=("src",)))
        found = recorded_refresh(await refreshed(tracker, source, Record(notes={"n": note}), at=NOW))
        past = recorded_refresh(await refreshed(tracker, source, at=NOW, as_of=NOW - dt.timedelta(hours=1)))
    assert (found.upstream.doubt, [drift.failed for drift in found.drift]) == ("", [True])
    assert found.errors == (f"The files of down/stream were not read: {found.downstream.doubt}.",)
    # A past refresh reads no files of the downstream.
    assert (bool(past.downstream.doubt), past.errors) == (True, ())


def set_fetch_time(clone: Path, branch: str, repo: str, at: dt.datetime, sha: str = "") -> None:
    """Write the time of a fetch of a branch; by default, it fetched the present SHA of `main`."""
    fetched = f"{sha or git(clone, 'rev-parse', 'main')}\t\tbranch '{branch}' of https://github.com/{repo}\n"
    (clone / "FETCH_HEAD").write_text(fetched if repo else "")
    os.utime(clone / "FETCH_HEAD", (at.timestamp(), at.timestamp()))


async def test_later_reads_do_not_change_the_time_of_the_last_fetch(behind: Path) -> None:
    set_fetch_time(behind, "main", UP, NOW)
    set_creation_time(behind, created := NOW - dt.timedelta(days=30))
    async with git_source((UP, behind)) as source:
        await source.ref_head(UP, "main")
        await source.ref_head(UP, "feature")
        main, feature = source.origin(UP, "main"), source.origin(UP, "feature")
    assert (main.known_until, feature.known_until) == (NOW, created)
    assert f"fetched {NOW:%Y-%m-%d %H:%M} UTC" in main.description


@pytest.mark.parametrize("hours", [(2, 1), (1, 2)], ids=["in the clone", "in the working tree"])
async def test_the_later_fetch_of_a_linked_working_tree_and_its_clone_counts(
    behind: Path, tmp_path: Path, hours: tuple[int, int]
) -> None:
    git(behind, "worktree", "add", "-q", "--detach", str(tmp_path / "linked"))
    for folder, earlier in zip((behind, behind / "worktrees" / "linked"), hours, strict=True):
        at = NOW - dt.timedelta(hours=earlier)
        set_fetch_time(folder, "main", UP, at, git(behind, "rev-parse", "main"))
    async with git_source((UP, tmp_path / "linked")) as source:
        await source.ref_head(UP, "main")
        assert source.origin(UP, "main").known_until == NOW - dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("branch", "repo", "sha"),
    [
        ("main", "", ""),  # a failed fetch
        ("main", "other/repo", ""),
        ("feature", UP, ""),
        ("main", UP, "a" * 40),  # a fetch that updates no ref
    ],
    ids=["nothing", "another repository", "another branch", "only FETCH_HEAD"],
)
async def test_a_fetch_of_something_else_leaves_the_clone_in_doubt(
    behind: Path, branch: str, repo: str, sha: str
) -> None:
    set_fetch_time(behind, branch, repo, NOW, sha)
    set_creation_time(behind, created := NOW - dt.timedelta(days=30))
    async with git_source((UP, behind), ("down/stream", behind)) as source:
        found = recorded_refresh(await refreshed(tracker_of(PathsProbe(exist=("src",))), source, at=NOW))
    assert found.upstream.doubt.startswith(f"the clone was last updated on {created:%Y-%m-%d %H:%M} UTC")
    assert found.signals[0].state == "unknown"
