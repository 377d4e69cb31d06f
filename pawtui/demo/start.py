"""The demo's desk: the real source, refresh and store over the made-up world, in a home that is thrown away."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path

from pawtui.demo.answers import API, WEB
from pawtui.demo.past import USER, Act, Week, weeks
from pawtui.demo.server import DemoTransport
from pawtui.demo.world import made_up_world
from pawtui.refresh.progress import Progress
from pawtui.review.actions import Actor, close_review
from pawtui.review.model import Change, Record
from pawtui.sources.github.cached_trees import cached_tree
from pawtui.sources.github.source import GitHubSource
from pawtui.sources.github.token import Secret
from pawtui.store.store import Store
from pawtui.tracker.model import Tracker
from pawtui.tracker.reader import check_tracker
from pawtui.workspace import Workspace, utc_now

HOUR = dt.time(14, 2, tzinfo=dt.UTC)
_CACHED_DAYS = 7  # reviews no older than this leave their trees in the cache
SAID = "demo: a made-up upstream, no network"


def demo_tracker() -> Tracker:
    """The demo's tracker."""
    text = resources.files("pawtui.demo").joinpath("tracker.toml").read_text(encoding="utf-8")
    return check_tracker(text, "the demo's tracker")


def demo_source(
    transport: DemoTransport, *, clock: Callable[[], dt.datetime], cache: Path | None = None
) -> GitHubSource:
    """The real GitHub source over the made-up server."""
    return GitHubSource(
        api_url=API,
        # Only the made-up server sees it; with one, comments can be written there.
        token=Secret("made-up"),
        cache=cache,
        transport=transport,
        clock=clock,
        label="demo",
    )


class DemoWorkspace(Workspace):
    """The desk with the made-up server at hand, and the folder of its cache."""

    server: DemoTransport
    cache: Path


def demo_workspace(home: Path, *, now: Callable[[], dt.datetime] = utc_now, latency: float = 0.06) -> DemoWorkspace:
    """A desk whose record lies in `home`. It is empty until `furnish` has filled it.

    The world ends at the midnight (UTC) before `now()`; `latency` is in seconds a request. Whoever makes `home`
    removes it.
    """
    tracker = demo_tracker()
    server = DemoTransport(made_up_world(now().astimezone(dt.UTC).date()), moment=now, latency=latency)
    workspace = DemoWorkspace(
        tracker=tracker,
        store=Store(home / tracker.id, clock=now),
        user=USER,
        web=WEB,
        open_source=lambda: demo_source(server, clock=now, cache=home / "cache"),
        clock=now,
        description=SAID,
        known_tree=lambda repo, sha: cached_tree(home / "cache", repo, sha),
    )
    workspace.server, workspace.cache = server, home / "cache"
    return workspace


class PastClock:
    """A clock that stands at a past moment and moves on a little with every look, so that acts keep their order."""

    def __init__(self, moment: dt.datetime) -> None:
        self.moment = moment

    def __call__(self) -> dt.datetime:
        """The moment, 20 ms later each time."""
        self.moment += dt.timedelta(milliseconds=20)
        return self.moment

    def think(self, minutes: int) -> None:
        """Lets time pass."""
        self.moment += dt.timedelta(minutes=minutes)


def _ignore(progress: Progress) -> None:
    """Nobody watches the past being made."""


async def _review(workspace: DemoWorkspace, week: Week) -> None:
    world = workspace.server.world
    clock = PastClock(dt.datetime.combine(world.today - dt.timedelta(days=week.ago), HOUR))

    def at(user: str) -> Workspace:
        return Workspace(
            tracker=workspace.tracker,
            store=workspace.store,
            user=user,
            web=workspace.web,
            # The trees of the last week stay in the cache, as they would: pins at them are looked up as one types.
            open_source=lambda: demo_source(
                DemoTransport(world, moment=clock, latency=0),
                clock=clock,
                cache=workspace.cache if week.ago <= _CACHED_DAYS else None,
            ),
            clock=clock,
        )

    await at(USER).refresh(_ignore)
    for user, act in week.done:
        clock.think(3)
        at(user).commit(_on(workspace.tracker, act))
    if week.closed:
        clock.think(5)
        decision = at(USER).overview().decision
        at(USER).commit(lambda record, actor: close_review(record, decision, week.closed, actor))


def _on(tracker: Tracker, act: Act) -> Callable[[Record, Actor], Change]:
    return lambda record, actor: act(record, tracker, actor)


def seed(workspace: DemoWorkspace) -> None:
    """Fills the demo's record with eight weekly reviews, the last one a week ago, in less than a second.

    It may be called with or without a running event loop: its own runs in a thread. Raises `StoreError`.
    """

    async def live() -> None:
        for week in weeks(workspace.server.world):
            await _review(workspace, week)

    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(asyncio.run, live()).result()
