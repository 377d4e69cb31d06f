"""The issues, paths and days that the probes of a tracker read."""

import datetime as dt

import pytest

from pawtui.probes.probe_inputs import history_start, listed_paths, paths_of, watched_fingerprint, watched_issues
from pawtui.sources.facts import Tree, TreeEntry
from pawtui.tracker.probe_types import ChurnProbe, IssuesProbe, NamesProbe, NewFilesProbe, PathsProbe, Probe, TextProbe
from pawtui.tracker.tracker_types import Policy, Related
from tests.probes.measuring import TODAY, tracker_of


def test_watched_and_related_issues_of_the_upstream_are_known_by_both_names() -> None:
    related = tuple(Related(ref=ref) for ref in ("New/Up#9", "up/Stream#3", "else/where#4"))
    tracker = tracker_of(IssuesProbe(watch=(5, 1)), IssuesProbe(watch=(6,), side="downstream"), related=related)
    assert watched_issues(tracker, ("up/stream", "new/UP")) == (1, 3, 5, 9)


@pytest.mark.parametrize(
    ("probe", "paths"),
    [
        (ChurnProbe(surfaces=("core", "none")), ["a", "b"]),
        (PathsProbe(exist=("c | d",), absent=("e",)), ["c", "d", "e"]),
        (NamesProbe(files=("f",)), ["f"]),
        (NewFilesProbe(paths=("g",)), ["g"]),
        (TextProbe(file="h | i"), ["h", "i"]),
    ],
)
def test_a_probe_reads_the_paths_of_its_surfaces_and_its_own(probe: Probe, paths: list[str]) -> None:
    assert list(paths_of(tracker_of(surfaces={"core": ("a", "b")}), probe)) == paths


def test_commits_are_listed_on_each_path_of_a_side_once() -> None:
    tracker = tracker_of(
        ChurnProbe(surfaces=("core",)),
        NamesProbe(files=("a",)),
        NewFilesProbe(paths=("mig/*.sql",)),
        NamesProbe(files=("x",), side="downstream"),
        TextProbe(file="text"),
        PathsProbe(exist=("path",)),
        surfaces={"core": ("a", "b")},
    )
    assert listed_paths(tracker, "upstream") == ("a", "b", "mig")
    assert listed_paths(tracker, "downstream") == ("x",)


@pytest.mark.parametrize(
    ("path", "truncated", "is_known"),
    [("a", True, True), ("gone", False, True), ("gone", True, False), ("*", False, True), ("*", True, False)],
)
def test_a_path_beyond_the_end_of_a_cut_list_has_no_fingerprint(path: str, truncated: bool, is_known: bool) -> None:
    tracker = tracker_of(PathsProbe(exist=(path,)))
    tree = Tree(sha="c" * 40, entries={"a": TreeEntry("1", "blob")}, truncated=truncated)
    assert bool(watched_fingerprint(tracker, tracker.signals[0], tree)) == is_known


@pytest.mark.parametrize(("weeks", "windows", "days"), [(10, (28,), 70), (4, (28, 56), 112), (0, (), 1), (0, (1,), 2)])
def test_history_has_the_weeks_of_the_policy_or_two_of_the_longest_window(
    weeks: int, windows: tuple[int, ...], days: int
) -> None:
    probes = (NamesProbe(files=("a",), days=window) for window in windows)
    tracker = tracker_of(*probes, policy=Policy(history_weeks=weeks))
    assert history_start(tracker, TODAY) == TODAY - dt.timedelta(days=days)
