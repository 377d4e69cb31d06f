"""The record of the benchmarks is valid: the app could have written it."""

import datetime as dt
from typing import get_args

import msgspec
import pytest

from pawtui.refresh.pins import parse_pin
from pawtui.refresh.refresh_types import DriftState
from pawtui.review.overview import make_overview
from pawtui.review.record_types import Record
from pawtui.tracker.read_tracker import builtin_tracker
from tests.bench.make_record import make_record

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(("refreshes", "notes"), [(1, 0), (1, 7), (104, 500), (600, 40)])
def test_it_has_the_requested_refreshes_and_notes_in_order(refreshes: int, notes: int) -> None:
    record = make_record(refreshes, notes, now=NOW)
    assert (len(record.refreshes), len(record.notes), len(record.reviews)) == (refreshes, notes, refreshes)
    assert len(record.log) == refreshes + notes
    ids = [refresh.id for refresh in record.refreshes]
    assert ids == sorted(set(ids))
    assert record.refreshes[-1].at < NOW
    assert NOW - record.refreshes[0].at < dt.timedelta(days=3660)
    assert all(note.at <= NOW for note in record.notes.values())
    assert [change.at for change in record.log] == sorted(change.at for change in record.log)


def test_it_is_deterministic_and_can_be_read_back() -> None:
    record = make_record(30, 100, now=NOW)
    assert make_record(30, 100, now=NOW) == record
    assert msgspec.json.decode(msgspec.json.encode(record), type=Record) == record


def test_its_overview_has_every_kind_of_subject() -> None:
    tracker = builtin_tracker()
    record = make_record(52, 300, now=NOW)
    overview = make_overview(tracker, record, NOW.date())
    assert {gate.state for gate in overview.gates} == {"satisfied", "blocked", "untested"}
    assert {drift.state for drift in overview.drift.values()} == set(get_args(DriftState))
    assert set(overview.drift) == set(record.pins)
    assert {parse_pin(pin).kind for pin in overview.drift} == {"file", "issue"}
    notes = [*(signal.notes for signal in overview.signals), *(gate.notes for gate in overview.gates)]
    assert sum(map(len, notes)) > 200
    sizes = [len(msgspec.json.encode(refresh)) for refresh in record.refreshes[:-1]]
    assert 14_000 < min(sizes) <= max(sizes) < 33_000
