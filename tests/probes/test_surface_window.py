"""The checks of a window with few commits, on surfaces and trees in memory."""

import datetime as dt
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import cast

import msgspec
import pytest

from pawtui.phrases import counted
from pawtui.probes.context import ProbeContext
from pawtui.probes.error_log import ErrorLog
from pawtui.probes.repo_reader import PastBranch, RepoReader
from pawtui.probes.state import State
from pawtui.probes.surface import SurfaceCommits
from pawtui.probes.surface_window import SurfaceWindow, WindowCheck
from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.sources.facts import Commit, Commits, Tree, TreeEntry
from pawtui.sources.source_errors import BeginsLater, NotFound

START = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
SINCE, TODAY = START.date(), dt.date(2026, 11, 29)
HOUR = dt.timedelta(hours=1)


def commit(sha: str, at: dt.datetime) -> Commit:
    return Commit(sha=sha, at=at, subject=sha)


def tree(**blobs: str) -> Tree:
    return Tree(sha="c" * 40, entries={path: TreeEntry(sha, "blob") for path, sha in blobs.items()})


def listing(path: str, *items: Commit, has_first: bool = False) -> Commits:
    return Commits(path=path, since=SINCE, items=items, has_first=has_first)


def surface(*lists: Commits, commits: tuple[Commit, ...] = (), missing: tuple[str, ...] = ()) -> SurfaceCommits:
    """Return a surface of the listed paths."""
    paths = tuple(each.path for each in lists)
    return SurfaceCommits(
        name="core",
        paths=paths,
        commits=commits,
        listed=(),
        missing=missing,
        listings=lists,
    )


class Reader:
    """The branch now and when the window opened, and the late commits."""

    today, where = TODAY, "dev @ 0000000000"

    def __init__(
        self,
        then: Tree,
        now: Tree,
        late: Mapping[str, dt.datetime] | None = None,
        *,
        error: Exception | None = None,
        longer: tuple[Commit, ...] = (),
        complete: bool = True,
    ) -> None:
        self._then, self._now, self._late, self._error = then, now, late or {}, error
        self._commits, self._complete = longer, complete
        self.read: list[str] = []

    async def past(self, day: dt.date, *, optional: bool) -> PastBranch:
        self.read.append("optional past" if optional else "past")
        if self._error is not None:
            raise self._error
        return PastBranch(day=day, sha="1" * 40, found_by="first parents", tree=self._then)

    async def late_commits(self, past: PastBranch) -> Mapping[str, dt.datetime]:
        return self._late

    async def tree(self) -> Tree:
        return self._now

    async def commits(self, path: str, since: dt.date) -> Commits:
        self.read.append(f"{path} since {since}")
        return Commits(path=path, since=since, items=self._commits, complete=self._complete)

    def refuse_cut(self, tree: Tree, consequence: str) -> None:
        if tree.truncated:
            raise Unmeasurable(f"cut short: {consequence}")


OLD = commit("old", START - 5 * HOUR)


async def check(
    reader: Reader, *surfaces: SurfaceCommits, state: State = "met", changing: Sequence[Commit] = (OLD,)
) -> tuple[WindowCheck, list[str]]:
    """Return the check, and the failures. The state could change with the late commits `changing`."""

    async def could_change(late: Sequence[Commit]) -> bool:
        return list(late) == list(changing)

    error_log = ErrorLog()
    context = SimpleNamespace(error_log=error_log)
    window = SurfaceWindow(cast(ProbeContext, context), cast(RepoReader, reader), SINCE, surfaces)
    return await window.check(state, could_change), error_log.messages


MERGE = "a changed since 2026-11-01 by a merge of older commits, which are not counted"


@pytest.mark.parametrize("state", ["unmet", "unknown"])
async def test_late_commits_are_not_read_if_the_state_is_not_by_few_commits(state: State) -> None:
    reader = Reader(tree(a="1"), tree(a="2"), {"old": OLD.at})
    assert await check(reader, surface(listing("a")), state=state) == (WindowCheck(), [])
    assert reader.read == ["optional past"]
    # Nor is a past that is not known a failure.
    unread = Reader(tree(), tree(), error=NotFound("no tree"))
    assert await check(unread, surface(listing("a")), state=state) == (WindowCheck(causes=("no tree",)), [])


