"""New files and the day on which the branch got them: equal from GitHub's API and from a clone."""

import datetime as dt
from collections.abc import Callable

import pytest

from pawtui.probes.added_files import added_among, by_new_identity, files_under
from pawtui.probes.pattern import matched_parts
from pawtui.probes.probe_facts import NewFilesFacts
from pawtui.probes.rejudge import rejudge
from pawtui.sources.facts import EMPTY_FILE_SHA, PastHead, Tree, TreeEntry
from pawtui.sources.github.github_source import GitHubSource
from pawtui.sources.source_errors import Undetermined
from pawtui.tracker.probe_types import NewFilesProbe
from pawtui.tracker.tracker_types import Policy
from tests.probes.measuring import TODAY, MeasureBoth, facts_of, measure
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource

ENTRIES = {
    "mig": TreeEntry("t" * 40, "tree"),
    "mig/1.sql": TreeEntry("1" * 40, "blob"),
    "mig/lib": TreeEntry("2" * 40, "commit"),
    # Beside the folder in the order of paths.
    "mig-old/0.sql": TreeEntry("6" * 40, "blob"),
    "mig0/0.sql": TreeEntry("7" * 40, "blob"),
    "migrate": TreeEntry("3" * 40, "blob"),
    "db/2.sql": TreeEntry("4" * 40, "blob"),
    "db/2.md": TreeEntry("5" * 40, "blob"),
}


@pytest.mark.parametrize(
    ("roots", "paths"),
    [
        (("mig",), ["mig/1.sql", "mig/lib"]),
        (("migrate", "mig/1.sql"), ["mig/1.sql", "migrate"]),
        (("db/*.sql", "none/*"), ["db/2.sql"]),
        (("mig", "*/*.md"), ["db/2.md", "mig/1.sql", "mig/lib"]),
        ((), []),
    ],
)
def test_the_files_of_paths_and_globs(roots: tuple[str, ...], paths: list[str]) -> None:
    assert sorted(files_under(Tree(sha="c" * 40, entries=ENTRIES), roots)) == paths


def test_a_moved_file_is_not_added_but_an_empty_one_and_a_copy_are() -> None:
    def tree(**blobs: str) -> Tree:
        return Tree(
            sha="c" * 40, entries={path.replace("_", "/"): TreeEntry(sha, "blob") for path, sha in blobs.items()}
        )

    past = tree(old_a="1" * 40, kept_b="2" * 40, old_e=EMPTY_FILE_SHA)
    folder = {"gone/d": TreeEntry("3" * 40, "tree")}
    past = Tree(sha=past.sha, entries={**past.entries, **folder})
    head = tree(x_a="1" * 40, y_a="1" * 40, x_b="2" * 40, kept_b="2" * 40, x_e=EMPTY_FILE_SHA, x_d="3" * 40)
    now = {path: entry for path, entry in head.entries.items() if path.startswith(("x/", "y/"))}
    assert added_among(now, {}, head, past) == ["x/b", "x/d", "x/e", "y/a"]


def _tree(entries: dict[str, TreeEntry]) -> Tree:
    return Tree(sha="0" * 40, entries=entries)


def test_a_copy_is_new() -> None:
    blob = TreeEntry("1" * 40, "blob")
    before = {"a/x.sql": blob}

    def added(now: dict[str, TreeEntry], head: dict[str, TreeEntry] | None = None) -> list[str]:
        return added_among(now, before, _tree(head or now), _tree(before))

    assert added({"a/x.sql": blob, "b/x.sql": blob}) == ["b/x.sql"]
    # The file still exists, outside the watched paths.
    assert added({"b/x.sql": blob}, {"a/x.sql": blob, "b/x.sql": blob}) == ["b/x.sql"]
    # A file with another name is new, even with the same content.
    assert added({"b/y.sql": blob}) == ["b/y.sql"]
    assert added({"b/x.sql": blob}) == []
    # One file that is gone is not two moved files.
    assert added({"b/x.sql": blob, "c/x.sql": blob}) == ["c/x.sql"]


async def test_a_file_at_two_paths_is_counted_once() -> None:
    def entry(digit: str) -> TreeEntry:
        return TreeEntry(digit * 40, "blob")

    before = {"a/01_init.ts": entry("1")}
    now = {"b/01_init/up.sql": entry("2"), "a/02_add.ts": entry("3"), "b/02_add/up.sql": entry("4")}
    added = added_among(now, before, _tree(now), _tree(before))
    identities = await matched_parts(r"\d\d_\w+", {*now, *before})
    found = by_new_identity(added, before, identities)
    assert found == {"a/02_add.ts": ("a/02_add.ts", "b/02_add/up.sql")}
    assert len(by_new_identity(added, before, {})) == 3


def test_a_file_beside_a_migration_counts_only_if_it_is_alone() -> None:
    paths = ("1/down.sql", "1/up.sql", "2.json", "2.ts", "3.json", "4.sql")
    found = by_new_identity(paths, {}, {path: path[0] for path in paths})
    assert list(found.values()) == [("4.sql",), ("3.json",), ("2.ts",), ("1/up.sql",)]


