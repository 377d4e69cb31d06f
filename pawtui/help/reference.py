"""The generated parts of the reference that come from the tracker, the record and the JSON output."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pawtui.help.type_tables import TypeField, TypeTables, description, fields_of, label, markdown_table
from pawtui.probes import probe_facts
from pawtui.probes.probe_facts import ProbeFacts
from pawtui.refresh.refresh_types import PlanStatus
from pawtui.report import status_json
from pawtui.report.change_json import ChangeJson, DifferenceJson
from pawtui.report.measurement_json import BackfillJson, BacktestJson, ProbeResultJson
from pawtui.report.post_json import PostJson
from pawtui.report.replay_json import ReplayJson
from pawtui.report.walk_json import WalkItemJson
from pawtui.review.record_types import Note, Record
from pawtui.sources.git.mirror import MirrorState
from pawtui.tracker import probe_types
from pawtui.tracker.tracker_types import Tracker

# Types that a page only names, with that name: the page of the probes describes them.
_FACTS = dict.fromkeys(probe_facts.Facts.__args__, "facts of its kind")
_PROBES = dict.fromkeys(probe_types.PROBE_TYPES, "probe")
# What each command prints with `--json`.
PRINTED_JSON: Mapping[str, Any] = {
    "refresh": status_json.RefreshJson | None,
    "mirror": list[MirrorState],
    "backfill": BackfillJson,
    "backtest": list[BacktestJson],
    "status": status_json.StatusJson,
    "check": status_json.CheckJson,
    "walk": list[WalkItemJson],
    "history": list[status_json.HistoryEntryJson],
    "diff": DifferenceJson | None,
    "log": list[ChangeJson],
    "notes": list[Note],
    "step": list[status_json.EvaluationStepJson],
    "export": status_json.ExportJson,
    "post": PostJson,
    "probe": list[ProbeResultJson],
    "plan": PlanStatus | None,
    "replay": ReplayJson,
}


def tracker_keys() -> str:
    """Return all tables of the tracker file except those of the probes."""
    return TypeTables(_PROBES, defaults=True).sections([Tracker])


def probe_kinds() -> str:
    """Return every kind of probe: its description, its keys, and the keys of its facts."""
    tables = TypeTables({}, defaults=True)
    common_keys, common_facts = _own_keys(probe_types.ProbeKeys), _own_keys(ProbeFacts)
    parts = [
        "### Keys of every kind",
        description(probe_types.ProbeKeys),
        tables.table(common_keys),
        description(ProbeFacts),
        f"Keys: {TypeTables({}).line(common_facts)}.",
    ]
    facts_by_kind = {facts.__struct_config__.tag: facts for facts in probe_facts.Facts.__args__}
    for probe in probe_types.PROBE_TYPES:
        kind = probe.__struct_config__.tag
        parts += [f"### {kind}", description(probe), tables.table(_own_keys(probe, common_keys))]
        parts += _facts_paragraphs(facts_by_kind[kind], common_facts)
    inside = [struct for struct in tables.reachable([probe_types.Probe]) if struct not in probe_types.PROBE_TYPES]
    return "\n\n".join([*parts, TypeTables(_PROBES, defaults=True).sections(inside)])


def _facts_paragraphs(facts: Any, common_facts: Sequence[TypeField]) -> Iterator[str]:
    """Yield the description and keys of the facts of a kind, without the common keys, then of the structs in them."""
    tables = TypeTables({})
    yield f"**Facts.** {description(facts)}"
    yield f"Keys: {tables.line(_own_keys(facts, common_facts))}."
    for struct in tables.reachable([facts]):
        if struct is not facts:
            keys = tables.line(fields_of(struct))
            yield f"*{label(struct).capitalize()}*: {description(struct)} Keys: {keys}."


def _own_keys(struct: Any, others: Sequence[TypeField] = ()) -> list[TypeField]:
    """Return the keys of a struct except its tag and `others`."""
    names = {"kind", *(key.name for key in others)}
    return [key for key in fields_of(struct) if key.name not in names]


def record_keys() -> str:
    """Return the keys of every entry of the record."""
    return TypeTables(_FACTS).sections([Record])


def json_keys() -> str:
    """Return the JSON output of each command, and every object in it."""
    tables = TypeTables({**_FACTS, Record: "record", Tracker: "tracker file"})
    commands = markdown_table(
        ("command", "prints"), [(f"`pawtui {name}`", tables.words(type_)) for name, type_ in PRINTED_JSON.items()]
    )
    return f"{commands}\n\n{tables.sections(PRINTED_JSON.values())}"
