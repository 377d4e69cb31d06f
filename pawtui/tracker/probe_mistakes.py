"""Mistakes in a probe whose single values are correct: missing keys, and limits that always or never apply.

A rule that would always be met is refused, because a false `met` is the worst error of a probe.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pawtui.similar_names import did_you_mean
from pawtui.tracker.mistake import Mistake, unknown_name, with_prefix
from pawtui.tracker.probe_types import (
    ChurnProbe,
    Contract,
    IssuesProbe,
    Limits,
    NamesProbe,
    NewFilesProbe,
    PathsProbe,
    Probe,
    SoakProbe,
    TextProbe,
)
from pawtui.tracker.tracker_types import Tracker

_MAX_WATCHED = 100
_QUALIFIER = re.compile(r"(?<!\w)(?:repo|org|user)\s*:", re.IGNORECASE)
# Pairs of keys: the value of the first must not be greater than that of the second.
_ORDERED_KEYS = (
    ("met", "partial"),
    ("met_share", "partial_share"),
    ("query_met", "query_partial"),
    ("days_partial", "days"),
    ("releases_partial", "releases"),
    ("days_unmet", "days"),
)


def probe_mistakes(tracker: Tracker, probe: Probe) -> Iterator[Mistake]:
    """Yield the mistakes in a probe of a tracker."""
    for number, name in enumerate(getattr(probe, "surfaces", ())):
        if name not in tracker.surfaces:
            yield ("surfaces", number), unknown_name("surface", name, tracker.surfaces)
    yield from _order_mistakes(probe)
    if check := _CHECKS.get(type(probe)):
        yield from check(probe)


def _order_mistakes(keys: Probe | Limits) -> Iterator[Mistake]:
    """Yield each value that is greater than another one, given or default, that limits it."""
    for key, highest_key in _ORDERED_KEYS:
        value, highest = getattr(keys, key, None), getattr(keys, highest_key, None)
        if value is not None and highest is not None and value > highest:
            expected = f"expected at most {highest:g}, the value of `{highest_key}`"
            yield (key,), f"it is {value:g}; {expected} (one of them may be a default)."


def _choice_mistakes(probe: Probe | Contract, first: str, second: str) -> Iterator[Mistake]:
    """Yield a mistake if both keys are given, or neither."""
    has_first, has_second = bool(getattr(probe, first)), bool(getattr(probe, second))
    if has_first == has_second:
        where = (first,) if has_first else ()
        yield where, f"it needs either `{first}` or `{second}`. Give one of them."


def _soak_mistakes(probe: SoakProbe) -> Iterator[Mistake]:
    if not (probe.line or probe.commit or probe.date):
        yield (), "it has no start. Give `line`, `commit` or `date`."
    if probe.commit and probe.date:
        yield ("commit",), "it has two starts, `commit` and `date`. Remove one."
    if bool(probe.file) != bool(probe.pattern):
        missing, given = ("pattern", "file") if probe.file else ("file", "pattern")
        yield (given,), f"it needs `{missing}` too. Give both, or remove `{given}`."
    if probe.breaking and not probe.surfaces:
        yield ("breaking",), "it has no surfaces whose commit subjects it can read. Give `surfaces`."
    if probe.surfaces and not probe.breaking:
        yield ("surfaces",), "nothing on these surfaces restarts the days. Give `breaking`, or remove `surfaces`."


def _paths_mistakes(probe: PathsProbe) -> Iterator[Mistake]:
    if not (probe.exist or probe.absent):
        yield (), "it names no path. Give `exist` or `absent`."


def _text_mistakes(probe: TextProbe) -> Iterator[Mistake]:
    yield from _choice_mistakes(probe, "file", "files")
    yield from _choice_mistakes(probe, "pattern", "discards")


def _churn_mistakes(probe: ChurnProbe) -> Iterator[Mistake]:
    unlimited = [name for name in probe.surfaces if name not in probe.limits]
    if probe.met is None and probe.met_share is None and unlimited:
        yield (), f"there is no threshold for {', '.join(unlimited)}. Give `met` or `met_share`, here or in `limits`."
    for name, limits in probe.limits.items():
        if name not in probe.surfaces:
            yield ("limits", name), f"the probe has no surface {name[:60]!r}; {did_you_mean(name, probe.surfaces)}"
        if limits.met is None and limits.met_share is None:
            yield ("limits", name), "it has no threshold. Give `met` or `met_share`."
        yield from with_prefix(("limits", name), _order_mistakes(limits))


def _names_mistakes(probe: NamesProbe) -> Iterator[Mistake]:
    yield from _choice_mistakes(probe, "pattern", "contract")
    if probe.contract is not None:
        yield from with_prefix(("contract",), _choice_mistakes(probe.contract, "name", "name_after"))


def _new_files_mistakes(probe: NewFilesProbe) -> Iterator[Mistake]:
    start = probe.name.lstrip("^").replace("\\", "")
    if folder := next((path for path in probe.paths if start.startswith(f"{path}/")), ""):
        yield ("name",), f"it is matched against file names and paths below {folder}. Remove {folder}/ from it."


def _issues_mistakes(probe: IssuesProbe) -> Iterator[Mistake]:
    if not (probe.watch or probe.query):
        yield (), "it has neither issues nor a search. Give `watch` or `query`."
    if len(probe.watch) > _MAX_WATCHED:
        yield ("watch",), f"it names {len(probe.watch):,} issues; at most {_MAX_WATCHED} are allowed. Give fewer."
    if probe.watch and probe.met >= len(probe.watch):
        found = f"found {probe.met} of {len(probe.watch)} watched: it would be met with all of them open"
        yield ("met",), f"{found}. Give less than {len(probe.watch)}."
    if qualifier := _QUALIFIER.search(probe.query):
        message = f"the search names a repository or owner ({qualifier[0]})"
        yield ("query",), f"{message}. Remove it: `side` sets the repository."


_CHECKS: Mapping[type, Callable[[Any], Iterator[Mistake]]] = {
    SoakProbe: _soak_mistakes,
    PathsProbe: _paths_mistakes,
    TextProbe: _text_mistakes,
    ChurnProbe: _churn_mistakes,
    NamesProbe: _names_mistakes,
    NewFilesProbe: _new_files_mistakes,
    IssuesProbe: _issues_mistakes,
}