def _added(up: FakeRepo) -> None:
    up.git.commit({"mig/00.sql": "0"}, at="2026-06-01")
    up.git.commit({"mig/01_reset.sql": "1"}, at="2026-10-03")
    up.git.commit({"mig/01_reset.sql": "1\n"}, at="2026-11-08")


def _moved(up: FakeRepo) -> None:
    up.git.commit({"mig/00.sql": "0"}, at="2026-06-01")
    up.git.commit({"mig/01_reset.sql": "1"}, at="2026-10-03")
    up.git.commit({"mig/01_reset.sql": None, "db/mig/01_reset/up.sql": "1"}, at="2026-11-08")


def _moved_next_day(up: FakeRepo) -> None:
    up.git.commit({"mig/00.sql": "0"}, at="2026-06-01")
    up.git.commit({"mig/01_reset.sql": "1"}, at="2026-10-03T12:00")
    up.git.commit({"mig/01_reset.sql": None, "db/mig/01_reset/up.sql": "1"}, at="2026-10-04T12:00")


def _added_again(up: FakeRepo) -> None:
    up.git.commit({"mig/00.sql": "0", "mig/01_reset.sql": "1"}, at="2026-01-01")
    up.git.commit({"mig/01_reset.sql": None}, at="2026-02-01")
    up.git.commit({"mig/01_reset.sql": "2"}, at="2026-10-03")


def _merged(up: FakeRepo) -> None:
    git = up.git
    git.commit({"mig/00.sql": "0"}, at="2026-01-01")
    git.branch("side", "main")
    side = git.commit({"mig/01_reset.sql": "1"}, branch="side", at="2026-02-01")
    git.commit({"mig/01_reset.sql": "1"}, at="2026-10-20", message="Merge side", merge=[side])


def _many(up: FakeRepo) -> None:
    up.git.commit({"mig/00.sql": "0"}, at="2026-06-01")
    for number in range(2, 6):
        up.git.commit({f"mig/0{number}_reset.sql": f"{number}"}, at=f"2026-10-0{number}")
    up.git.commit({"mig/01_reset.sql": "1"}, at="2026-10-25")


def _changed_and_moved(up: FakeRepo) -> None:
    up.git.commit({"mig/00.sql": "0", "old/01_reset.sql": "0"}, at="2026-06-01")
    up.git.commit({"old/01_reset.sql": "1"}, at="2026-10-10T10:00")
    up.git.commit({"old/01_reset.sql": "2"}, at="2026-10-10T11:00")
    up.git.commit({"old/01_reset.sql": None, "mig/01_reset.sql": "2"}, at="2026-10-20")


@pytest.mark.parametrize(
    ("history", "days_unmet"),
    [
        (_added, 0),
        (_added, 7),
        (_moved, 0),
        (_moved_next_day, 0),
        (_added_again, 0),
        (_merged, 0),
        (_merged, 7),
        (_many, 0),
        (_changed_and_moved, 0),
    ],
)
async def test_new_files_are_met_on_the_stated_day(
    up: FakeRepo, both: MeasureBoth, history: Callable[[FakeRepo], None], days_unmet: int
) -> None:
    history(up)
    probe = NewFilesProbe(
        paths=("mig", "db/mig"), days=56, days_unmet=days_unmet, name="reset", met=0, partial=9, identity=r"\d\d\w*"
    )
    found = await both(probe)
    facts = facts_of(found, NewFilesFacts)
    assert found.state == "partial"
    assert facts.met_on is not None
    assert facts.met_on > TODAY
    assert facts.added_on == facts.met_on - dt.timedelta(days=57)
    assert rejudge(probe, found, Policy(), TODAY) == found.state
    before = await both(probe, today=facts.met_on - dt.timedelta(days=1))
    assert (before.state, (await both(probe, today=facts.met_on)).state) == ("partial", "met")


async def test_a_file_that_was_removed_and_added_again_in_the_window_is_recent(up: FakeRepo, both: MeasureBoth) -> None:
    up.git.commit({"mig/00.sql": "0"}, at="2026-06-01")
    up.git.commit({"mig/01_reset.sql": "1"}, at="2026-10-01")
    up.git.commit({"mig/01_reset.sql": None}, at="2026-10-20")
    up.git.commit({"mig/01_reset.sql": "1"}, at="2026-11-02")
    found = await both(NewFilesProbe(paths=("mig",), days=56, days_unmet=28, name="reset", met=0, partial=9))
    facts = facts_of(found, NewFilesFacts)
    assert (found.state, facts.added_on, facts.met_on) == ("unmet", dt.date(2026, 11, 2), dt.date(2026, 12, 29))


async def test_the_last_file_is_dated_also_if_new_files_are_allowed(up: FakeRepo, both: MeasureBoth) -> None:
    for name, day in (("00", "06-01"), ("01_reset", "10-10"), ("02_reset", "11-02")):
        up.git.commit({f"mig/{name}.sql": name}, at=f"2026-{day}")
    facts = facts_of(await both(NewFilesProbe(paths=("mig",), days=56, name="reset", met=1, partial=9)), NewFilesFacts)
    assert (facts.added_on, facts.met_on) == (dt.date(2026, 11, 2), dt.date(2026, 12, 6))


