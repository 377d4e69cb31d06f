"""Refreshes of past moments: kept beside the live ones, one for each moment, in a table that older records lack."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import msgspec
import pytest

from pawtui.refresh.model import Refresh
from pawtui.store.store import Store
from pawtui.store.store_errors import RecordLost
from tests.store import actions

JULY = dt.datetime(2026, 7, 10, 23, 59, 59, tzinfo=dt.UTC)


def past(refresh_id: str, moment: dt.datetime = JULY, source: str = "git") -> Refresh:
    """A refresh of a past moment."""
    return msgspec.structs.replace(actions.refresh(refresh_id), as_of=moment, source=source)


def test_they_are_read_back_apart_from_live_ones(store: Store, folder: Path) -> None:
    store.add_refresh(actions.as_is(actions.refresh("live")))
    store.add_refresh(actions.as_is(past("later", JULY + dt.timedelta(days=7))))
    written = store.add_refresh(actions.as_is(past("july")))
    read = Store(folder).load()
    assert read == written
    assert [one.id for one in read.refreshes] == ["live"]
    assert [one.id for one in read.past_refreshes] == ["july", "later"]
    assert read.last is not None
    assert read.last.id == "live"
    assert {"live", "july", "later"} <= set(read.ids)
    assert list(read.past) == ["2026-07-17T23:59:59Z", "2026-07-10T23:59:59Z"]


def test_what_each_compares_with(store: Store) -> None:
    store.add_refresh(actions.as_is(actions.refresh("live")), {"pin": actions.SHA})
    for days in (0, 7, 14):
        record = store.add_refresh(actions.as_is(past(f"p{days}", JULY + dt.timedelta(days=days))))
    live, then = record.baseline, record.baseline_at(JULY + dt.timedelta(days=8))
    assert [one.id for one in live.refreshes] == [one.id for one in live.seen] == ["live"]
    assert [one.id for one in then.refreshes] == ["p0", "p7"]
    assert [one.id for one in then.seen] == ["live"]
    assert (then.pins, dict(then.blobs)) == ((), {})


def test_one_of_the_same_moment_takes_the_place_of_the_former(store: Store, folder: Path) -> None:
    store.add_refresh(actions.as_is(past("first", source="live")))
    store.add_refresh(actions.as_is(past("other", JULY + dt.timedelta(hours=1))))
    store.add_refresh(actions.as_is(past("second", JULY.astimezone(dt.timezone(dt.timedelta(hours=2))))))
    read = Store(folder).load()
    assert [(one.id, one.source) for one in read.past_refreshes] == [("second", "git"), ("other", "git")]


def test_a_record_without_any_has_no_such_table_and_is_read(store: Store, folder: Path) -> None:
    store.add_refresh(actions.as_is(actions.refresh("live")))
    assert "past" not in json.loads(store.path.read_bytes())
    assert Store(folder).load().past == {}


def test_a_damaged_table_is_found(store: Store, folder: Path) -> None:
    store.add_refresh(actions.as_is(past("july")))
    tables = json.loads(store.path.read_bytes())
    del tables["past"]["1"]["upstream"]
    store.path.write_text(json.dumps(tables), encoding="utf-8")
    with pytest.raises(RecordLost, match="table past, document 1"):
        Store(folder).load()
