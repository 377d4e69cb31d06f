"""Mistakes in a probe whose single values are correct: missing keys, and limits that always or never apply.

A rule that would always be met is refused, because a false `met` is the worst error of a probe.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec

from pawtui.phrases import shortened
from pawtui.similar_names import did_you_mean
from pawtui.tracker.mistake import Mistake, one_line_mistake, unknown_name, with_prefix
from pawtui.tracker.path_mistakes import path_mistake, path_mistakes
from pawtui.tracker.probe_types import (
    ChurnProbe,
    Contract,
    IssuesProbe,
    JsonProbe,
    Limits,
    NamesProbe,
    NewFilesProbe,
    PathsProbe,
    Probe,
    ReleaseProbe,
    SoakProbe,
    TextProbe,
)
from pawtui.tracker.tracker_types import Tracker

_MAX_WATCHED = 100
_MAX_QUERY = 200  # characters

_KEY = re.compile(r"[A-Za-z_$][\w$]*")
_DOTTED_KEY = re.compile(rf"{_KEY.pattern}(?:\.{_KEY.pattern})*")
# ASCII without spaces and control characters, of at most 500 characters.
_URL = re.compile(r"[!-~]{1,500}")
_SHA = re.compile(r"[0-9a-f]{7,40}")
_QUALIFIER = re.compile(r"(?<!\w)(?:repo|org|user)\s*:", re.IGNORECASE)
# The keys of upper limits: for `met`, and for `partial`.
_MET_AND_PARTIAL = (("met", "partial"), ("met_share", "partial_share"), ("query_met", "query_partial"))


def probe_mistakes(tracker: Tracker, probe: Probe) -> Iterator[Mistake]:
    """Yield the mistakes in a probe of a tracker."""
    yield from _surface_mistakes(tracker, probe)
    yield from _partial_mistakes(probe)
    yield from _path_key_mistakes(probe)
    if check := _CHECKS.get(type(probe)):
        yield from check(probe)


def _surface_mistakes(tracker: Tracker, probe: Probe) -> Iterator[Mistake]:
    names: Sequence[str] | None = getattr(probe, "surfaces", None)
    if names is None:
        return
    yield from with_prefix(("surfaces",), _duplicate_mistakes(names))
    for number, name in enumerate(names):
        if name not in tracker.surfaces:
            yield ("surfaces", number), unknown_name("surface", name, tracker.surfaces)


def _duplicate_mistakes(names: Sequence[object]) -> Iterator[Mistake]:
    for number, name in enumerate(names):
        if name in names[:number]:
            yield (number,), f"{name!r} is given twice. Remove one."


def _partial_mistakes(limits: Probe | Limits) -> Iterator[Mistake]:
    """Yield each limit for `partial` that is lower than the one for `met`."""
    for met_key, partial_key in _MET_AND_PARTIAL:
        met, partial = getattr(limits, met_key, None), getattr(limits, partial_key, None)
        if met is not None and partial is not None and partial < met:
            message = f"found {partial:g}, which is less than {met_key} = {met:g}. Give at least as much"
            yield (partial_key,), f"{message}: partial allows more."


def _too_high_mistakes(probe: Probe, key: str, highest_key: str) -> Iterator[Mistake]:
    """Yield a mistake if the value of one key is higher than that of another key."""
    value, highest = getattr(probe, key), getattr(probe, highest_key)
    if value > highest:
        default = next(field.default for field in msgspec.structs.fields(probe) if field.name == key)
        if value == default:
            found = f"found {highest}, but the default of `{key}` is {value}"
            yield (highest_key,), f"{found}. Give `{key}` too, 0 to {highest}."
        else:
            yield (key,), f"found {value}; 0 to {highest} (`{highest_key}`) are allowed."


def _choice_mistakes(probe: Probe | Contract, first: str, second: str) -> Iterator[Mistake]:
    """Yield a mistake if both keys are given, or neither."""
    has_first, has_second = bool(getattr(probe, first)), bool(getattr(probe, second))
    if has_first == has_second:
        where = (first,) if has_first else ()
        yield where, f"it needs either `{first}` or `{second}`. Give one of them."


def _path_key_mistakes(probe: Probe) -> Iterator[Mistake]:
    # `names` and `soak` compare one file with its past: a glob would silently read the first of its matches.
    globs = not isinstance(probe, NamesProbe | SoakProbe)
    allows_alternatives = {"exist": True, "absent": True, "files": isinstance(probe, TextProbe), "paths": False}
    for key, alternatives in allows_alternatives.items():
        paths = getattr(probe, key, ())
        yield from with_prefix((key,), path_mistakes(paths, globs=globs, alternatives=alternatives))
    if (file := getattr(probe, "file", "")) and (message := path_mistake(file, globs=globs, alternatives=True)):
        yield ("file",), message


def _release_mistakes(probe: ReleaseProbe) -> Iterator[Mistake]:
    yield from _release_line_mistakes(probe.line)
    if probe.met < 1:
        yield ("met",), f"found {probe.met}; at least 1 release is needed. With 0 the probe is always met."


def _release_line_mistakes(line: str) -> Iterator[Mistake]:
    if line.startswith("refs/"):
        yield ("line",), f"found {line[:80]!r}; tags are matched by their names. Remove refs/tags/."
    elif not line.isprintable() or " " in line or len(line) > 100:
        yield ("line",), f"found {line[:80]!r}; expected a pattern of tags without spaces, such as v2.*."
    elif line.startswith("^") or "\\" in line:
        yield ("line",), f"found {line!r}, which is a regular expression. Write a pattern with *, such as v2.*."
    elif "*" not in line:
        yield ("line",), f"found {line!r}, which is one tag. Write a pattern with *, such as {_pattern_of(line)}."


def _pattern_of(tag: str) -> str:
    """Return a pattern of tags like this one; an example if it does not end in a version."""
    return f"{tag.rstrip('.')}.*" if re.fullmatch(r"[\w/@.-]*\d\.?", tag) else "v2.*"


def _soak_mistakes(probe: SoakProbe) -> Iterator[Mistake]:
    if not (probe.line or probe.commit or probe.date):
        yield (), "it has no start. Give `line`, `commit` or `date`."
    if probe.commit and probe.date:
        yield ("commit",), "it has two starts, `commit` and `date`. Remove one."
    if probe.commit and not _SHA.fullmatch(probe.commit):
        yield ("commit",), f"found {probe.commit[:60]!r}; expected a SHA of 7 to 40 lower-case hex digits."
    if probe.line:
        yield from _release_line_mistakes(probe.line)
        if probe.releases < 1:
            yield ("releases",), f"found {probe.releases}; at least 1 is needed. With 0 the window closes immediately."
        yield from _too_high_mistakes(probe, "releases_partial", "releases")
        if probe.minors > probe.releases:
            yield ("minors",), f"found {probe.minors}; at most {probe.releases} (`releases`) of them can be new minors."
    yield from _too_high_mistakes(probe, "days_partial", "days")
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
    for number, path in enumerate(probe.absent):
        if path in probe.exist:
            yield ("absent", number), f"{path!r} is in `exist` too. Remove one."


def _text_mistakes(probe: TextProbe) -> Iterator[Mistake]:
    yield from _choice_mistakes(probe, "file", "files")
    yield from _choice_mistakes(probe, "pattern", "discards")
    if probe.discards and probe.read == "sql":
        yield ("read",), "`discards` always reads SQL. Remove `read`."


def _churn_mistakes(probe: ChurnProbe) -> Iterator[Mistake]:
    unlimited = [name for name in probe.surfaces if name not in probe.limits]
    if probe.met is None and probe.met_share is None and unlimited:
        more = f", or `limits` for {', '.join(unlimited)}" if probe.limits else ""
        yield (), f"it has no threshold. Give `met` or `met_share`{more}."
    for name, limits in probe.limits.items():
        if name not in probe.surfaces:
            yield ("limits", name), f"the probe has no surface {name[:60]!r}; {did_you_mean(name, probe.surfaces)}"
        if limits.met is None and limits.met_share is None:
            yield ("limits", name), "it has no threshold. Give `met` or `met_share`."
        yield from with_prefix(("limits", name), _partial_mistakes(limits))


def _names_mistakes(probe: NamesProbe) -> Iterator[Mistake]:
    yield from _choice_mistakes(probe, "pattern", "contract")
    if probe.contract is not None:
        yield from with_prefix(("contract",), _contract_mistakes(probe.contract))


def _contract_mistakes(contract: Contract) -> Iterator[Mistake]:
    yield from _choice_mistakes(contract, "name", "name_after")
    for key in ("name", "fields"):
        value = getattr(contract, key)
        if value and not _KEY.fullmatch(value):
            yield (key,), f"found {value[:60]!r}; expected a key of a definition."
    for key, pattern, values in (("version", _DOTTED_KEY, contract.version), ("stored", _KEY, contract.stored)):
        for number, value in enumerate(values):
            if not pattern.fullmatch(value):
                yield (key, number), f"found {value[:60]!r}; expected a key of a definition."
        yield from with_prefix((key,), _duplicate_mistakes(values))


def _new_files_mistakes(probe: NewFilesProbe) -> Iterator[Mistake]:
    start = probe.name.lstrip("^").replace("\\", "")
    if folder := next((path for path in probe.paths if start.startswith(f"{path}/")), ""):
        yield ("name",), f"it is matched against file names and paths below {folder}. Remove {folder}/ from it."
    yield from _too_high_mistakes(probe, "days_unmet", "days")
    if probe.read == "sql" and not probe.body:
        yield ("read",), "it applies to `body`, which is missing. Give `body`, or remove `read`."


def _issues_mistakes(probe: IssuesProbe) -> Iterator[Mistake]:
    if not (probe.watch or probe.query):
        yield (), "it has neither issues nor a search. Give `watch` or `query`."
    yield from with_prefix(("watch",), _duplicate_mistakes(probe.watch))
    if len(probe.watch) > _MAX_WATCHED:
        yield ("watch",), f"it names {len(probe.watch):,} issues; at most {_MAX_WATCHED} are allowed. Give fewer."
    if probe.watch and probe.met >= len(probe.watch):
        found = f"found {probe.met} of {len(probe.watch)} watched: it would be met with all of them open"
        yield ("met",), f"{found}. Give less than {len(probe.watch)}."
    if qualifier := _QUALIFIER.search(probe.query):
        message = f"the search names a repository or owner ({qualifier[0]})"
        yield ("query",), f"{message}. Remove it: `side` sets the repository."
    if message := one_line_mistake(probe.query, _MAX_QUERY):
        yield ("query",), message


def _json_mistakes(probe: JsonProbe) -> Iterator[Mistake]:
    if message := _url_mistake(probe.url):
        yield ("url",), message
    if not all(probe.field.split(".")) or not probe.field.isprintable():
        yield ("field",), f"found {probe.field[:60]!r}; expected names separated by dots, such as metadata.ref."


def _url_mistake(url: str) -> str:
    shown = shortened(url, 80)
    try:
        parts = urlsplit(url)
        host, user, port = parts.hostname, parts.username or parts.password, parts.port
    except ValueError:
        return f"found {shown!r}; expected an address such as https://example.org/version.json."
    if parts.scheme != "https":
        return f"found {shown!r}; only https addresses are allowed. Give an address that starts with https://."
    if user:
        return "the address has a user name or password, which would be recorded. Remove them."
    if not host or port == 0 or not _URL.fullmatch(url):
        return f"found {shown!r}; expected an address such as https://example.org/version.json."
    return "the address has a part after #, which is not sent to the server. Remove it." if parts.fragment else ""


_CHECKS: Mapping[type, Callable[[Any], Iterator[Mistake]]] = {
    ReleaseProbe: _release_mistakes,
    SoakProbe: _soak_mistakes,
    PathsProbe: _paths_mistakes,
    TextProbe: _text_mistakes,
    ChurnProbe: _churn_mistakes,
    NamesProbe: _names_mistakes,
    NewFilesProbe: _new_files_mistakes,
    IssuesProbe: _issues_mistakes,
    JsonProbe: _json_mistakes,
}
