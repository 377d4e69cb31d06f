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
from pawtui.desk import Desk, utc_now
from pawtui.review.acts import Who, close_review
from pawtui.review.model import Change, Record
from pawtui.review.progress import Progress
from pawtui.sources.github.kept import kept_tree
from pawtui.sources.github.source import GitHubSource
from pawtui.sources.github.token import Secret
from pawtui.store.store import Store
from pawtui.tracker.model import Tracker
from pawtui.tracker.reader import check_tracker

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


class DemoDesk(Desk):
    """The desk with the made-up server at hand, and the folder of its cache."""

    server: DemoTransport
    cache: Path


def demo_desk(home: Path, *, now: Callable[[], dt.datetime] = utc_now, latency: float = 0.06) -> DemoDesk:
    """A desk whose record lies in `home`. It is empty until `furnish` has filled it.

    The world ends at the midnight (UTC) before `now()`; `latency` is in seconds a request. Whoever makes `home`
    removes it.
    """
    tracker = demo_tracker()
    server = DemoTransport(made_up_world(now().astimezone(dt.UTC).date()), moment=now, latency=latency)
    desk = DemoDesk(
        tracker=tracker,
        store=Store(home / tracker.id, clock=now),
        user=USER,
        web=WEB,
        open_source=lambda: demo_source(server, clock=now, cache=home / "cache"),
        clock=now,
        said=SAID,
        known_tree=lambda repo, sha: kept_tree(home / "cache", repo, sha),
    )
    desk.server, desk.cache = server, home / "cache"
    return desk


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


async def _review(desk: DemoDesk, week: Week) -> None:
    world = desk.server.world
    clock = PastClock(dt.datetime.combine(world.today - dt.timedelta(days=week.ago), HOUR))

    def at(user: str) -> Desk:
        return Desk(
            tracker=desk.tracker,
            store=desk.store,
            user=user,
            web=desk.web,
            # The trees of the last week stay in the cache, as they would: pins at them are looked up as one types.
            open_source=lambda: demo_source(
                DemoTransport(world, moment=clock, latency=0),
                clock=clock,
                cache=desk.cache if week.ago <= _CACHED_DAYS else None,
            ),
            clock=clock,
        )

    await at(USER).refresh(_ignore)
    for user, act in week.done:
        clock.think(3)
        at(user).act(_on(desk.tracker, act))
    if week.closed:
        clock.think(5)
        decision = at(USER).look().decision
        at(USER).act(lambda record, who: close_review(record, decision, week.closed, who))


def _on(tracker: Tracker, act: Act) -> Callable[[Record, Who], Change]:
    return lambda record, who: act(record, tracker, who)


def furnish(desk: DemoDesk) -> None:
    """Fills the demo's record with eight weekly reviews, the last one a week ago, in less than a second.

    It may be called with or without a running event loop: its own runs in a thread. Raises `StoreError`.
    """

    async def live() -> None:
        for week in weeks(desk.server.world):
            await _review(desk, week)

    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(asyncio.run, live()).result()
