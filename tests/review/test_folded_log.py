"""The log for display: a change with its undos and redos is one entry."""

from pawtui.review.note_actions import add_note
from pawtui.review.undo import fold_log, redo, undo
from tests.report import samples
from tests.report.samples import TRACKER


def test_a_change_with_undos_and_redos_is_one_entry() -> None:
    record = samples.blocked(samples.week())
    record = samples.changed(record, undo)
    (entry,) = fold_log(record.log)
    assert (entry.change.summary, entry.is_undone, len(entry.later)) == ("set plan to blocked", True, 1)
    record = samples.changed(record, redo)
    (entry,) = fold_log(record.log)
    assert (entry.is_undone, len(entry.later)) == (False, 2)
    record = samples.changed(samples.changed(record, undo), redo)
    assert [entry.is_undone for entry in fold_log(record.log)] == [False]


def test_changes_of_other_users_keep_their_place() -> None:
    record = samples.blocked(samples.week())
    record = samples.changed(record, lambda now, actor: add_note(now, TRACKER, "review", "x", actor), by="ann")
    record = samples.changed(record, undo)
    assert [(entry.change.by, entry.is_undone) for entry in fold_log(record.log)] == [("mira", True), ("ann", False)]


def test_an_undo_without_its_change_is_its_own_entry() -> None:
    record = samples.changed(samples.blocked(samples.week()), undo)
    (entry,) = fold_log(record.log[1:])
    assert (entry.change.summary, entry.is_undone) == ("undid: set plan to blocked", False)
