"""Small records and trackers for the tests of the review."""

import datetime as dt

import msgspec

from pawtui.probes.probe_facts import SoakFacts
from pawtui.probes.reading import ProbeReading
from pawtui.probes.state import State
from pawtui.refresh.refresh_types import Drift, Refresh, RepoSnapshot, SignalReading
from pawtui.review.actions import ActionContext, Actor
from pawtui.review.record_types import Change, Record
from pawtui.tracker.tracker_types import Gate, Part, Side, Signal, Tracker

NOON = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)
UP, DOWN = "a" * 40, "b" * 40
ANN = Actor(by="ann", at=NOON)

TRACKER = Tracker(
    id="t",
    title="T",
    upstream=Side(repo="up/stream", refs=("v2",)),
    downstream=Side(repo="down/stream", refs=("dev",)),
    signals=(Signal(id="calm", title="It is calm"), Signal(id="default", title="It is the default")),
    gates=(
        Gate(id="plan", title="There is a plan", parts=(Part(id="app", title="App"), Part(id="sdk", title="SDK"))),
        Gate(id="value", title="There is value"),
    ),
)


def side(repo: str, sha: str, ref: str = "v2") -> RepoSnapshot:
    """Return one side of a refresh."""
    return RepoSnapshot(repo=repo, ref=ref, sha=sha, committed_at=NOON - dt.timedelta(hours=3))


def reading(
    signal_id: str, state: State, *, summary: str = "a finding", fingerprint: str = "l1", met_on: dt.date | None = None
) -> SignalReading:
    """Return a reading of a signal with one probe."""
    facts = SoakFacts(met_on=met_on)
    probe = ProbeReading(kind="soak", state=state, summary=summary, rule="a rule", facts=facts, cause="no answer")
    return SignalReading(id=signal_id, state=state, probes=(probe,), fingerprint=fingerprint)


def refresh(
    *readings: SignalReading, at: dt.datetime = NOON, up: str = UP, down: str = DOWN, drift: tuple[Drift, ...] = ()
) -> Refresh:
    """Return a refresh with these readings."""
    return Refresh(
        id=f"r{at:%m%d%H%M%S}",
        at=at,
        duration=1.5,
        source="live",
        tool="pawtui 0",
        upstream=side("up/stream", up),
        downstream=side("down/stream", down, "dev"),
        signals=readings,
        drift=drift,
    )


def record(*refreshes: Refresh) -> Record:
    """Return a record of these refreshes."""
    return Record(refreshes=refreshes)


def context_of(record: Record, actor: Actor = ANN, *, tracker: Tracker = TRACKER) -> ActionContext:
    """Return the context of an action of a maintainer on a record."""
    return ActionContext(tracker, record, actor)


def apply(to: Record, *changes: Change) -> Record:
    """Return the record after these changes, as the store would write it."""
    for change in changes:
        data = msgspec.json.decode(msgspec.json.encode(to))
        for edit in change.edits:
            table = data[edit.table]
            assert table.get(edit.key) == edit.before
            if edit.after is None:
                del table[edit.key]
            else:
                table[edit.key] = edit.after
        data["log"] = [*data["log"], msgspec.to_builtins(change)]
        to = msgspec.convert(data, Record)
    return to


def with_stale_pin(now: Record, pin: str) -> Record:
    """Return the record with a drift of the last refresh: the pin is changed."""
    last = msgspec.structs.replace(now.refreshes[-1], drift=(Drift(pin=pin, state="changed"),))
    return msgspec.structs.replace(now, refreshes=(*now.refreshes[:-1], last))
