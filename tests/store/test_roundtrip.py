"""Any text of users and sources is read back from the record unchanged."""

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any, get_args

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from pawtui.probes.probe_facts import (
    ChurnFacts,
    CommitFacts,
    IssuesFacts,
    PathsFacts,
    SoakFacts,
    SurfaceFacts,
    TextFacts,
)
from pawtui.probes.reading import Evidence, ProbeReading
from pawtui.probes.state import STATES
from pawtui.refresh.refresh_types import Decision, Drift, Refresh, RepoSnapshot, SignalReading
from pawtui.review.record_types import (
    GATE_STATES,
    KEYED_TABLES,
    PLAN_ENTRY_STATES,
    STEP_STATES,
    Change,
    Edit,
    EvaluationStepEntry,
    GateEntry,
    Note,
    PlanEntry,
    Record,
    Review,
    Verdict,
)
from pawtui.store.store import Store
from tests.store import store_samples

# Sources remove surrogates, and the store refuses them (test_store.py).
_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
_keys = st.sampled_from(["a", "b", "", "é", "\x00", '"', "signal:x", "__proto__"])
_times = st.datetimes(timezones=st.just(dt.UTC))
_texts = st.lists(_text, max_size=3).map(tuple)
_counts = st.integers(-(2**63), 2**64 - 1)
_facts = st.one_of(
    st.none(),
    st.builds(PathsFacts, head=_text, paths=st.dictionaries(_text, st.none() | _text, max_size=3)),
    st.builds(TextFacts, files=_texts, pattern=_text, line=st.none() | _counts, text=st.none() | _text),
    st.builds(IssuesFacts, watched=st.dictionaries(_keys, _text, max_size=3), open=_counts, met_on=st.dates()),
    st.builds(SoakFacts, last_break=st.builds(CommitFacts, sha=_text, subject=_text, at=_times), anchor_at=_times),
    st.builds(ChurnFacts, surfaces=st.lists(st.builds(SurfaceFacts, name=_text), max_size=2).map(tuple)),
)
_sides = st.builds(RepoSnapshot, repo=_text, ref=_text, sha=_text, committed_at=_times, remark=_text)
_probes = st.builds(
    ProbeReading,
    kind=_text,
    state=st.sampled_from(STATES),
    summary=_text,
    rule=_text,
    facts=_facts,
    evidence=st.lists(st.builds(Evidence, text=_text, url=_text, at=st.none() | _times), max_size=2).map(tuple),
    gaps=_texts,
)
_signals = st.builds(
    SignalReading, id=_text, state=st.sampled_from(STATES), probes=st.lists(_probes, max_size=2).map(tuple)
)
_refreshes = st.builds(
    Refresh,
    id=_text,
    at=_times,
    duration=st.floats(0, 1e6),
    source=_text,
    tool=_text,
    upstream=_sides,
    downstream=_sides,
    signals=st.lists(_signals, max_size=2).map(tuple),
    errors=_texts,
    drift=st.lists(st.builds(Drift, pin=_text, state=st.just("moved")), max_size=2).map(tuple),
    decision=st.sampled_from(get_args(Decision)),
)


def _in_table(table: str, kind: type[msgspec.Struct], **keys: Any) -> st.SearchStrategy[tuple[str, msgspec.Struct]]:
    """Return entries of a table, each with the name of the table."""
    return st.builds(kind, id=_text, by=_text, at=_times, **keys).map(lambda entry: (table, entry))


_state_keys = {"reason": _text, "pins": _texts}
_end = st.none() | st.dates()
_entries = st.one_of(
    _in_table(
        "verdicts", Verdict, signal=_text, state=st.sampled_from(STATES), reason=_text, until=st.none() | st.dates()
    ),
    _in_table("gates", GateEntry, state=st.sampled_from(GATE_STATES), parts=_texts, **_state_keys),
    _in_table("steps", EvaluationStepEntry, state=st.sampled_from(STEP_STATES), **_state_keys),
    _in_table("notes", Note, subject=_text, text=_text, pins=_texts),
    _in_table("reviews", Review, refresh=_text, decision=st.sampled_from(get_args(Decision)), recommendation=_text),
    _in_table(
        "rulings",
        PlanEntry,
        state=st.sampled_from(PLAN_ENTRY_STATES),
        reason=_text,
        plan=_text,
        plan_since=st.none() | _times,
        answered_at=st.none() | _times,
    ),
)
# A refresh with blobs, an entry put under a key, or a key removed from a table.
_steps = st.lists(
    st.tuples(_refreshes, st.dictionaries(_keys, _text, max_size=2))
    | st.tuples(_keys, _entries)
    | st.tuples(_keys, st.sampled_from(sorted(KEYED_TABLES))),
    max_size=8,
)


@settings(max_examples=25)
@given(_steps)
def test_any_changes_are_read_back_unchanged(steps: list[tuple[Any, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        # One store continues, the other starts again each time: both the cache and the file must be correct.
        model, store = Record(), Store(Path(folder))
        for number, (first, second) in enumerate(steps):
            if isinstance(first, Refresh):
                first = msgspec.structs.replace(first, id=str(number))
                written = store.add_refresh(store_samples.as_is(first), second)
                model = msgspec.structs.replace(
                    model, refreshes=(*model.refreshes, first), pinned_states=model.pinned_states | second
                )
            else:
                table, entry = second if isinstance(second, tuple) else (second, None)
                entries = dict(getattr(model, table))
                edit = Edit(table=table, key=first, before=_plain(entries.pop(first, None)), after=_plain(entry))
                if entry is not None:
                    entries[first] = entry
                change = store_samples.change(str(number), edit)
                written = store.record_change(store_samples.as_is(change))
                model = _with(model, table, entries, change)
            assert written == model
            assert Store(Path(folder)).load() == model
        assert store.load() == model


def _plain(entry: msgspec.Struct | None) -> dict[str, Any] | None:
    plain: dict[str, Any] | None = None if entry is None else msgspec.json.decode(msgspec.json.encode(entry))
    return plain


def _with(model: Record, table: str, entries: dict[str, Any], change: Change) -> Record:
    changed: dict[str, Any] = {table: entries, "log": (*model.log, change)}
    return msgspec.structs.replace(model, **changed)
