"""What becomes of pins: fresh, changed by whom, moved, gone; and of the gates that rest on them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from pawtui.refresh.drift import baseline_of, drift_of
from pawtui.refresh.model import Drift
from pawtui.review import actions
from pawtui.sources.facts import Entry, Tree
from pawtui.sources.github.cached_trees import cached_tree
from pawtui.store.store import Store
from pawtui.tracker.model import Gate, Side, Signal, Tracker
from pawtui.workspace import Workspace
from tests.support.fake_github import FakeGitHub, FakeRepo
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


class Bench:
    """A desk over two repositories, and a clock that moves a day with every refresh."""

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
        )

    async def refresh(self) -> None:
        self.now += dt.timedelta(days=1)
        self.fake.clear()
        await self.workspace.refresh(lambda _step: None)

    def note(self, *pins: str) -> None:
        self.workspace.commit(
            lambda record, actor: actions.add_note(record, TRACKER, "signal:s", "seen", actor, pins=pins)
        )

    def satisfy(self, gate: str, pin: str) -> None:
        self.workspace.commit(
            lambda record, actor: actions.set_gate(
                record, TRACKER, gate, "satisfied", actor, reason="seen", pins=(pin,)
            )
        )

    def drift(self) -> dict[str, Drift]:
        """By the pin's path or what else it names."""
        last = self.workspace.store.load().last
        assert last is not None
        return {drift.pin.partition(":")[2] or drift.pin: drift for drift in last.drift}


@pytest.fixture
def bench(fake: FakeGitHub, make_repo: Callable[..., GitRepo], open_source: OpenSource, tmp_path: Path) -> Bench:
    return Bench(fake, make_repo, open_source, tmp_path)


async def test_fresh_changed_moved_and_gone(bench: Bench) -> None:
    await bench.refresh()
    pinned = bench.up.git.sha("main")
    bench.note("up:SPEC#L2-L3", "up:src/a.ts", "up:src/b.ts#L1", "down:plan.md")
    await bench.refresh()
    assert {path: one.state for path, one in bench.drift().items()} == dict.fromkeys(
        ("SPEC#L2-L3", "src/a.ts", "src/b.ts#L1", "plan.md"), "fresh"
    )
    bench.up.git.commit({"SPEC": TEXT + "more\n"}, at="2026-11-22", message="docs: more")
    changed = bench.up.git.commit({"SPEC": TEXT + "more and more\n"}, at="2026-11-22T13:00", message="docs: even more")
    bench.up.git.commit({"src/a.ts": None, "lib/a.ts": TEXT + "a", "src/b.ts": None}, at="2026-11-22T14:00")
    await bench.refresh()
    head = bench.up.git.sha("main")
    found = bench.drift()
    assert found["SPEC#L2-L3"] == Drift(
        pin=f"up/stream@{pinned}:SPEC#L2-L3",
        state="changed",
        summary=f"changed by {changed.sha[:10]} docs: even more",
        by=changed.sha,
        url=f"https://github.com/up/stream/compare/{pinned}...{head}",
    )
    assert (found["src/a.ts"].state, found["src/a.ts"].summary) == ("moved", "the same text is now lib/a.ts")
    assert found["src/a.ts"].url == f"https://github.com/up/stream/blob/{head}/lib/a.ts"
    assert (found["src/b.ts#L1"].state, found["src/b.ts#L1"].summary) == ("gone", f"gone at {head[:10]}")
    assert found["plan.md"].state == "fresh"
    view = bench.workspace.overview()
    assert [one.state for one in view.signal("s").stale] == ["changed", "moved", "gone"]


async def test_a_pin_that_comes_back_is_fresh_again(bench: Bench) -> None:
    await bench.refresh()
    bench.note("up:SPEC")
    bench.up.git.commit({"SPEC": "other\n"}, at="2026-11-22")
    await bench.refresh()
    assert bench.drift()["SPEC"].state == "changed"
    bench.up.git.commit({"SPEC": TEXT}, at="2026-11-23")
    await bench.refresh()
    assert bench.drift()["SPEC"].state == "fresh"


async def test_stale_evidence_takes_its_gate_out_of_the_decision(bench: Bench) -> None:
    await bench.refresh()
    bench.workspace.commit(
        lambda record, actor: actions.give_verdict(record, TRACKER, "s", "met", actor, reason="seen")
    )
    bench.satisfy("plan", "down:plan.md#L4")
    bench.satisfy("value", "up:SPEC#L1")
    await bench.refresh()
    assert bench.workspace.overview().decision == "go"
    changed = bench.down.git.commit({"plan.md": "another plan\n"}, at="2026-11-22", message="docs: another plan")
    await bench.refresh()
    view = bench.workspace.overview()
    assert (view.decision, view.gate("plan").state, view.gate("plan").holds) == ("hold", "satisfied", False)
    assert view.gate("value").holds
    assert any(reason.text.startswith('Stale evidence: "There is a plan"') for reason in view.reasons)
    assert view.gate("plan").stale[0].by == changed.sha
    assert view.last is not None
    assert view.last.decision == "hold"


async def test_a_pin_that_never_was_is_gone(bench: Bench) -> None:
    await bench.refresh()
    begun = bench.up.git.sha("main")
    bench.up.git.commit({"SPEC": "other\n"}, at="2026-11-22")
    await bench.refresh()
    bench.note(f"up/stream@{begun[:10]}:no/such.ts", f"up/stream@{begun[:10]}:SPEC")
    await bench.refresh()
    assert bench.drift()["no/such.ts"].summary == f"there was no such path at {begun[:10]} either"
    assert (bench.drift()["no/such.ts"].state, bench.drift()["SPEC"].state) == ("gone", "changed")


