"""`new-files` with `identity`: earlier files that are gone now, because they were squashed or moved."""

import datetime as dt

import msgspec
import pytest

from pawtui.probes.probe_facts import NewFilesFacts
from pawtui.tracker.probe_types import NewFilesProbe
from tests.probes.measuring import facts_of, measure
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource

MIGRATIONS = NewFilesProbe(
    paths=("db/migration",), identity=r"\d+_\w+", discards="event", days=56, days_unmet=28, partial=2
)


async def test_files_whose_identity_is_gone_make_it_at_best_partial(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"db/migration/01_init.ts": "a()\n", "db/migration/02_a.ts": "b()\n"}, at="2026-06-01")
    assert (await measure(open_source(), MIGRATIONS, today=dt.date(2026, 9, 30))).reading.state == "met"
    squashed = {"db/migration/01_init.ts": None, "db/migration/02_a.ts": None, "db/migration/03_all.ts": "c()\n"}
    up.git.commit(squashed, at="2026-10-01")
    for day, since in ((dt.date(2026, 10, 2), "2026-09-04"), (dt.date(2026, 11, 20), "2026-09-25")):
        found = (await measure(open_source(), MIGRATIONS, today=day)).reading
        assert (found.state, facts_of(found, NewFilesFacts).gone) == ("partial", 2)
        assert found.summary == "0 of 1 new file in 56 days deletes rows; 2 earlier files are gone"
        why = f"db/migration/01_init.ts is gone since {since}: it may have been squashed"
        assert found.gaps == (why, "1 other earlier file not listed")
    assert (await measure(open_source(), MIGRATIONS, today=dt.date(2026, 11, 27))).reading.state == "met"
    without = msgspec.structs.replace(MIGRATIONS, identity="")
    assert (await measure(open_source(), without, today=dt.date(2026, 10, 2))).reading.state == "met"


async def test_a_file_that_was_added_and_removed_in_the_window_is_gone(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"db/migration/01_init.ts": "a()\n"}, at="2026-06-01")
    up.git.commit({"db/migration/02_wipe.ts": "await db.run('DELETE FROM event')\n"}, at="2026-10-01")
    up.git.commit({"db/migration/02_wipe.ts": None}, at="2026-11-10")
    found = (await measure(open_source(), MIGRATIONS)).reading
    assert (found.state, found.summary) == ("partial", "nothing new in 56 days; 1 earlier file is gone")


async def test_a_file_without_an_identity_is_not_gone(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"db/migration/01_init.ts": "a()\n", "db/migration/README": "a\n"}, at="2026-06-01")
    up.git.commit({"db/migration/README": None}, at="2026-11-10")
    found = (await measure(open_source(), MIGRATIONS)).reading
    assert (found.state, found.summary) == ("met", "nothing new in 56 days")


async def test_watched_files_that_moved_to_another_folder_are_named(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"db/migration/01_a.ts": "a()\n", "db/migration/02_b.ts": "b()\n", "old/migration/01_a.sql": ""})
    probe = msgspec.structs.replace(MIGRATIONS, paths=("db/migration", "old/migration"))
    up.git.commit({"db/migration/01_a.ts": None, "store/01_a.ts": "a()\n"}, at="2026-11-01")
    up.git.commit({"db/migration/02_b.ts": None, "store/02_b.ts": "b()\n"}, at="2026-11-01")
    found = (await measure(open_source(), probe)).reading
    cause = "db/migration/02_b.ts is now store/02_b.ts: add the folder to `paths`"
    assert (found.state, found.cause) == ("unknown", cause)
    assert facts_of(found, NewFilesFacts).incomplete == (cause,)
    watched = msgspec.structs.replace(probe, paths=(*probe.paths, "store"))
    assert (await measure(open_source(), watched)).reading.state == "met"


