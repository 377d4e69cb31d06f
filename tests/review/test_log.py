"""Contradictions in a record are found."""

import datetime as dt
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from pawtui.review.actions import Actor
from pawtui.review.gate_actions import set_gate
from pawtui.review.log import find_inconsistency, undo_stacks
from pawtui.review.note_actions import add_note
from pawtui.review.record_types import Change, Edit, Record
from pawtui.review.undo import redo, undo
from pawtui.review.verdict_actions import give_verdict
from tests.review.review_samples import NOON, apply, context_of, refresh
from tests.review.review_samples import record as record_of

BOB = Actor(by="bob", at=NOON)


def logged(change_id: str, by: str = "ann", *, undoes: str = "", redoes: str = "", table: str = "gates") -> Change:
    """Return a line of a log."""
    edit = Edit(table=table, key="value", before=None, after=None)
    return Change(id=change_id, action="a", summary="s", by=by, at=NOON, edits=(edit,), undoes=undoes, redoes=redoes)


def test_recorded_actions_are_consistent() -> None:
    record = record_of(refresh(), refresh(at=NOON + dt.timedelta(days=1)))
    steps: list[Callable[[Record], Change]] = [
        lambda now: set_gate(context_of(now), "value", "blocked", reason="x"),
        lambda now: add_note(context_of(now, BOB), "calm", "seen"),
        lambda now: undo(context_of(now)),
        lambda now: redo(context_of(now)),
        lambda now: undo(context_of(now)),
        lambda now: undo(context_of(now, BOB)),
        lambda now: give_verdict(context_of(now), "calm", "met", reason="x"),
    ]
    for step in steps:
        record = apply(record, step(record))
        assert find_inconsistency(record) == ""


WRONG = {
    "twice": ([logged("a"), logged("b"), logged("a")], "two changes in the log have the id a"),
    "table": ([logged("a", table="log")], "in the log, a edits 'log', which is not a table of the record"),
    "undo of nothing": ([logged("a", undoes="z")], "in the log, a undoes z, which"),
    "undo of a later change": ([logged("a", undoes="b"), logged("b")], "in the log, a undoes b, which"),
    "undo twice": ([logged("a"), logged("b", undoes="a"), logged("c", undoes="a")], "in the log, c undoes a, which"),
    "undo of another's": ([logged("a"), logged("b", "bob", undoes="a")], "in the log, b undoes a, which"),
    "undo of an undo": ([logged("a"), logged("b", undoes="a"), logged("c", undoes="b")], "in the log, c undoes b"),
    "redo without undo": ([logged("a"), logged("b", redoes="a")], "in the log, b redoes a, which"),
    "redo after another change": (
        [logged("a"), logged("b", undoes="a"), logged("c"), logged("d", redoes="a")],
        "in the log, d redoes a, which",
    ),
}


@pytest.mark.parametrize(("log", "clause"), WRONG.values(), ids=WRONG)
def test_a_log_that_contradicts_itself_is_found(log: list[Change], clause: str) -> None:
    assert find_inconsistency(Record(log=tuple(log))).startswith(clause)


def test_a_repeated_refresh_is_found() -> None:
    first = refresh()
    assert find_inconsistency(record_of(first, replace(first, source="again"))).startswith("two refreshes have the id")


def test_undo_and_redo_move_their_change() -> None:
    log = [logged("a"), logged("b"), logged("c", "bob"), logged("d", undoes="b"), logged("e", undoes="a")]
    stacks = undo_stacks(log)
    assert (list(stacks["ann"].done), list(stacks["ann"].undone)) == ([], ["b", "a"])
    assert list(stacks["bob"].done) == ["c"]
    stacks = undo_stacks([*log, logged("f", redoes="a")])
    assert (list(stacks["ann"].done), list(stacks["ann"].undone)) == (["a"], ["b"])
