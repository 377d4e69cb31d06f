"""The demo's desk: the real source, refresh and store over the made-up world, in a home that is thrown away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from importlib import resources
from pathlib import Path

from pawtui.demo.answers import API, WEB
from pawtui.demo.server import DemoTransport
from pawtui.demo.world import made_up_world
from pawtui.desk import Desk, utc_now
from pawtui.sources.github.source import GitHubSource
from pawtui.sources.github.token import Secret
from pawtui.store.store import Store
from pawtui.tracker.model import Tracker
from pawtui.tracker.reader import check_tracker

USER = "you"
COLLEAGUE = "robin"
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
    """The desk with the made-up server at hand."""

    server: DemoTransport


def demo_desk(home: Path, *, now: Callable[[], dt.datetime] = utc_now, latency: float = 0.06) -> DemoDesk:
    """A desk whose record lies in `home`. It is empty until `past.furnish` has filled it.

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
    )
    desk.server = server
    return desk
