"""New files and the day on which the branch got them: equal from GitHub's API and from a clone."""

import datetime as dt
from collections.abc import Callable

import pytest

from pawtui.probes.added_files import added_among, files_under
from pawtui.probes.probe_facts import NewFilesFacts
from pawtui.probes.rejudge import rejudge
from pawtui.sources.facts import EMPTY_FILE, Tree, TreeEntry
from pawtui.tracker.tracker_types import (
    NewFilesProbe,
    Policy,
)
from tests.probes.measuring import TODAY, MeasureBoth, facts_of, measure
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource

ENTRIES = {
    "mig": TreeEntry("t" * 40, "tree"),
    "mig/1.sql": TreeEntry("1" * 40, "blob"),
    "mig/lib": TreeEntry("2" * 40, "commit"),
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

    past = tree(old_a="1" * 40, kept_b="2" * 40, old_e=EMPTY_FILE)
    folder = {"gone/d": TreeEntry("3" * 40, "tree")}
    past = Tree(sha=past.sha, entries={**past.entries, **folder})
    head = tree(x_a="1" * 40, y_a="1" * 40, x_b="2" * 40, kept_b="2" * 40, x_e=EMPTY_FILE, x_d="3" * 40)
    now = {path: entry for path, entry in head.entries.items() if path.startswith(("x/", "y/"))}
    assert added_among(now, {}, past, head) == ["x/b", "x/d", "x/e", "y/a"]


def _moved(up: FakeRepo) -> str:
    up.git.commit({"mig/00.sql": "0"}, at="2026-06-01")
    added = up.git.commit({"mig/01_reset.sql": "1"}, at="2026-10-03")
    up.git.commit({"mig/01_reset.sql": None, "db/mig/01_reset/up.sql": "1"}, at="2026-11-08")
    return added.sha


def _added_again(up: FakeRepo) -> str:
    up.git.commit({"mig/00.sql": "0", "mig/01_reset.sql": "1"}, at="2026-01-01")
    up.git.commit({"mig/01_reset.sql": None}, at="2026-02-01")
    return up.git.commit({"mig/01_reset.sql": "2"}, at="2026-10-03").sha


def _merged(up: FakeRepo) -> str:
    git = up.git
    git.commit({"mig/00.sql": "0"}, at="2026-01-01")
    git.branch("side", "main")
    side = git.commit({"mig/01_reset.sql": "1"}, branch="side", at="2026-02-01")
    git.commit({"mig/01_reset.sql": "1"}, at="2026-10-20", message="Merge side", merge=[side])
    return ""


def _many(up: FakeRepo) -> str:
    up.git.commit({"mig/00.sql": "0"}, at="2026-06-01")
    for number in range(2, 6):
        up.git.commit({f"mig/0{number}_reset.sql": f"{number}"}, at=f"2026-10-0{number}")
    return up.git.commit({"mig/01_reset.sql": "1"}, at="2026-10-25").sha


def _changed_and_moved(up: FakeRepo) -> str:
    up.git.commit({"mig/00.sql": "0", "old/01_reset.sql": "0"}, at="2026-06-01")
    up.git.commit({"old/01_reset.sql": "1"}, at="2026-10-10T10:00")
    up.git.commit({"old/01_reset.sql": "2"}, at="2026-10-10T11:00")
    return up.git.commit({"old/01_reset.sql": None, "mig/01_reset.sql": "2"}, at="2026-10-20").sha


@pytest.mark.parametrize("history", [_moved, _added_again, _merged, _many, _changed_and_moved])
async def test_new_files_are_met_on_the_stated_day(
    up: FakeRepo, both: MeasureBoth, history: Callable[[FakeRepo], str]
) -> None:
    newest = history(up)
    probe = NewFilesProbe(
        paths=("mig", "db/mig"), days=56, days_unmet=7, name="reset", met=0, partial=9, identity=r"\d\d\w*"
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
    # Only commits that added a file are named: none of those is dated before the window.
    if len(facts.matching) == 1:
        assert [commit.sha for commit in facts.commits] == ([newest] if newest else [])


async def test_a_later_commit_to_a_merged_file_is_not_named_as_the_one_that_added_it(
    up: FakeRepo, both: MeasureBoth
) -> None:
    git = up.git
    git.commit({"mig/00.sql": "0"}, at="2026-06-01")
    git.branch("side", "main")
    side = git.commit({"mig/01.sql": "1"}, branch="side", at="2026-09-01", message="feat: add 01")
    git.commit({"mig/01.sql": "1"}, at="2026-11-05", message="Merge side", merge=[side])
    git.commit({"mig/01.sql": "1\n"}, at="2026-11-08", message="style: reformat 01")
    found = await both(NewFilesProbe(paths=("mig",), days=56, met=3))
    facts = facts_of(found, NewFilesFacts)
    assert (facts.matching, facts.commits) == (("mig/01.sql",), ())


async def test_a_file_that_was_removed_and_added_again_in_the_window_is_recent(up: FakeRepo, both: MeasureBoth) -> None:
    up.git.commit({"mig/00.sql": "0"}, at="2026-06-01")
    up.git.commit({"mig/01_reset.sql": "1"}, at="2026-10-01")
    up.git.commit({"mig/01_reset.sql": None}, at="2026-10-20")
    again = up.git.commit({"mig/01_reset.sql": "1"}, at="2026-11-02")
    found = await both(NewFilesProbe(paths=("mig",), days=56, days_unmet=28, name="reset", met=0, partial=9))
    facts = facts_of(found, NewFilesFacts)
    assert (found.state, facts.added_on, facts.met_on) == ("unmet", dt.date(2026, 11, 2), dt.date(2026, 12, 29))
    assert [commit.sha for commit in facts.commits] == [again.sha]


async def test_a_cut_list_does_not_name_the_commit_that_added_a_file(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"mig/00.sql": "0"}, at="2026-06-01")
    for number in range(120):
        at = dt.datetime(2026, 11, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=number)
        up.git.commit({"mig/01_reset.sql": f"{number}"}, at=at)
    probe = NewFilesProbe(paths=("mig",), days=56, name="reset", met=0, partial=9)
    found = (await measure(open_source(budget=8), probe)).reading
    assert (found.state, facts_of(found, NewFilesFacts).commits) == ("partial", ())


async def test_without_requests_the_day_of_new_files_is_not_stated(up: FakeRepo, open_source: OpenSource) -> None:
    _moved(up)
    probe = NewFilesProbe(paths=("mig", "db/mig"), days=56, name="reset", met=0, partial=9, identity=r"\d\d\w*")
    found = (await measure(open_source(budget=8), probe)).reading
    facts = facts_of(found, NewFilesFacts)
    assert (found.state, facts.met_on, facts.added_on) == ("partial", None, None)