async def test_a_file_that_deletes_some_rows_is_not_the_last_one(up: FakeRepo, both: MeasureBoth) -> None:
    for text, day in (("SELECT 1;\n", "06-01"), (WIPED, "10-10"), ("DELETE FROM event WHERE kind = 'x';\n", "11-02")):
        up.git.commit({f"mig/{day}.sql": text}, at=f"2026-{day}")
    facts = facts_of(
        await both(NewFilesProbe(paths=("mig",), days=56, discards="event", met=0, partial=9)), NewFilesFacts
    )
    assert (facts.partly, facts.added_on) == (("mig/11-02.sql",), dt.date(2026, 10, 10))


async def test_a_file_without_a_commit_in_the_window_is_named(up: FakeRepo, both: MeasureBoth) -> None:
    _merged(up)
    found = await both(NewFilesProbe(paths=("mig",), days=56, name="reset", met=0, partial=0))
    assert (found.state, found.gaps) == ("unmet", ("mig/01_reset.sql has no known commit in the window",))


async def test_a_file_has_its_first_commit_in_the_window(up: FakeRepo, both: MeasureBoth) -> None:
    _merged(up)
    for day in (25, 26):
        up.git.commit({"mig/01_reset.sql": f"{day}"}, at=f"2026-10-{day}", message=f"style: {day}")
    found = await both(NewFilesProbe(paths=("mig",), days=56, name="reset", met=0, partial=0))
    commits = facts_of(found, NewFilesFacts).commits
    assert ([commit.subject for commit in commits], found.gaps) == (["style: 25"], ())


async def test_a_cut_list_does_not_name_the_first_commit_to_a_file(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"mig/00.sql": "0"}, at="2026-06-01")
    for number in range(120):
        at = dt.datetime(2026, 11, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=number)
        up.git.commit({"mig/01_reset.sql": f"{number}"}, at=at)
    probe = NewFilesProbe(paths=("mig",), days=56, name="reset", met=0, partial=9)
    found = (await measure(open_source(budget=7), probe)).reading
    assert (found.state, facts_of(found, NewFilesFacts).commits) == ("partial", ())


async def test_without_requests_the_day_of_new_files_is_not_stated(up: FakeRepo, open_source: OpenSource) -> None:
    _moved(up)
    probe = NewFilesProbe(paths=("mig", "db/mig"), days=56, name="reset", met=0, partial=9, identity=r"\d\d\w*")
    found = (await measure(open_source(budget=6), probe)).reading
    facts = facts_of(found, NewFilesFacts)
    assert (found.state, facts.met_on, facts.added_on) == ("partial", None, None)


WIPED = "DELETE FROM event;\n"


async def test_without_the_files_of_the_past_the_state_is_unknown(
    up: FakeRepo, open_source: OpenSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def past_head(*_: object, **__: object) -> PastHead:
        raise Undetermined("The commit of main is not known yet.")

    monkeypatch.setattr(GitHubSource, "past_head", past_head)
    up.git.commit({"mig/01.sql": WIPED}, at="2026-11-10")
    found = await measure(open_source(), NewFilesProbe(paths=("mig",), discards="event", partial=9))
    assert (found.reading.state, found.reading.cause) == ("unknown", "The commit of main is not known yet.")
    assert [str(error) for error in found.errors] == ["The commit of main is not known yet."]


async def test_a_glob_of_folders_is_unknown_beside_other_files(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"migrations/0.sql": "0", "crates/one/migrations/1.sql": "1"}, at="2026-06-01")
    up.git.commit({"crates/one/migrations/2.sql": "2"}, at="2026-11-01")
    probe = NewFilesProbe(paths=("migrations", "crates/*/migrations"))
    found = (await measure(open_source(), probe)).reading
    assert found.state == "unknown"
    assert found.cause.startswith("crates/*/migrations matches only folders at main @ ")
    inside = NewFilesProbe(paths=("migrations", "crates/*/migrations/**"))
    found = (await measure(open_source(), inside)).reading
    assert facts_of(found, NewFilesFacts).new == ("crates/one/migrations/2.sql",)


async def test_a_watched_folder_that_does_not_exist_is_a_gap(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"server/migrations/0.sql": "0", "client/migrations/0.sql": "1"}, at="2026-06-01")
    up.git.commit({"server/migrations/0.sql": None, "src/server/0.sql": "0"}, at="2026-07-01")
    up.git.commit({"src/server/1.sql": "1"}, at="2026-11-01")
    # A glob may match nothing: it may be for files that should not exist.
    probe = NewFilesProbe(paths=("server/migrations", "client/migrations", "mig", "**/*reset*"))
    found = (await measure(open_source(), probe)).reading
    assert (found.state, found.summary) == ("met", "nothing new in 56 days")
    where = f"main @ {up.git.sha('main')[:10]}"
    assert found.gaps == (f"server/migrations or mig does not exist at {where}: new files may be at another path",)
