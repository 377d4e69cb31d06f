"""The log as it is read: an act that was undone is one entry, and what was redone stands."""

from __future__ import annotations

from pawtui.review.log_entries import fold_log
from pawtui.review.note_actions import add_note
from pawtui.review.undo import redo, undo
from tests.report import samples
from tests.report.samples import TRACKER


def test_an_undone_act_is_one_entry_and_a_redone_one_stands() -> None:
    record = samples.blocked(samples.week())
    record = samples.did(record, undo)
    (entry,) = fold_log(record.log)
    assert (entry.change.summary, entry.is_undone, len(entry.later)) == ("set plan to blocked", True, 1)
    record = samples.did(record, redo)
    (entry,) = fold_log(record.log)
    assert (entry.is_undone, len(entry.later)) == (False, 2)
    record = samples.did(samples.did(record, undo), redo)
    assert [entry.is_undone for entry in fold_log(record.log)] == [False]


def test_acts_of_others_in_between_keep_their_place() -> None:
    record = samples.blocked(samples.week())
    record = samples.did(record, lambda now, actor: add_note(now, TRACKER, "review", "x", actor), by="ann")
    record = samples.did(record, undo)
    assert [(entry.change.by, entry.is_undone) for entry in fold_log(record.log)] == [("mira", True), ("ann", False)]


def test_an_undo_without_its_act_is_an_entry_of_its_own() -> None:
    record = samples.did(samples.blocked(samples.week()), undo)
    (entry,) = fold_log(record.log[1:])
    assert (entry.change.summary, entry.is_undone) == ("undid: set plan to blocked", False)
