"""The workspace of the demo: the real refresh and store with the made-up world, in a temporary home."""

import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pawtui.demo.demo_git_source import DemoHost, demo_world
from pawtui.demo.demo_issues import WEB
from pawtui.demo.demo_reviews import USER, past_reviews
from pawtui.demo.demo_source import DemoSource
from pawtui.moments import utc_now
from pawtui.review.actions import ActionContext, Actor, ChangeFactory, close_review
from pawtui.store.store import Store
from pawtui.tracker.read_tracker import packaged_tracker
from pawtui.tracker.tracker_types import Tracker
from pawtui.workspace import Workspace


def demo_tracker() -> Tracker:
    return packaged_tracker(Path(__file__).with_name("tracker.toml").read_text(encoding="utf-8"))


@dataclass(kw_only=True, eq=False)
class DemoWorkspace(Workspace):
    """A workspace with a made-up GitHub."""

    host: DemoHost


def demo_workspace(home: Path, *, clock: Callable[[], dt.datetime] = utc_now, latency: float = 0.06) -> DemoWorkspace:
    """Return a workspace whose record is in `home`. The record is empty until `seed` fills it.

    The world ends at the midnight (UTC) before `clock()`; `latency` is in seconds for each request. The caller removes
    `home`.
    """
    tracker = demo_tracker()
    host = DemoHost(demo_world(clock().astimezone(dt.UTC).date()), clock=clock, latency=latency)
    return DemoWorkspace(
        host=host,
        tracker=tracker,
        store=Store(home / tracker.id, clock=clock),
        user=USER,
        web=WEB,
        open_source=lambda: DemoSource(host),
        clock=clock,
        description="made-up data",
        local_tree=host.world.tree,
        local_blob=host.world.blob,
    )


class _PastClock:
    """A clock that can be set, and advances by 20 ms at every call, so that changes keep their order."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        self.now += dt.timedelta(milliseconds=20)
        return self.now


async def _perform_reviews(workspace: DemoWorkspace) -> None:
    """Refresh at the time of each review, commit its actions, and close it."""
    world = workspace.host.world
    clock = _PastClock(workspace.clock())
    host = DemoHost(world, clock=clock, cached_trees=workspace.host.cached_trees)
    past = replace(workspace, clock=clock, open_source=lambda: DemoSource(host))

    def record_change(user: str, make_change: ChangeFactory) -> None:
        # Through the store: a workspace would also compute an overview after each change.
        actor = Actor(by=user, at=clock())
        past.store.record_change(lambda record: make_change(ActionContext(past.tracker, record, actor)))

    for review in past_reviews(world):
        clock.now = dt.datetime.combine(world.today - dt.timedelta(days=review.days_ago), dt.time(14, 2), dt.UTC)
        await past.refresh(lambda _progress: None)
        for user, make_change in review.actions:
            clock.now += dt.timedelta(minutes=3)
            record_change(user, make_change)
        clock.now += dt.timedelta(minutes=5)
        record_change(USER, partial(close_review, recommendation=review.recommendation))


def seed(workspace: DemoWorkspace) -> None:
    """Fill the record of the demo with five reviews; the last one was a week ago.

    It runs its own event loop, so do not call it on an event loop. Raises `StoreError`.
    """
    with workspace.store.batch():
        asyncio.run(_perform_reviews(workspace))
