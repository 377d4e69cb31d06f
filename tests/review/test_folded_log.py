"""The folded log: a change with its undos and redos is one row."""

from pawtui.review.log import fold_log
from pawtui.review.note_actions import add_note
from pawtui.review.undo import redo, undo
from tests.report import samples


def test_a_change_with_undos_and_redos_is_one_folded_change() -> None:
    record = samples.blocked(samples.week())
    record = samples.changed(record, undo)
    (folded,) = fold_log(record.log)
    assert (folded.change.summary, folded.is_undone, len(folded.later)) == ("set plan to blocked", True, 1)
    record = samples.changed(record, redo)
    (folded,) = fold_log(record.log)
    assert (folded.is_undone, len(folded.later)) == (False, 2)
    record = samples.changed(samples.changed(record, undo), redo)
    assert [folded.is_undone for folded in fold_log(record.log)] == [False]


def test_changes_of_other_users_keep_their_place() -> None:
    record = samples.blocked(samples.week())
    record = samples.changed(record, lambda context: add_note(context, "review", "x"), by="ann")
    record = samples.changed(record, undo)
    assert [(folded.change.by, folded.is_undone) for folded in fold_log(record.log)] == [("mira", True), ("ann", False)]


def test_an_undo_without_its_change_is_a_change() -> None:
    record = samples.changed(samples.blocked(samples.week()), undo)
    (folded,) = fold_log(record.log[1:])
    assert (folded.change.summary, folded.is_undone) == ("undid: set plan to blocked", False)
