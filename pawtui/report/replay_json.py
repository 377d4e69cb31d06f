"""Write the JSON of `pawtui replay --json`. The types here describe its keys.

Losses are written one by one, because there can be millions.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any, TypedDict

import msgspec
from msgspec.structs import asdict

from pawtui import __version__
from pawtui.replay.checking.proof import proofs_of_checks, proofs_of_semantics
from pawtui.replay.checking.session_state import V1_ON_RESUME
from pawtui.replay.reading.decode import encode
from pawtui.replay.reading.session_types import IssueKind, Json
from pawtui.replay.results.result import Result, SchemaInfo, SourceInfo, UpstreamResult
from pawtui.replay.results.totals import CheckCounts, Counts, EventErrors, IssueCount, OutsideDifference, SessionResult
from pawtui.sources.sanitize import json_escaped


class TypedCountsJson(Counts, kw_only=True):
    """Numbers of all parts, and of the parts of each type."""

    by_type: dict[str, Counts]


class SemanticsJson(Counts, kw_only=True):
    """Numbers of parts of one semantics. `proven`: whether they prove the part of a gate; `reason`: why or why not."""

    proven: bool
    reason: str


class SessionCheckJson(CheckCounts, kw_only=True):
    """Numbers of sessions that pass and fail a check. `reasons` counts the failures; `examples` are ids of sessions."""

    proven: bool
    reason: str


class GenerationJson(TypedDict):
    """The mapping that was used. `sources` are the documents and files that its rules name."""

    name: str
    title: str
    sources: dict[str, str]


class EventsJson(TypedDict):
    """Numbers of events that the mapping makes, by type, and the events that are invalid in the schema."""

    made: dict[str, int]
    invalid: list[EventErrors]


class ResumeJson(TypedDict):
    """The number of sessions that stopped in one state, and what `v1` and the upstream (`native`) do on resume."""

    sessions: int
    v1: str
    native: str


class UpstreamJson(UpstreamResult, kw_only=True):
    """The agreement of the mapping with the upstream's own events or rows in one database.

    `source` is the index of the database in `sources`. `agreed` counts the parts whose events are equal on both sides,
    `explained` other parts whose differences all have a reason. `unexplained` counts differences without a reason,
    `alone` sessions without messages of V1. `share` is the share of parts that agree, from 0 to 1.
    """

    share: float


class PartDifferenceJson(TypedDict):
    """One difference of one part. `field` is empty for the whole part; `stated`: whether the mapping has the reason.

    `source` is the index of the session's source in `sources`, or null for a part without a session.
    """

    part: str
    field: str
    reason: str
    type: str
    semantics: str
    session: str
    source: int | None
    weight: str
    stated: bool


class ReplayJson(TypedDict):
    """A replay. `source` is the sum of all `sources`; with several, its digest is that of their digests. `skipped` are
    files in folders that have no sessions.

    `complete` is false if some data could not be read. `states` has the states in which sessions stopped. `losses` and
    `changes` have one entry for each part and field; whole parts come first.
    """

    source: SourceInfo
    sources: list[SourceInfo]
    skipped: list[str]
    tool: str
    generation: GenerationJson
    schema: SchemaInfo | None
    complete: bool
    sessions: int
    messages: dict[str, int]
    parts: TypedCountsJson
    semantics: dict[str, SemanticsJson]
    events: EventsJson
    checks: dict[str, SessionCheckJson]
    states: dict[str, ResumeJson]
    upstream: list[UpstreamJson]
    issues: dict[IssueKind, IssueCount]
    outside: list[OutsideDifference]
    by_session: list[SessionResult]
    losses: list[PartDifferenceJson]
    changes: list[PartDifferenceJson]


def write_replay(result: Result, write: Callable[[str], object]) -> None:
    """Write the JSON of a result, with one line for each loss."""
    write("{\n")
    for key, value in _head(result).items():
        write(f"  {_dumps(key)}: {_indented(value)},\n")
    write('  "by_session": ')
    _write_list(write, iter(result.totals.sessions))
    for key, kinds in (("losses", ("lost",)), ("changes", ("changed", "added"))):
        write(f',\n  "{key}": ')
        _write_list(write, _differences(result, kinds))
    write("\n}\n")


def _write_list(write: Callable[[str], object], items: Iterator[Any]) -> None:
    before = "["
    for item in items:
        write(f"{before}\n    {_dumps(item)}")
        before = ","
    write("[]" if before == "[" else "\n  ]")


def _differences(result: Result, kinds: tuple[str, ...]) -> Iterator[PartDifferenceJson]:
    """Yield the differences of whole parts, then those of fields."""
    for whole in (True, False):
        for found in result.differences():
            difference, session = found.difference, found.session
            if difference.kind in kinds and whole == (not difference.field):
                yield {
                    "part": found.part,
                    "field": difference.field,
                    "reason": difference.reason,
                    "type": difference.type,
                    "semantics": difference.semantics,
                    "session": session.id if session is not None else "",
                    "source": session.source if session is not None else None,
                    "weight": difference.weight,
                    "stated": difference.stated,
                }


def _head(result: Result) -> Json:
    """Return all keys except the long lists, which are written one by one."""
    totals, proofs, generation = result.totals, proofs_of_semantics(result), result.generation
    return {
        "source": result.source,
        "sources": result.sources,
        "skipped": result.skipped,
        "tool": f"pawtui {__version__}",
        "generation": GenerationJson(name=generation.name, title=generation.title, sources=generation.sources),
        "schema": result.schema,
        "complete": result.complete,
        "sessions": len(totals.sessions),
        "messages": totals.messages,
        "parts": TypedCountsJson(**asdict(result.counts()), by_type=dict(result.by_type())),
        "semantics": {
            name: SemanticsJson(**asdict(counts), **proofs[name]._asdict()) for name, counts in result.by_semantics()
        },
        "events": EventsJson(made=totals.events, invalid=list(totals.event_errors.values())),
        "checks": {
            name: SessionCheckJson(**asdict(totals.checks[name]), **proof._asdict())
            for name, proof in proofs_of_checks(result).items()
        },
        "states": _states(result),
        "upstream": [
            UpstreamJson(**asdict(compared), share=round(compared.agreement, 4)) for compared in result.upstream
        ],
        "issues": totals.issues,
        "outside": result.outside_differences(),
    }


def _states(result: Result) -> dict[str, ResumeJson]:
    states: dict[str, ResumeJson] = {}
    for state, number in sorted(result.totals.stopped_in.items()):
        rule = result.generation.resume.get(state)
        native = rule.native if rule is not None else ""
        states[state] = {"sessions": number, "v1": V1_ON_RESUME.get(state, ""), "native": native}
    return states


# Not by `msgspec.json`, because it refuses half of a surrogate pair, which a session or a file name may have.
def _indented(value: Any) -> str:
    text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False, indent=2)
    return json_escaped(text).replace("\n", "\n  ")


def _dumps(value: Any) -> str:
    return json_escaped(encode(msgspec.to_builtins(value)).decode())
