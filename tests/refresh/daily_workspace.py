"""A workspace with two repositories, and a clock that advances a day with every refresh."""

import datetime as dt
from collections.abc import Callable, Collection
from pathlib import Path

from pawtui.refresh.file_drift import HeadFiles
from pawtui.refresh.refresh_types import Drift
from pawtui.review.gate_actions import set_gate
from pawtui.review.note_actions import add_note
from pawtui.sources.facts import Head, Tree
from pawtui.sources.github.cache import BLOB, TREE, Cache, fact_key
from pawtui.store.store import Store
from pawtui.tracker.tracker_types import Gate, Side, Signal, Tracker
from pawtui.workspace import Workspace
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo

TRACKER = Tracker(
    id="t",
    title="T",
    upstream=Side(repo="up/stream", refs=("main",)),
    downstream=Side(repo="down/stream", refs=("main",)),
    surfaces={"spec": ("SPEC",)},
    signals=(Signal(id="s", title="S"),),
    gates=(Gate(id="plan", title="There is a plan"), Gate(id="value", title="There is value")),
)
TEXT = "".join(f"line {number}\n" for number in range(30))


def head_files(repo: str, sha: str, tree: Tree) -> HeadFiles:
    """Return the files of a repository at a head."""
    head = Head(
        repo=repo, requested_repo=repo, ref="main", sha=sha, committed_at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    )
    return HeadFiles(head, tree, "https://git.example")


class DailyWorkspace:
    """The workspace, both repositories and the clock."""

    def __init__(
        self, fake: FakeGitHub, make_repo: Callable[..., GitRepo], open_source: OpenSource, home: Path
    ) -> None:
        self.fake = fake
        self.up: FakeRepo = fake.add("up/stream", make_repo("up"))
        self.down: FakeRepo = fake.add("down/stream", make_repo("down"))
        self.up.git.commit({"SPEC": TEXT, "src/a.ts": TEXT + "a", "src/b.ts": TEXT + "b"}, at="2026-11-01")
        self.down.git.commit({"plan.md": TEXT, "src/export.ts": TEXT + "e"}, at="2026-11-01")
        self.now = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
        self.workspace = Workspace(
            tracker=TRACKER,
            store=Store(home / "t"),
            user="ann",
            web="https://github.com",
            open_source=open_source,
            clock=lambda: self.now,
            local_tree=lambda repo, sha: Cache(home / "cache").get(fact_key(TREE, repo, sha), Tree),
            local_blob=lambda repo, sha: Cache(home / "cache").get(fact_key(BLOB, repo, sha), bytes),
        )

    async def refresh(self) -> None:
        """Refresh a day later; afterwards the fake's log contains only the requests of this refresh."""
        self.now += dt.timedelta(days=1)
        self.fake.clear()
        await self.workspace.refresh(lambda _step: None)

    def note(self, *pins: str) -> None:
        """Add a note with these pins."""
        self.workspace.record_change(lambda context: add_note(context, "signal:s", "seen", pins=pins))

    def satisfy(self, gate: str, pin: str, unchecked: Collection[str] = ()) -> None:
        """Satisfy a gate with that pin as evidence. It was checked unless it is `unchecked`."""
        self.workspace.record_change(
            lambda context: set_gate(context, gate, "satisfied", reason="seen", pins=(pin,)), unchecked=unchecked
        )

    def drift(self) -> dict[str, Drift]:
        """Return the last drifts by the pin's path, or by the whole pin if it has no path."""
        last = self.workspace.store.load().last
        assert last is not None
        return {drift.pin.partition(":")[2] or drift.pin: drift for drift in last.drift}
