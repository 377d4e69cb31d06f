"""`new-files`: migrations that appear, and what they do."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from pawtui.probes.new_files import BODY_LIMIT, new_among
from pawtui.sources.facts import Entry
from pawtui.tracker.model import NewFilesProbe
from tests.probes.measuring import measure
from tests.support.fake_github import FakeGitHub, FakeRepo
from tests.support.fixtures import OpenSource

PROBE = NewFilesProbe(
    paths=("db/migration",),
    days=56,
    days_unmet=28,
    name="(?i)reset|drop",
    body=r"(?i)delete from [`\"]?event\b",
    met=0,
    partial=2,
)
HARMLESS = "CREATE TABLE a;\n"
RESET = "-- all of it\nDELETE FROM event;\n"


async def test_nothing_new_is_met_without_an_older_tree(
    fake: FakeGitHub, up: FakeRepo, open_source: OpenSource
) -> None:
    up.git.commit({"db/migration/01_reset.sql": RESET}, at="2026-06-01")
    up.git.commit({"README": "1"}, at="2026-11-01")
    found = (await measure(open_source(), PROBE)).reading
    assert (found.state, found.summary) == ("met", "nothing new in 56 days")
    assert len(fake.asked("/git/trees/")) == 1


async def test_a_reset_is_found_by_name_or_text(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    git.commit({"db/migration/01_init.sql": HARMLESS}, at="2026-06-01")
    git.commit({"db/migration/02_add.sql": HARMLESS + "1"}, at="2026-10-01")
    named = git.commit({"db/migration/03_reset/up.sql": HARMLESS}, at="2026-10-02")
    wiped = git.commit({"db/migration/04_tidy.sql": RESET}, at="2026-10-03")
    found = (await measure(open_source(), PROBE)).reading
    assert found.state == "partial"
    assert found.summary == "2 of 3 new files in 56 days match"
    assert found.facts["matching"] == ["db/migration/04_tidy.sql", "db/migration/03_reset/up.sql"]
    assert found.evidence[0].pin == f"up/stream@{git.sha('main')}:db/migration/04_tidy.sql#L2"
    assert found.evidence[0].text == "db/migration/04_tidy.sql:2  DELETE FROM event;"
    assert [one.pin for one in found.evidence[2:]] == [f"up/stream@{wiped.sha}", f"up/stream@{named.sha}"]
    since = found.facts["since"]
    assert (
        git.git("log", "--diff-filter=A", "--name-only", "--format=", f"--since={since}T00:00:00Z").split()
        == (found.facts["new"])
    )


async def test_a_reset_ages_from_unmet_to_partial_to_met(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"db/migration/01_init.sql": HARMLESS}, at="2026-06-01")
    landed = dt.date(2026, 10, 1)
    up.git.commit({"db/migration/02_drop.sql": HARMLESS}, at=f"{landed}T23:59:59")
    states = {}
    for age in (0, 28, 29, 56, 57):
        found = (await measure(open_source(), PROBE, today=landed + dt.timedelta(days=age))).reading
        states[age] = found.state
        if found.state != "met":
            assert found.facts["met_on"] == (landed + dt.timedelta(days=57)).isoformat()
    assert states == {0: "unmet", 28: "unmet", 29: "partial", 56: "partial", 57: "met"}


async def test_files_that_move_are_not_new_and_those_that_go_are_named(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"old/01_reset.sql": RESET, "old/02_reset.sql": RESET + "2"}, at="2026-06-01")
    up.git.commit(
        {"old/01_reset.sql": None, "old/02_reset.sql": None, "db/migration/01_reset.sql": RESET}, at="2026-11-01"
    )
    alternatives = NewFilesProbe(paths=("db/migration", "old"), name="reset")
    found = (await measure(open_source(), alternatives)).reading
    assert (found.state, found.facts["new"]) == ("met", [])
    assert found.facts["removed"] == ["old/01_reset.sql", "old/02_reset.sql"]


def test_a_copy_is_new() -> None:
    kept, copy = Entry("1" * 40, "blob"), Entry("1" * 40, "blob")
    assert new_among({"a/x.sql": kept, "b/x.sql": copy}, {"a/x.sql": kept}) == ["b/x.sql"]


async def test_reading_ends_where_the_state_is_decided(fake: FakeGitHub, up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"db/migration/00.sql": HARMLESS}, at="2026-06-01")
    up.git.commit({f"db/migration/1{n:02}.sql": f"{RESET}{n}" for n in range(40)}, at="2026-11-01")
    found = (await measure(open_source(), PROBE)).reading
    assert (found.state, found.gaps[0]) == ("unmet", "32 new files not read: the state is decided")
    assert len(fake.asked("/git/blobs/")) == 8
    # By name alone nothing needs to be read at all.
    fake.clear()
    named = msgspec.structs.replace(PROBE, name="sql")
    assert (await measure(open_source(), named)).reading.state == "unmet"
    assert not fake.asked("/git/blobs/")


async def test_too_many_to_read_is_unknown(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"db/migration/00.sql": HARMLESS}, at="2026-06-01")
    up.git.commit({f"db/migration/1{n:02}.sql": f"{HARMLESS}{n}" for n in range(BODY_LIMIT + 6)}, at="2026-11-01")
    found = (await measure(open_source(), PROBE)).reading
    assert (found.state, found.cause) == ("unknown", "6 new files not read: 24 are read at most")


@pytest.mark.parametrize(
    ("content", "cause"), [(b"a\0b", "is a binary file at main"), ("x" * 1_000_001, "is 1.0 MB at main")]
)
async def test_a_new_file_that_cannot_be_read_is_unknown(
    up: FakeRepo, open_source: OpenSource, content: str | bytes, cause: str
) -> None:
    up.git.commit({"db/migration/00.sql": HARMLESS}, at="2026-06-01")
    up.git.commit({"db/migration/01.sql": content}, at="2026-11-01")
    found = await measure(open_source(), PROBE)
    assert found.reading.state == "unknown"
    assert cause in found.reading.cause
    assert not found.errors


async def test_a_text_that_is_refused_is_an_error_beside_the_reading(
    fake: FakeGitHub, up: FakeRepo, open_source: OpenSource
) -> None:
    up.git.commit({"db/migration/00.sql": HARMLESS}, at="2026-06-01")
    up.git.commit({"db/migration/01.sql": RESET}, at="2026-11-01")
    fake.fail("/git/blobs/", 403, "Not yours", times=None)
    found = await measure(open_source(), PROBE)
    assert found.reading.state == "unknown"
    assert len(found.errors) == 1
    assert str(found.errors[0]) == found.reading.cause


async def test_paths_gone_history_too_short_and_a_cut_tree_are_unknown(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"README": "1"}, at="2026-10-01")
    found = (await measure(open_source(), PROBE)).reading
    assert (found.state, found.summary) == ("unknown", "path gone")
    assert found.cause.startswith("path gone: db/migration is not there at main @ ")
    up.git.commit({"db/migration/00.sql": HARMLESS}, at="2026-10-02")
    found = (await measure(open_source(), PROBE)).reading
    assert "begins after 2026-09-25, where the window opens" in found.cause
    up.answers.tree_limit = 1
    found = (await measure(open_source(cache=None), PROBE)).reading
    assert found.state == "unknown"
    assert "was cut short" in found.cause
