"""The demo: every pane has content, made by the real refresh and actions, without a network."""

import datetime as dt
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pawtui.demo import demo_downstream, demo_upstream
from pawtui.demo.demo_reviews import COLLEAGUE, USER
from pawtui.demo.demo_workspace import DemoWorkspace, demo_tracker, demo_workspace, seed
from pawtui.probes.probe_facts import ChurnFacts
from pawtui.refresh.progress import Progress
from pawtui.review.undo import undo
from pawtui.tracker.read_tracker import builtin_tracker, parse_tracker

NOW = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC)


class NoNetwork(socket.socket):
    """A socket that cannot connect to another process: only the socket pair of the event loop is allowed."""

    def __init__(self, family: int = socket.AF_INET, *rest: Any, **named: Any) -> None:
        if family != socket.AF_UNIX:
            raise AssertionError("the demo opened a socket")
        super().__init__(family, *rest, **named)


def _no_process(*words: Any, **named: Any) -> None:
    raise AssertionError("the demo started a process")


def seeded_in(home: Path, now: dt.datetime = NOW) -> DemoWorkspace:
    workspace = demo_workspace(home, clock=lambda: now, latency=0)
    seed(workspace)
    return workspace


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> DemoWorkspace:
    return seeded_in(tmp_path_factory.mktemp("home"))


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DemoWorkspace:
    monkeypatch.setattr(socket, "socket", NoNetwork)
    monkeypatch.setattr(subprocess, "Popen", _no_process)
    return seeded_in(tmp_path)


def test_every_pane_has_content(seeded: DemoWorkspace) -> None:
    overview = seeded.overview()
    assert len({signal.effective for signal in overview.signals}) >= 3
    assert {gate.state for gate in overview.gates} == {"satisfied", "blocked", "untested"}
    assert len(overview.record.notes) >= 8
    assert {"changed", "moved", "gone", "fresh"} <= {drift.state for drift in overview.drift.values()}
    assert len(overview.record.refreshes) == 5
    assert {refresh.decision for refresh in overview.record.refreshes} == {"hold", "no-go"}
    assert len(overview.record.reviews) == 5


def test_verdicts_are_valid_or_need_renewal(seeded: DemoWorkspace) -> None:
    overview = seeded.overview()
    assert overview.signal("no-resets").overridden
    assert overview.signal("low-churn").renewal_reason
    assert [gate.gate.id for gate in overview.gates if gate.state == "satisfied" and not gate.counts_as_satisfied] == [
        "code-debt-value"
    ]
    assert 0 < len((overview.gate("compatibility-plan").entry or pytest.fail("not set")).parts) < 5


def test_the_history_is_complete(seeded: DemoWorkspace) -> None:
    record = seeded.store.load()
    refreshes = record.refreshes
    assert [(NOW.date() - refresh.at.date()).days for refresh in refreshes] == [42, 28, 21, 14, 7]
    assert all(not refresh.errors and refresh.requests.sent <= 45 for refresh in refreshes)
    assert [refresh.id for refresh in refreshes] == sorted(refresh.id for refresh in refreshes)
    assert all(refresh.range.upstream and refresh.range.upstream.ancestor for refresh in refreshes[1:])
    assert {refresh.downstream.ref for refresh in refreshes} == {"dev", "maint/v1"}
    assert {change.by for change in record.log} == {USER, COLLEAGUE}
    assert any(change.undoes for change in record.log)
    states = {reading.state for refresh in refreshes for reading in refresh.signals}
    assert states == {"met", "partial", "unmet", "unknown"}
    causes = [p.cause for reading in refreshes[-1].signals for p in reading.probes if p.kind != "attested"]
    assert not any(causes)


def test_counts_are_those_of_the_world(seeded: DemoWorkspace) -> None:
    last = seeded.store.load().refreshes[-1]
    assert last.range.upstream is not None
    repo = seeded.host.world.repositories[demo_upstream.REPO]
    history = [commit.sha for commit in repo.history(last.upstream.sha)]
    assert last.range.upstream.commits == history.index(last.range.upstream.from_)
    reading = last.signal("low-churn")
    assert reading is not None
    paths = {path for name in demo_tracker().surfaces for path in demo_tracker().surfaces[name]}
    start = dt.datetime.combine(last.at.date() - dt.timedelta(days=28), dt.time(), dt.UTC)
    counted = {c.sha for path in paths for c in repo.history(last.upstream.sha, path) if c.at >= start}
    facts = reading.probes[0].facts
    assert isinstance(facts, ChurnFacts)
    assert facts.total == len(counted)


async def test_a_refresh_finds_changes_without_a_network(workspace: DemoWorkspace) -> None:
    before = workspace.overview()
    steps: list[Progress] = []
    outcome = await workspace.refresh(steps.append)
    assert outcome.refresh is not None
    assert not outcome.refresh.errors
    # Two of the requests are for pins to issues: one for each repository. Four are optional (the demo has no budget):
    # the branch and its tree on the day of a new file, and on the day after.
    assert outcome.refresh.requests.sent <= 51
    after = workspace.overview()
    assert outcome.refresh.range.upstream is not None
    assert outcome.refresh.range.upstream.commits > 0
    assert {s.signal.id for s, old in zip(after.signals, before.signals, strict=True) if s.measured != old.measured}
    assert before.gate("sessions-survive").counts_as_satisfied
    assert not after.gate("sessions-survive").counts_as_satisfied
    assert len(steps) > 8
    assert not any(drift.failed for drift in outcome.refresh.drift)
    again = await workspace.refresh(steps.append)
    assert again.refresh is None


def test_seeded_changes_can_be_undone(workspace: DemoWorkspace) -> None:
    before = workspace.store.load()
    workspace.record_change(undo)
    workspace.record_change(undo)
    after = workspace.store.load()
    # The last two changes were closing the newest review and writing the newest note.
    assert before.reviews.keys() - after.reviews.keys() == {before.refreshes[-1].id}
    assert before.notes.keys() - after.notes.keys() == {max(before.notes)}


@pytest.mark.parametrize("now", ["2024-02-29T03:00:00+09:00", "2027-12-31T23:59:59+00:00"])
def test_the_data_is_recent_on_any_day(tmp_path: Path, now: str) -> None:
    workspace = seeded_in(tmp_path, dt.datetime.fromisoformat(now))
    last = workspace.overview().last
    assert last is not None
    assert dt.timedelta(days=6) < workspace.clock() - last.at < dt.timedelta(days=8)


def test_its_tracker_is_valid_and_has_every_probe_kind_of_the_built_in_tracker(seeded: DemoWorkspace) -> None:
    text = (Path(demo_downstream.__file__).parent / "tracker.toml").read_text(encoding="utf-8")
    tracker = parse_tracker(text, "tracker.toml", patterns=True)
    assert tracker == seeded.tracker
    real = builtin_tracker()
    used, shown = ({type(probe) for signal in each.signals for probe in signal.probes} for each in (real, tracker))
    assert used <= shown
    assert [signal.id for signal in tracker.signals] == [signal.id for signal in real.signals]
    assert [(gate.id, [part.id for part in gate.parts]) for gate in tracker.gates] == [
        (gate.id, [part.id for part in gate.parts]) for gate in real.gates
    ]


def test_hostile_text_is_recorded_but_safe(seeded: DemoWorkspace) -> None:
    texts = [e.text for r in seeded.store.load().refreshes for s in r.signals for p in s.probes for e in p.evidence]
    assert any("[red]" in text for text in texts)
    assert any("⟨U+202E⟩" in text for text in texts)
    assert all(text.isprintable() for text in texts)