@pytest.mark.parametrize(
    ("error", "found", "failures"),
    [
        (BeginsLater("young"), WindowCheck(young=("the history begins after 2026-11-01",)), 0),
        (Unmeasurable("rewritten"), WindowCheck(causes=("rewritten",)), 0),
        (NotFound("no tree"), WindowCheck(causes=("no tree",)), 1),
    ],
)
async def test_an_unreadable_past_is_a_cause(error: Exception, found: WindowCheck, failures: int) -> None:
    result, failed = await check(Reader(tree(), tree(), error=error), surface(listing("a")))
    assert (result, len(failed)) == (found, failures)


async def test_a_head_with_a_cut_list_of_paths_is_a_cause() -> None:
    cut = msgspec.structs.replace(tree(a="2"), truncated=True)
    found, failures = await check(Reader(tree(a="1"), cut), surface(listing("a")))
    assert (found.causes, failures) == (("cut short: nothing can be compared with it",), [])


def folder(**names: str) -> Tree:
    """Return a tree with one folder; `names` maps a name to the text of twelve files."""
    files = {f"core/{name}{number}.ts": f"{text}{number}" for name, text in names.items() for number in range(12)}
    entries = {path: TreeEntry(sha, "blob") for path, sha in files.items()}
    return Tree(sha="c" * 40, entries={"core": TreeEntry("t", "tree"), **entries})


@pytest.mark.parametrize(
    ("then", "now", "commits", "few"),
    [
        ({"a": "1", "b": "2"}, {"a": "1", "b": "3"}, 3, "12 of 24 files"),
        # Enough commits for so many files.
        ({"a": "1", "b": "2"}, {"a": "1", "b": "3"}, 4, ""),
        # Less than half of the files.
        ({"a": "1", "b": "2", "c": "3"}, {"a": "1", "b": "2", "c": "4"}, 1, ""),
        # Added or removed.
        ({"a": "1"}, {"a": "1", "b": "2"}, 1, "12 of 24 files"),
        ({"a": "1", "b": "2"}, {"a": "1"}, 1, "12 of 24 files"),
        # Only moved.
        ({"a": "1", "b": "2"}, {"a": "1", "c": "2"}, 1, ""),
    ],
)
async def test_few_commits_that_changed_most_files_may_be_a_squash(
    then: dict[str, str], now: dict[str, str], commits: int, few: str
) -> None:
    in_window = tuple(commit(f"c{number}", START) for number in range(commits))
    before = tuple(commit(f"b{number}", START - HOUR) for number in range(9))
    core = surface(listing("core", *in_window, *before), commits=(*in_window, *before))
    found, _ = await check(Reader(folder(**then), folder(**now)), core)
    words = f"{few} of core changed since 2026-11-01 in {counted(commits, 'commit')}: a commit may be a squash of many"
    assert found.causes == ((words,) if few else ())


async def test_a_cut_list_of_paths_is_a_cause_and_not_compared() -> None:
    whole = folder(a="1", b="2")
    cut = msgspec.structs.replace(whole, entries=dict([*whole.entries.items()][:9]), truncated=True)
    change = commit("c1", START)
    core = surface(listing("core", change), commits=(change,))
    found, _ = await check(Reader(whole, cut), core)
    assert found.causes == ("cut short: nothing can be compared with it",)


@pytest.mark.parametrize(("files", "is_cause"), [(3, False), (4, True)])
async def test_a_small_surface_may_change_in_one_commit(files: int, is_cause: bool) -> None:
    def small(text: str) -> Tree:
        entries = {f"core/{number}": TreeEntry(f"{text}{number}", "blob") for number in range(files)}
        return Tree(sha="c" * 40, entries={"core": TreeEntry(text, "tree"), **entries})

    change = commit("c1", START)
    found, _ = await check(Reader(small("1"), small("2")), surface(listing("core", change), commits=(change,)))
    assert bool(found.causes) == is_cause