@pytest.mark.parametrize(
    ("text", "copy", "state"),
    [
        # A copy that existed before does not show where the file is now.
        ("a()\n", "legacy/01_a/up.ts", "partial"),
        ("a()\n", "db/migration/02_b/up.ts", "partial"),
        # All empty files are equal.
        ("", "new/01_a/up.ts", "partial"),
        # A folder of the watched one got another name: the file is there, and was not added.
        ("a()\n", "db/migration/03_a/up.ts", "met"),
    ],
)
async def test_a_gone_file_is_not_where_a_copy_is(
    up: FakeRepo, open_source: OpenSource, text: str, copy: str, state: str
) -> None:
    before = {"db/migration/00_init.ts": "init()\n", "db/migration/01_a/up.ts": text}
    is_new = copy.startswith(("new", "db/migration/03"))
    up.git.commit(before if is_new else {**before, copy: text}, at="2026-06-01")
    up.git.commit({"db/migration/01_a/up.ts": None, **({copy: text} if is_new else {})}, at="2026-11-01")
    found = (await measure(open_source(), MIGRATIONS)).reading
    assert (found.state, found.cause) == (state, "")
    gone = "; 1 earlier file is gone" if state == "partial" else ""
    assert found.summary == f"nothing new in 56 days{gone}"


async def test_the_day_on_which_it_is_met_is_not_known_while_files_are_gone(
    up: FakeRepo, open_source: OpenSource
) -> None:
    up.git.commit({"db/migration/00_init.sql": "a;\n", "db/migration/01_a.sql": "b;\n"}, at="2026-06-01")
    up.git.commit({"db/migration/02_b.sql": "DELETE FROM event;\n"}, at="2026-10-01")
    found = (await measure(open_source(), MIGRATIONS)).reading
    met_on = facts_of(found, NewFilesFacts).met_on
    assert met_on == dt.date(2026, 11, 27)
    up.git.commit({"db/migration/01_a.sql": None}, at="2026-11-15")
    found = (await measure(open_source(), MIGRATIONS)).reading
    facts = facts_of(found, NewFilesFacts)
    assert (found.state, facts.met_on, facts.added_on) == ("partial", None, dt.date(2026, 10, 1))
    assert (await measure(open_source(), MIGRATIONS, today=met_on)).reading.state == "partial"


async def test_gone_files_are_in_the_summary_without_a_pattern(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"db/migration/01_a.sql": "a;\n"}, at="2026-06-01")
    up.git.commit({"db/migration/01_a.sql": None, "db/migration/02_b.sql": "b;\n"}, at="2026-11-01")
    probe = NewFilesProbe(paths=("db/migration",), identity=r"\d+_\w+", days=56, met=3, partial=5)
    found = (await measure(open_source(), probe)).reading
    assert (found.state, found.summary) == ("partial", "1 new file in 56 days; 1 earlier file is gone")


async def test_without_the_files_of_each_day_it_is_unknown_whether_one_is_gone(
    fake: FakeGitHub, up: FakeRepo, open_source: OpenSource
) -> None:
    up.git.commit({"db/migration/01_init.ts": "a()\n"}, at="2026-06-01")
    up.git.commit({"db/migration/02_wipe.ts": "await db.run('DELETE FROM event')\n"}, at="2026-10-01")
    up.git.commit({"db/migration/02_wipe.ts": None}, at="2026-11-10")
    fake.fail(f"/git/trees/{up.git.sha('main~1')}", 404, "Not Found", times=None)
    found = await measure(open_source(), MIGRATIONS)
    assert (found.reading.state, found.reading.gaps) == ("unknown", (found.reading.cause,))
    assert found.errors


async def test_a_file_that_was_also_copied_within_the_watched_paths_is_not_gone(
    up: FakeRepo, open_source: OpenSource
) -> None:
    up.git.commit({"db/migration/00_init.ts": "init()\n", "db/migration/01_a/up.ts": "a()\n"}, at="2026-06-01")
    moved = {"db/migration/01_a/up.ts": None, "db/migration/02_a/up.ts": "a()\n", "z/02_a/up.ts": "a()\n"}
    up.git.commit(moved, at="2026-11-01")
    found = (await measure(open_source(), MIGRATIONS)).reading
    assert (found.state, found.cause) == ("met", "")


async def test_the_day_on_which_it_is_met_is_not_known_if_files_moved_away(
    up: FakeRepo, open_source: OpenSource
) -> None:
    up.git.commit({"db/migration/00_init.sql": "a;\n", "db/migration/01_a.sql": "b;\n"}, at="2026-06-01")
    up.git.commit({"db/migration/02_b.sql": "DELETE FROM event;\n"}, at="2026-11-10")
    up.git.commit({"db/migration/01_a.sql": None, "store/01_a.sql": "b;\n"}, at="2026-11-15")
    found = (await measure(open_source(), MIGRATIONS)).reading
    facts = facts_of(found, NewFilesFacts)
    assert (found.state, facts.met_on, facts.added_on) == ("unmet", None, dt.date(2026, 11, 10))
