"""`names`: an event name that leaves breaks what was stored by it."""

from __future__ import annotations

import datetime as dt

import pytest

from pawtui.tracker.model import NamesProbe
from tests.probes.measuring import measure
from tests.support.fake_github import FakeGitHub, FakeRepo
from tests.support.fixtures import OpenSource

PATTERN = r'type:\s*"(session\.[^"]+)"(?:[^{}]*?version:\s*(\d+))?'
PROBE = NamesProbe(files=("schema/event.ts", "src/event.ts"), pattern=PATTERN, days=28, met=0, partial=1)


def schema(*names: str) -> str:
    return "// events\n" + "".join(f'define({{ type: "session.{name}", version: 1 }})\n' for name in names)


async def test_untouched_names_are_met(fake: FakeGitHub, up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"schema/event.ts": schema("a", "b")}, at="2026-06-01")
    up.git.commit({"README": "new"}, at="2026-11-19")
    found = (await measure(open_source(), PROBE)).reading
    assert (found.state, found.summary) == ("met", "2 names, none changed in 28 days")
    assert found.evidence[0].url.endswith("/schema/event.ts")
    # One list of each commit and no older tree: nothing else was needed.
    assert len(fake.asked("/git/trees/")) == 1


async def test_a_name_removed_renamed_or_with_another_version(up: FakeRepo, open_source: OpenSource) -> None:
    before = up.git.commit({"schema/event.ts": schema("a", "b", "c")}, at="2026-10-01")
    bumped = schema("a", "d").replace('"session.a", version: 1', '"session.a", version: 2')
    up.git.commit({"schema/event.ts": bumped}, at="2026-11-10")
    found = (await measure(open_source(), PROBE)).reading
    assert found.state == "unmet"
    assert found.facts["removed"] == ["session.a@1", "session.b@1", "session.c@1"]
    assert found.facts["added"] == ["session.a@2", "session.d@1"]
    assert found.summary == "3 of 3 names removed, 2 added in 28 days"
    assert found.evidence[1].pin == f"up/stream@{before.sha}:schema/event.ts#L3"
    assert found.evidence[3].pin == f"up/stream@{up.git.sha('main')}:schema/event.ts#L2"
    assert found.evidence[-1].url.endswith(f"/compare/{before.sha}...{up.git.sha('main')}")


async def test_new_names_break_nothing_and_one_removed_is_partial(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"schema/event.ts": schema("a")}, at="2026-10-01")
    up.git.commit({"schema/event.ts": schema("a", "b")}, at="2026-11-01")
    assert (await measure(open_source(), PROBE)).reading.state == "met"
    up.git.commit({"schema/event.ts": schema("b")}, at="2026-11-02T23:30")
    found = (await measure(open_source(), PROBE)).reading
    assert found.state == "partial"
    day = dt.date.fromisoformat(found.facts["met_on"])
    assert (await measure(open_source(), PROBE, today=day)).reading.state == "met"
    assert (await measure(open_source(), PROBE, today=day - dt.timedelta(days=1))).reading.state == "partial"


async def test_a_file_that_moves_home_keeps_its_names(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/event.ts": schema("a", "b")}, at="2026-10-01")
    up.git.commit({"src/event.ts": None, "schema/event.ts": schema("a", "b")}, at="2026-11-01")
    found = (await measure(open_source(), PROBE)).reading
    assert (found.state, found.facts["before"], found.facts["file"]) == ("met", "src/event.ts", "schema/event.ts")


CANNOT = [
    # the files long ago, the files now, and what the cause must hold
    ({"x": "1"}, {"x": "2"}, "path gone: schema/event.ts or src/event.ts is not there at main @ "),
    ({"x": "1"}, {"schema/event.ts": schema("a")}, "did not exist on 2026-10-23"),
    ({"schema/event.ts": "none\n"}, {"schema/event.ts": schema("a")}, "held no name that matches"),
    ({"schema/event.ts": "none\n"}, {"x": "2"}, "schema/event.ts holds no name that matches"),
    ({"schema/event.ts/index": "1"}, {"x": "2"}, "schema/event.ts is a folder at main @ "),
    ({"schema/event.ts": b"a\0b"}, {"x": "2"}, "schema/event.ts is a binary file at main @ "),
    ({"schema/event.ts": b"a\0b"}, {"schema/event.ts": schema("a")}, "schema/event.ts is a binary file at "),
]


@pytest.mark.parametrize(("old", "new", "cause"), CANNOT, ids=[cause for _, _, cause in CANNOT])
async def test_what_cannot_be_compared_is_unknown(
    up: FakeRepo, open_source: OpenSource, old: dict[str, str], new: dict[str, str], cause: str
) -> None:
    up.git.commit(old, at="2026-06-01")
    up.git.commit(new, at="2026-11-01")
    found = await measure(open_source(), PROBE)
    assert found.reading.state == "unknown"
    assert cause in found.reading.cause
    assert found.reading.rule == "met up to 0 names removed in 28 days, partial up to 1"
    assert not found.errors


async def test_a_window_before_the_repository_began_is_unknown(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"schema/event.ts": schema("a")}, at="2026-11-01")
    found = (await measure(open_source(), PROBE)).reading
    assert found.state == "unknown"
    assert "begins after 2026-10-23, where the window opens" in found.cause