@pytest.mark.parametrize(
    ("now", "items", "is_cause"),
    [
        ({"a": "1"}, (), False),
        ({"a": "2"}, (), True),
        ({}, (), True),
        ({"a": "2"}, (commit("c1", START),), False),
        ({"a": "2"}, (commit("c1", START - HOUR),), True),
    ],
)
async def test_a_path_that_changed_without_a_commit_in_the_window_was_merged(
    now: dict[str, str], items: tuple[Commit, ...], is_cause: bool
) -> None:
    # Two surfaces can have one path: it is named once.
    both = (surface(listing("a", *items)), surface(listing("a", *items)))
    found, _ = await check(Reader(tree(a="1"), tree(**now)), *both)
    assert found.causes == ((MERGE,) if is_cause else ())


@pytest.mark.parametrize(
    ("lists", "longer", "is_cause", "is_read"),
    [
        # The list reaches back to the oldest late commit, or to the first commit of the path.
        (listing("a", OLD), (), True, False),
        (listing("a", commit("c", START), commit("d", START - 6 * HOUR)), (), False, False),
        (listing("a", has_first=True), (OLD,), False, False),
        (listing("a", commit("c", START), has_first=True), (OLD,), False, False),
        # A longer list is read.
        (listing("a"), (OLD,), True, True),
        (listing("a", commit("c", START)), (OLD,), True, True),
        (listing("a", commit("c", START)), (commit("e", START - HOUR),), False, True),
    ],
)
async def test_late_commits_are_a_cause_if_the_state_could_change(
    lists: Commits, longer: tuple[Commit, ...], is_cause: bool, is_read: bool
) -> None:
    reader = Reader(tree(a="1"), tree(a="1"), {"old": OLD.at, "other": OLD.at + HOUR}, longer=longer)
    found, _ = await check(reader, surface(lists))
    assert found.causes == ((MERGE,) if is_cause else ())
    assert reader.read[1:] == (["a since 2026-10-31"] if is_read else [])
    # Without an effect on the state, they are no cause.
    assert (await check(reader, surface(lists), changing=()))[0].causes == ()
    nothing_late = Reader(tree(a="1"), tree(a="1"), longer=longer)
    assert (await check(nothing_late, surface(lists)))[0].causes == ()
    assert nothing_late.read == ["past"]


@pytest.mark.parametrize(
    ("then", "now", "paths", "young"),
    [
        ("ab", "abc", "c", False),
        ("abc", "ab", "c", False),
        # A path that moved.
        ("ab", "ac", "b and c", False),
        # Paths that never existed: typing mistakes.
        ("a", "a", "b and c", False),
        ("", "abc", "", True),
        ("abc", "abc", "", False),
    ],
)
async def test_a_path_that_did_not_exist_all_the_time_is_named(then: str, now: str, paths: str, young: bool) -> None:
    core = surface(*map(listing, "abc"), missing=tuple(path for path in "abc" if path not in now))
    found, _ = await check(Reader(tree(**dict.fromkeys(then, "1")), tree(**dict.fromkeys(now, "1"))), core)
    gap = f"{paths} did not exist all the time from 2026-11-01 to dev @ 0000000000: fewer commits count"
    assert found.path_gaps == ((gap,) if paths else ())
    assert found.young == (("surface core was not in the branch on 2026-11-01",) if young else ())


async def test_a_list_that_is_cut_only_before_the_day_is_enough() -> None:
    earlier = commit("earlier", START - 30 * HOUR)
    late = Reader(tree(a="1"), tree(a="1"), {"old": OLD.at}, longer=(OLD, earlier), complete=False)
    assert (await check(late, surface(listing("a", commit("1", START)))))[0].causes == (MERGE,)


async def test_a_list_that_is_cut_when_it_is_read_again_is_a_cause() -> None:
    reader = Reader(tree(a="1"), tree(a="1"), {"old": OLD.at}, complete=False)
    found, failures = await check(reader, surface(listing("a", commit("1", START))))
    assert (found.causes, failures) == (("a: not all of its commits since 2026-10-31 were listed",), [])
