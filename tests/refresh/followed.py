"""An upstream with the branches `v2` and `dev`, and the head that is followed in it."""

import datetime as dt
from collections.abc import Callable, Sequence

from pawtui.probes.error_log import ErrorLog
from pawtui.refresh.heads import FollowedHead, follow
from pawtui.refresh.refresh_types import SideName
from pawtui.refresh.side_refs import SideRefs
from pawtui.sources.protocol import Source
from pawtui.tracker.probe_types import ReleaseProbe
from pawtui.tracker.tracker_types import RefRule, Side, Signal, Tracker
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
# `v2` had a commit less than four weeks before.
BUSY = dt.datetime(2026, 11, 6, tzinfo=dt.UTC)
LINE = ("v2.*",)
# What a doubt about `v2` says if `dev` has newer commits.
NEWER_DEV = "while dev has newer commits (put dev first in `refs`, or list only v2)"
# What to do about a doubt that names a line of tags.
LATER_REMEDY = " (add the branch of that line to `refs`, or change `line`)"


def lacks(ref: str, tag: str) -> str:
    """Return the doubt about a ref that does not contain a tag."""
    return f"{ref} does not contain {tag} (add the branch of {tag} to `refs`)"


def two_branches(fake: FakeGitHub, make_repo: Callable[..., GitRepo]) -> FakeRepo:
    """Return an upstream with `v2` and `dev`: they have a common base, and `dev` is a month ahead."""
    git = make_repo("up", default="dev")
    git.commit({"a": "1"}, at="2026-06-01")
    git.branch("v2", git.commit({"a": "2"}, at="2026-10-10"))
    git.commit({"a": "3"}, at="2026-11-10")
    return fake.add("up/stream", git)


async def following(
    open_source: OpenSource,
    *refs: str | RefRule,
    lines: Sequence[str] = (),
    upstream: bool = False,
    now: dt.datetime = NOW,
    as_of: dt.datetime | None = None,
    errors: ErrorLog | None = None,
) -> FollowedHead:
    """Return the head that is followed: in the upstream if there are `lines`, otherwise in the downstream."""
    tracker = followed_tracker(*refs, lines=lines)
    side: SideName = "upstream" if upstream or lines else "downstream"
    async with open_source(clock=lambda: NOW) as source:
        return await follow(refs_of(tracker, source, side=side, now=now, as_of=as_of, errors=errors))


def refs_of(
    tracker: Tracker,
    source: Source,
    *,
    side: SideName = "upstream",
    now: dt.datetime = NOW,
    as_of: dt.datetime | None = None,
    errors: ErrorLog | None = None,
) -> SideRefs:
    """Return the refs of the upstream or the downstream."""
    error_log = errors or ErrorLog()
    return SideRefs(tracker=tracker, side=side, source=source, error_log=error_log, now=now, started=now, as_of=as_of)


def followed_tracker(*refs: str | RefRule, lines: Sequence[str] = ()) -> Tracker:
    side = Side(repo="up/stream", refs=refs)
    signal = Signal(id="s", title="S", probes=tuple(ReleaseProbe(line=line) for line in lines))
    return Tracker(id="t", title="T", upstream=side, downstream=side, signals=(signal,))
