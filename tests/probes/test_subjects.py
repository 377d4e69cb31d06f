"""`subjects`: commits that say themselves that they break."""

from __future__ import annotations

import datetime as dt

import pytest

from pawtui.tracker.model import SubjectsProbe
from tests.probes.measuring import measure
from tests.support.fake_github import FakeRepo
from tests.support.fixtures import OpenSource

SURFACES = {"runner": ("src/runner",), "tools": ("src/tool",)}
PATTERN = r"(?i)\b(rename|reset|drop|remove|replace|collapse|breaking)\b|^\w+(\([^)]*\))?!:"
PROBE = SubjectsProbe(surfaces=("runner", "tools"), pattern=PATTERN, days=28, met=1, partial=3)


async def test_matching_subjects_are_counted_once_each(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    git.commit({"src/runner/a": "0", "src/tool/a": "0"}, at="2026-10-20", message="feat!: outside the window")
    both = git.commit({"src/runner/a": "1", "src/tool/a": "1"}, at="2026-11-01", message="refactor: Rename the step")
    git.commit({"src/runner/a": "2"}, at="2026-11-02", message="fix: presets and renames stay")
    git.commit({"README": "2"}, at="2026-11-03", message="feat!: elsewhere")
    last = git.commit({"src/tool/a": "3"}, at="2026-11-04", message="feat(tool)!: settle\n\nremove nothing")
    found = (await measure(open_source(), PROBE, surfaces=SURFACES)).reading
    assert found.state == "partial"
    assert found.summary == "2 of 3 subjects in 28 days with a breaking word"
    assert [one.pin for one in found.evidence] == [f"up/stream@{last.sha}", f"up/stream@{both.sha}"]
    assert found.facts["pattern"] == PATTERN
    assert PATTERN not in found.rule
    since = f"--since={found.facts['since']}T00:00:00Z"
    assert found.facts["commits"] == int(git.git("rev-list", "--count", since, "main", "--", "src/runner", "src/tool"))


@pytest.mark.parametrize(("breaks", "state"), [(0, "met"), (1, "met"), (2, "partial"), (3, "partial"), (4, "unmet")])
async def test_thresholds_and_the_day_it_is_met(up: FakeRepo, open_source: OpenSource, breaks: int, state: str) -> None:
    up.git.commit({"src/runner/a": "0", "src/tool/a": "0"}, at="2026-06-01")
    for number in range(breaks):
        up.git.commit({"src/runner/a": f"{number + 1}"}, at=f"2026-11-{10 + number}", message="fix!: it")
    found = (await measure(open_source(), PROBE, surfaces=SURFACES)).reading
    assert found.state == state
    if state == "met":
        assert found.facts["met_on"] is None
        return
    day = dt.date.fromisoformat(found.facts["met_on"])
    assert (await measure(open_source(), PROBE, surfaces=SURFACES, today=day)).reading.state == "met"
    before = await measure(open_source(), PROBE, surfaces=SURFACES, today=day - dt.timedelta(days=1))
    assert before.reading.state == "partial"


async def test_a_pattern_that_runs_away_is_unknown(
    up: FakeRepo, open_source: OpenSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pawtui.probes.pattern.TIME_LIMIT", 0.05)
    up.git.commit({"src/runner/a": "0", "src/tool/a": "0"}, at="2026-11-01", message="a" * 60 + "b")
    runaway = SubjectsProbe(surfaces=("runner",), pattern="(?:a|a|a|a|a|a|a|a)+$")
    found = await measure(open_source(), runaway, surfaces=SURFACES)
    assert found.reading.state == "unknown"
    assert found.reading.cause.endswith("ran for over 0.05 s: make it simpler")
    assert not found.errors


async def test_a_pattern_that_does_not_compile_is_unknown(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/runner/a": "0"}, at="2026-11-01")
    found = await measure(open_source(), SubjectsProbe(surfaces=("runner",), pattern="(open"), surfaces=SURFACES)
    assert found.reading.state == "unknown"
    assert "'(open' does not compile" in found.reading.cause
