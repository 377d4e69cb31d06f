"""What `pawtui replay --json` prints, as typed dictionaries, and how it is written.

Losses are written one by one: there may be millions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypedDict

import msgspec

from pawtui import __version__
from pawtui.replay import queries
from pawtui.replay.loss_log import Entry
from pawtui.replay.model import Issue, Json
from pawtui.replay.proof import check_proofs, semantics_proofs
from pawtui.replay.queries import PartDifference
from pawtui.replay.result import (
    Counts,
    EventErrors,
    GenerationInfo,
    Outside,
    SchemaUse,
    SessionResult,
    SourceInfo,
)
from pawtui.replay.run import Result
from pawtui.replay.tally import CHECKS
from pawtui.replay.upstream import Disagreement
from pawtui.sources.sanitize import safe_text


class TypedCountsJson(TypedDict):
    """How many parts arrive, in all and by their type."""

    total: int
    kept: int
    changed: int
    lost: int
    poorer: int
    fields: int
    unstated: int
    by_type: dict[str, Counts]


class SemanticsJson(TypedDict):
    """How many parts of one semantics arrive; `proven` says whether that proves the part of a gate, `reason` why."""

    total: int
    kept: int
    changed: int
    lost: int
    poorer: int
    fields: int
    unstated: int
    proven: bool
    reason: str


class CheckJson(TypedDict):
    """How many sessions pass a check. `reasons` counts those that do not by why; `examples` are some of their ids."""

    passed: int
    failed: int
    reasons: dict[str, int]
    examples: list[str]
    proven: bool
    reason: str


class EventsJson(TypedDict):
    """How many events the mapping makes, by type, and what the schema refuses."""

    made: dict[str, int]
    refused: list[EventErrors]


class ResumeJson(TypedDict):
    """Sessions that were left in one state: how many, and what each side does with them on resume."""

    sessions: int
    v1: str
    native: str


class UpstreamJson(TypedDict):
    """How far the mapping agrees with what the upstream itself stored.

    `agreed` counts parts on whose events both agree, `explained` others whose differences all have a reason.
    `unexplained` counts differences without one. `alone` counts sessions without rows of the first model.
    """

    generation: str
    stored: str
    sessions: int
    alone: int
    parts: int
    agreed: int
    share: float
    explained: int
    unexplained: int
    differences: list[Disagreement]


class ProblemJson(TypedDict):
    """Problems of one kind: how many, how many left something unread, and some of them."""

    count: int
    unread: int
    examples: list[Issue]


class DifferenceJson(TypedDict):
    """One difference of one part: `field` is empty where it concerns all of it.

    `stated` says whether the mapping gives the reason. `content` is the field's or the part's own value, and there
    only with `--show-content`.
    """

    part: str
    field: str
    reason: str
    type: str
    semantics: str
    session: str
    weight: str
    stated: bool


class ReplayJson(TypedDict):
    """A replay. `source` stands for all `sources`; `skipped` are files in folders that hold no sessions.

    `complete` is false if something could not be read. `left` says how sessions were left. `losses` and `changes` have
    one entry for each part and field; whole parts come first.
    """

    source: SourceInfo
    sources: list[SourceInfo]
    skipped: list[str]
    tool: str
    generation: GenerationInfo
    schema: SchemaUse | None
    complete: bool
    sessions: int
    messages: dict[str, int]
    parts: TypedCountsJson
    semantics: dict[str, SemanticsJson]
    events: EventsJson
    checks: dict[str, CheckJson]
    left: dict[str, ResumeJson]
    upstream: list[UpstreamJson]
    issues: dict[str, ProblemJson]
    outside: list[Outside]
    by_session: list[SessionResult]
    losses: list[DifferenceJson]
    changes: list[DifferenceJson]


# Gives the content of a difference of a part, for `--show-content`.
Content = Callable[[PartDifference], Any]


def write_replay(result: Result, write: Callable[[str], object], content: Content | None = None) -> None:
    """Write the JSON of a result, a key a line and losses one a line."""
    write("{\n")
    for key, value in _head(result).items():
        write(f"  {_dumps(key)}: {_indented(value)},\n")
    write('  "by_session": ')
    _write_list(write, iter(result.tally.sessions))
    for key, kinds in (("losses", ("lost",)), ("changes", ("changed", "added"))):
        write(f',\n  "{key}": ')
        _write_list(write, _differences(result, kinds, content))
    write("\n}\n")


def _write_list(write: Callable[[str], object], items: Iterator[Any]) -> None:
    before = "["
    for item in items:
        write(f"{before}\n    {_dumps(item)}")
        before = ","
    write("[]" if before == "[" else "\n  ]")


def _differences(result: Result, kinds: tuple[str, ...], content: Content | None) -> Iterator[Json]:
    """Yield whole parts, then fields."""
    for whole in (True, False):
        for found in queries.differences(result):
            entry = found.entry
            if entry.kind in kinds and whole == (not entry.field):
                said: Json = dict(_difference(found, entry))
                if content is not None:
                    said["content"] = content(found)
                yield said


def _difference(found: PartDifference, entry: Entry) -> DifferenceJson:
    return {
        "part": found.part,
        "field": entry.field,
        "reason": entry.reason,
        "type": entry.type,
        "semantics": entry.semantics,
        "session": found.session.id if found.session is not None else "",
        "weight": entry.weight,
        "stated": entry.stated,
    }


def _head(result: Result) -> Json:
    """Return everything but what is written one by one."""
    tally = result.tally
    return {
        "source": result.source,
        "sources": result.sources,
        "skipped": result.skipped,
        "tool": f"pawtui {__version__}",
        "generation": result.generation,
        "schema": result.schema,
        "complete": result.complete,
        "sessions": len(tally.sessions),
        "messages": tally.messages,
        "parts": _parts(result),
        "semantics": _semantics(result),
        "events": EventsJson(made=tally.events, refused=list(tally.event_errors.values())),
        "checks": _checks(result),
        "left": _left(result),
        "upstream": _upstream(result),
        "issues": {
            kind: ProblemJson(count=found.count, unread=found.unread, examples=found.examples)
            for kind, found in tally.issues.items()
        },
        "outside": queries.outside(result),
    }


def _parts(result: Result) -> TypedCountsJson:
    by_type = {one.name: one.counts for one in queries.by_type(result)}
    counts = queries.total(result)
    return {
        "total": counts.total,
        "kept": counts.kept,
        "changed": counts.changed,
        "lost": counts.lost,
        "poorer": counts.poorer,
        "fields": counts.fields,
        "unstated": counts.unstated,
        "by_type": by_type,
    }


def _semantics(result: Result) -> dict[str, SemanticsJson]:
    proofs = semantics_proofs(result)
    found = [*queries.by_semantics(result), *(queries.Named(name, Counts()) for name in queries.absent(result))]
    return {
        name: {
            "total": counts.total,
            "kept": counts.kept,
            "changed": counts.changed,
            "lost": counts.lost,
            "poorer": counts.poorer,
            "fields": counts.fields,
            "unstated": counts.unstated,
            "proven": proofs[name].proven if name in proofs else False,
            "reason": proofs[name].reason if name in proofs else "",
        }
        for name, counts in found
    }


def _checks(result: Result) -> dict[str, CheckJson]:
    proofs = check_proofs(result)
    return {
        name: {
            "passed": result.tally.checks[name].passed,
            "failed": result.tally.checks[name].failed,
            "reasons": result.tally.checks[name].reasons,
            "examples": result.tally.checks[name].examples,
            "proven": proofs[name].proven,
            "reason": proofs[name].reason,
        }
        for name in CHECKS
    }


def _left(result: Result) -> dict[str, ResumeJson]:
    found: dict[str, ResumeJson] = {}
    for state, number in sorted(result.tally.left.items()):
        today, after = result.resume.get(state, ("", ""))
        found[state] = {"sessions": number, "v1": today, "native": after}
    return found


def _upstream(result: Result) -> list[UpstreamJson]:
    return [
        {
            "generation": one.generation,
            "stored": one.stored,
            "sessions": one.sessions,
            "alone": one.alone,
            "parts": one.parts,
            "agreed": one.agreed,
            "share": round(one.share, 4),
            "explained": one.explained,
            "unexplained": one.unexplained,
            "differences": one.differences,
        }
        for one in result.upstream
    ]


def _indented(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(_safe(value)), indent=2).decode().replace("\n", "\n  ")


def _dumps(value: Any) -> str:
    return msgspec.json.encode(_safe(value)).decode()


def _safe(value: Any) -> Any:
    """Return a value as builtins, with everything that a terminal would act on made visible."""
    if isinstance(value, str):
        return value if value.isprintable() else safe_text(value)
    if isinstance(value, dict):
        return {_safe(key): _safe(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_safe(inner) for inner in value]
    return _safe(msgspec.to_builtins(value)) if isinstance(value, msgspec.Struct) else value