async def test_a_renamed_repository_keeps_its_pins(bench: Bench) -> None:
    await bench.refresh()
    bench.note("up:SPEC")
    bench.fake.rename("up/stream", "new/river")
    bench.up.git.commit({"SPEC": "other\n"}, at="2026-11-22")
    await bench.refresh()
    assert bench.drift()["SPEC"].state == "changed"


async def test_what_cannot_be_checked_says_so(bench: Bench) -> None:
    await bench.refresh()
    sha = bench.up.git.sha("main")
    bench.note("up/stream#7", f"up/stream@{sha}", "https://example.org/a", f"other/repo@{sha}:a")
    bench.up.git.commit({"README": "1"}, at="2026-11-22")
    await bench.refresh()
    assert {drift.pin.partition("@")[0]: drift.state for drift in bench.drift().values()} == {
        "up/stream#7": "unchecked",
        "up/stream": "fresh",
        "https://example.org/a": "unchecked",
        "other/repo": "unchecked",
    }


async def test_without_a_tree_pins_stay_unchecked_and_nothing_is_called_gone(bench: Bench) -> None:
    await bench.refresh()
    bench.note("up:SPEC")
    bench.up.git.commit({"SPEC": "other\n"}, at="2026-11-22")
    bench.fake.clear()
    head = bench.up.git.sha("main")
    bench.now += dt.timedelta(days=1)
    bench.fake.fail(f"/git/trees/{head}", 503, times=None)
    await bench.workspace.refresh(lambda _step: None)
    assert bench.drift()["SPEC"].state == "unchecked"
    assert bench.drift()["SPEC"].failed


async def test_a_failed_look_forgets_no_stale_evidence_and_is_never_a_go(bench: Bench) -> None:
    await bench.refresh()
    for gate, pin in (("plan", "down:plan.md"), ("value", "down:src/export.ts")):
        bench.satisfy(gate, pin)
    bench.down.git.commit({"plan.md": "another plan\n"}, at="2026-11-22")
    await bench.refresh()
    assert bench.drift()["plan.md"].state == "changed"
    bench.down.git.commit({"README": "more\n"}, at="2026-11-23")
    bench.now += dt.timedelta(days=1)
    bench.fake.fail(f"/git/trees/{bench.down.git.sha('main')}", 502, times=None)
    await bench.workspace.refresh(lambda _step: None)
    assert bench.drift()["plan.md"].state == "changed"
    seen = bench.workspace.overview()
    assert not seen.gate("plan").holds
    assert not seen.gate("value").holds
    assert any(reason.kind == "unchecked" for reason in seen.reasons)


async def test_a_pin_to_no_file_is_told_where_the_tree_is_known(bench: Bench, tmp_path: Path) -> None:
    await bench.refresh()
    record = bench.workspace.store.load()
    workspace = Workspace(
        tracker=TRACKER,
        store=bench.workspace.store,
        user="ann",
        web="https://github.com",
        open_source=bench.workspace.open_source,
        known_tree=lambda repo, sha: cached_tree(tmp_path / "cache", repo, sha),
    )
    assert workspace.missing_path("up:SPEC#L3", record) == ""
    assert "did you mean src/a.ts?" in workspace.missing_path("up:lib/a.ts", record)
    head = bench.up.git.sha("main")
    assert f"There is no nope at {head[:10]}" in workspace.missing_path(f"up/stream@{head[:8]}:nope", record)
    assert workspace.missing_path(f"up/stream@{'9' * 40}:nope", record) == ""
    assert bench.workspace.missing_path("up:nope", record) == ""


@pytest.mark.parametrize("pinned", ["1234567", "2222222"], ids=["earlier", "at the head"])
def test_a_cut_list_of_paths_proves_nothing(pinned: str) -> None:
    taken = {f"up/stream@{pinned}:a": "1" * 40}
    cut = Tree(sha="2" * 40, entries={"b": Entry("3" * 40, "blob")}, truncated=True)
    drift = drift_of(f"up/stream@{pinned}:a", [baseline_of("up/stream", "2" * 40, cut, "https://github.com")], taken)
    assert (drift.state, drift.summary) == ("unchecked", "the list of paths was cut short")


async def test_a_cut_list_of_paths_leaves_evidence_unchecked_and_no_go(bench: Bench) -> None:
    await bench.refresh()
    bench.satisfy("plan", "down:plan.md")
    bench.satisfy("value", "down:src/export.ts")
    bench.workspace.commit(
        lambda record, actor: actions.give_verdict(record, TRACKER, "s", "met", actor, reason="seen")
    )
    bench.down.git.commit({"README": "1"}, at="2026-11-22")
    await bench.refresh()
    assert bench.workspace.overview().decision == "go"
    bench.down.git.commit({"README": "2"}, at="2026-11-23")
    bench.down.answers.tree_limit = 2
    await bench.refresh()
    drift = bench.drift()
    assert [drift[path].state for path in ("plan.md", "src/export.ts")] == ["fresh", "unchecked"]
    assert drift["src/export.ts"].failed
    assert drift["src/export.ts"].summary == "could not be checked: see what failed"
    assert bench.workspace.overview().decision == "hold"


async def test_a_cut_list_of_paths_at_an_older_commit_does_not_say_that_nothing_was_pinned(bench: Bench) -> None:
    begun = bench.up.git.sha("main")
    bench.up.git.commit({"SPEC": None, "src/a.ts": None}, at="2026-11-02")
    bench.up.answers.tree_limit = 3
    await bench.refresh()
    # The tree of then has more paths than are listed: whether it had these is not known.
    bench.note(f"up/stream@{begun}:src/b.ts", f"up/stream@{begun}:never.ts")
    await bench.refresh()
    found = bench.drift()
    assert [found[path].state for path in ("src/b.ts", "never.ts")] == ["unchecked", "unchecked"]
