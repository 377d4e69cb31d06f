"""Refreshes of past times: one for each time, in a separate table that older records do not have."""

import datetime as dt
import json
from pathlib import Path

import msgspec
import pytest

from pawtui.refresh.refresh_types import Refresh
from pawtui.store.store import Store
from pawtui.store.store_errors import RecordLost
from tests.store import store_samples

JULY = dt.datetime(2026, 7, 10, 23, 59, 59, tzinfo=dt.UTC)


def past(refresh_id: str, moment: dt.datetime = JULY, source: str = "git") -> Refresh:
    """Return a refresh of a past time."""
    return msgspec.structs.replace(store_samples.refresh(refresh_id), as_of=moment, source=source)


def test_past_refreshes_are_separate_from_ordinary_refreshes(store: Store, folder: Path) -> None:
    store.add_refresh(store_samples.as_is(store_samples.refresh("live")))
    store.add_refresh(store_samples.as_is(past("later", JULY + dt.timedelta(days=7))))
    written = store.add_refresh(store_samples.as_is(past("july")))
    read = Store(folder).load()
    assert read == written
    assert [refresh.id for refresh in read.refreshes] == ["live"]
    assert [refresh.id for refresh in read.past_refreshes] == ["july", "later"]
    assert read.last is not None
    assert read.last.id == "live"
    assert {"live", "july", "later"} <= set(read.ids)
    assert list(read.past) == ["2026-07-17T23:59:59Z", "2026-07-10T23:59:59Z"]


def test_ordinary_and_past_refreshes_have_different_contexts(store: Store) -> None:
    store.add_refresh(store_samples.as_is(store_samples.refresh("live")), {"pin": store_samples.SHA})
    for days in (0, 7, 14):
        record = store.add_refresh(store_samples.as_is(past(f"p{days}", JULY + dt.timedelta(days=days))))
    live, then = record.baseline, record.baseline_at(JULY + dt.timedelta(days=8))
    assert [refresh.id for refresh in live.refreshes] == [refresh.id for refresh in live.ordinary] == ["live"]
    assert [refresh.id for refresh in then.refreshes] == ["p0", "p7"]
    assert [refresh.id for refresh in then.ordinary] == ["live"]
    assert (then.pins, dict(then.pinned_states)) == ((), {})


def test_a_refresh_of_the_same_time_replaces_the_earlier_refresh(store: Store, folder: Path) -> None:
    store.add_refresh(store_samples.as_is(past("first", source="live")))
    store.add_refresh(store_samples.as_is(past("other", JULY + dt.timedelta(hours=1))))
    store.add_refresh(store_samples.as_is(past("second", JULY.astimezone(dt.timezone(dt.timedelta(hours=2))))))
    read = Store(folder).load()
    assert [(refresh.id, refresh.source) for refresh in read.past_refreshes] == [("second", "git"), ("other", "git")]


def test_a_record_without_past_refreshes_has_no_table_for_them(store: Store, folder: Path) -> None:
    store.add_refresh(store_samples.as_is(store_samples.refresh("live")))
    assert "past" not in json.loads(store.path.read_bytes())
    assert Store(folder).load().past == {}


def test_a_damaged_table_is_detected(store: Store, folder: Path) -> None:
    store.add_refresh(store_samples.as_is(past("july")))
    tables = json.loads(store.path.read_bytes())
    del tables["past"]["1"]["upstream"]
    store.path.write_text(json.dumps(tables), encoding="utf-8")
    with pytest.raises(RecordLost, match="table past, entry 1"):
        Store(folder).load()
