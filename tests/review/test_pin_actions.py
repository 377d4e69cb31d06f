"""Renewed pins name the current place; the log contains the old pins."""

import datetime as dt

import pytest
from msgspec.structs import replace

from pawtui.refresh.refresh_types import Drift
from pawtui.review import undo
from pawtui.review.actions import ActionError, Actor
from pawtui.review.gate_actions import add_pin, set_gate
from pawtui.review.note_actions import add_note
from pawtui.review.overview import make_overview, new_pin_drift, replacement_of
from pawtui.review.pin_actions import remove_pin, renew_pins
from pawtui.review.record_types import Record
from pawtui.tracker.tracker_types import Signal
from tests.review.review_samples import context_of
from tests.tui.support import NOW, UP, applied, record, sha, tracker

OLD, NEW = f"{UP}@{sha('a')}:src/a.ts#L3", f"{UP}@{sha('b')}:src/a.ts#L9"
GONE = f"{UP}@{sha('a')}:src/gone.ts#L1"
ISSUE = f"{UP}#7"
ME = Actor(by="ana", at=NOW)


def stale(*, gate: str = "value") -> Record:
    """Return a record with a gate on a changed pin, a gone pin and a closed issue, and a note with the first pin."""
    earlier = Actor(by="ana", at=NOW - dt.timedelta(hours=3))
    made = record()
    made = applied(made, add_note(context_of(made, earlier, tracker=tracker()), f"gate:{gate}", "seen", pins=[OLD]))
    for pin in (OLD, GONE, ISSUE):
        made = applied(made, add_pin(context_of(made, earlier, tracker=tracker()), gate, pin))
    drift = (
        Drift(pin=OLD, state="changed", place=NEW),
        Drift(pin=GONE, state="gone"),
        Drift(pin=ISSUE, state="changed"),
    )
    return replace(made, refreshes=(*made.refreshes[:-1], replace(made.refreshes[-1], drift=drift)))


def test_all_pins_of_a_gate_and_its_notes_are_renewed() -> None:
    made = stale()
    change = renew_pins(context_of(made, ME, tracker=tracker()), "gate:value")
    assert change.summary == "renewed 2 pins of value"
    assert change.renewed == (ISSUE,)
    after = applied(made, change)
    pins = after.gates["value"].pins
    assert OLD not in pins
    assert {NEW, GONE, ISSUE} <= set(pins)
    assert [note.pins for note in after.notes.values() if note.subject == "gate:value"][-1] == (NEW,)
    assert any(edit.before and OLD in edit.before["pins"] for edit in after.log[-1].edits), "the log keeps the old pin"
    states = {drift.pin: drift.state for drift in make_overview(tracker(), after, NOW.date()).gate("value").stale}
    assert states == {GONE: "gone"}, "a pin without a place stays stale; a renewed issue waits for the next refresh"
    back = applied(after, undo.undo(context_of(after, ME)))
    assert back.gates["value"].pins == made.gates["value"].pins


def test_the_summary_for_one_pin_has_its_place() -> None:
    made = stale()
    assert (
        renew_pins(context_of(made, ME, tracker=tracker()), "gate:value", [OLD]).summary
        == renew_pins(context_of(made, ME, tracker=tracker()), "value", [OLD]).summary
        == "renewed src/a.ts#L3 of value"
    )
    issue = renew_pins(context_of(made, ME, tracker=tracker()), "gate:value", [ISSUE])
    assert (issue.summary, issue.edits) == (f"renewed {ISSUE} of value", ())


def test_the_renewable_pins_are_those_of_the_gate_the_signal_or_the_note() -> None:
    made = stale()
    made = applied(made, add_note(context_of(made, ME, tracker=tracker()), "signal:calm", "seen", pins=[OLD, GONE]))
    shown = make_overview(tracker(), made, NOW.date())
    of_gate, of_signal = (
        next(note for note in made.notes.values() if note.subject == subject and OLD in note.pins)
        for subject in ("gate:value", "signal:calm")
    )
    assert shown.renewable_pins("gate:value") == {OLD: NEW, ISSUE: ISSUE}
    assert shown.renewable_pins("signal:calm") == {OLD: NEW}
    assert shown.renewable_pins(f"note:{of_gate.id}") == shown.renewable_pins(f"note:{of_signal.id}") == {OLD: NEW}
    for other in ("gate:replay", "signal:value", "note:none", "review"):
        assert shown.renewable_pins(other) == {}


def test_a_pin_that_its_subject_has_at_the_new_place_is_not_doubled() -> None:
    made = stale()
    made = applied(made, add_pin(context_of(made, ME, tracker=tracker()), "value", NEW))
    assert (
        applied(made, renew_pins(context_of(made, ME, tracker=tracker()), "value", [OLD]))
        .gates["value"]
        .pins.count(NEW)
        == 1
    )


def test_a_signal_with_the_id_of_a_gate_has_other_pins() -> None:
    both = replace(tracker(), signals=(*tracker().signals, Signal(id="value", title="Value")))
    with pytest.raises(ActionError, match="No pin of signal 'value' is stale"):
        renew_pins(context_of(stale(), ME, tracker=both), "signal:value")


def test_without_a_pin_to_renew_an_error_is_raised() -> None:
    made = stale()
    with pytest.raises(ActionError, match="found no new place for the chosen pins of gate 'value'"):
        renew_pins(context_of(made, ME, tracker=tracker()), "gate:value", [GONE])
    renewed = applied(made, renew_pins(context_of(made, ME, tracker=tracker()), "gate:value"))
    with pytest.raises(ActionError, match="found no new place for the stale pins"):
        renew_pins(context_of(renewed, replace(ME, at=NOW + dt.timedelta(minutes=1)), tracker=tracker()), "gate:value")


def test_only_stale_pins_are_renewed() -> None:
    assert replacement_of(Drift(pin=OLD, state="fresh", place=NEW)) == ""
    assert replacement_of(Drift(pin="https://example.org/x", state="unchecked")) == ""
    assert replacement_of(Drift(pin=OLD, state="moved", place=NEW)) == NEW
    assert replacement_of(Drift(pin="not a pin", state="gone")) == ""


def test_a_renewed_issue_is_evidence_for_a_satisfied_gate() -> None:
    made = stale()
    renewed = applied(made, renew_pins(context_of(made, ME, tracker=tracker()), "gate:value", [ISSUE]))
    satisfied = applied(renewed, set_gate(context_of(renewed, ME, tracker=tracker()), "value", "satisfied"))
    pins = satisfied.gates["value"].pins
    assert ISSUE in pins
    assert {OLD, GONE}.isdisjoint(pins)


def test_a_renewed_pin_can_go_stale_again() -> None:
    made = stale()
    after = applied(made, renew_pins(context_of(made, ME, tracker=tracker()), "gate:value", [ISSUE]))
    assert ISSUE not in {drift.pin for drift in make_overview(tracker(), after, NOW.date()).gate("value").stale}
    later = replace(made.refreshes[-1], id="z" * 19, at=NOW + dt.timedelta(days=1))
    again = replace(after, refreshes=(*after.refreshes, later))
    assert ISSUE in {drift.pin for drift in make_overview(tracker(), again, NOW.date()).gate("value").stale}
    assert renew_pins(context_of(again, ME, tracker=tracker()), "gate:value", [ISSUE]).renewed == (ISSUE,)


def test_a_renewed_issue_is_no_evidence_if_its_renewal_is_undone_after_a_refresh() -> None:
    made = stale()
    renewed = applied(made, renew_pins(context_of(made, ME, tracker=tracker()), "gate:value", [ISSUE]))
    undone = applied(renewed, undo.undo(context_of(renewed, ME, tracker=tracker())))
    assert make_overview(tracker(), undone, NOW.date()).drift[ISSUE].state == "changed"
    # The refresh compared the issue with its state at the renewal.
    last = replace(made.refreshes[-1], id=renewed.next_id(NOW), at=NOW, drift=(Drift(pin=ISSUE, state="fresh"),))
    refreshed = replace(renewed, refreshes=(*renewed.refreshes, last))
    later = Actor(by="ana", at=NOW + dt.timedelta(hours=1))
    undone = applied(refreshed, undo.undo(context_of(refreshed, later, tracker=tracker())))
    assert make_overview(tracker(), undone, NOW.date()).drift[ISSUE].failed
    # So the next refresh checks it, even if no branch has a new commit.
    assert undone.baseline.last is not None
    assert undone.baseline.last.drift == ()


def test_a_note_is_renewed_alone() -> None:
    made = stale()
    note = next(note for note in made.notes.values() if OLD in note.pins)
    made = applied(made, add_note(context_of(made, ME, tracker=tracker()), "gate:value", "seen again", pins=[OLD]))
    change = renew_pins(context_of(made, ME, tracker=tracker()), f"note:{note.id}")
    assert change.summary == "renewed src/a.ts#L3 of a note"
    after = applied(made, change)
    assert [other.pins for other in after.notes.values() if other.subject == "gate:value"] == [(NEW,), (OLD,)]
    assert OLD in after.gates["value"].pins


def test_a_note_on_the_review_is_renewed() -> None:
    made = stale()
    made = applied(made, add_note(context_of(made, ME, tracker=tracker()), "review", "seen", pins=[OLD]))
    change = renew_pins(context_of(made, ME, tracker=tracker()), "review")
    assert change.summary == "renewed src/a.ts#L3 of the review"


def test_without_a_refresh_there_is_nothing_to_renew() -> None:
    made = applied(Record(), add_note(context_of(Record(), ME, tracker=tracker()), "gate:value", "seen", pins=[OLD]))
    with pytest.raises(ActionError, match="No pin of gate 'value' is stale"):
        renew_pins(context_of(made, ME, tracker=tracker()), "gate:value")


def test_a_pin_is_removed_by_a_short_sha_if_only_one_pin_has_it() -> None:
    one, other, lines = (f"{UP}@{end:a>40}:{place}" for end, place in (("1", "a.ts"), ("2", "a.ts"), ("1", "a.ts#L3")))
    made = with_pins(one, lines, ISSUE)
    short = f" {UP}@aaaaaaa:a.ts "
    assert removed(made, short) == f"removed {one} from value"
    made = with_pins(one, lines, ISSUE, other)
    with pytest.raises(ActionError, match=f"has no pin {short.strip()}. Its pins: "):
        removed(made, short)
    assert removed(made, f" {other} ") == f"removed {other} from value"


def test_a_recorded_link_is_removed_although_it_is_a_pin_to_a_file_today() -> None:
    link = f"https://github.com/{UP}/blob/{sha('a')}/a.ts"
    assert removed(with_pins(link, f"{UP}@{sha('a')}:a.ts"), link) == f"removed {link} from value"


def with_pins(*pins: str) -> Record:
    """Return a record whose gate `value` has these pins."""
    made = record()
    return replace(made, gates={"value": replace(made.gates["value"], pins=pins)})


def removed(made: Record, typed: str) -> str:
    """Return the summary of the change that removes the typed pin of the gate."""
    return remove_pin(context_of(made, ME, tracker=tracker()), "gate:value", typed).summary


def test_a_new_pin_names_what_the_next_refresh_does() -> None:
    last = record().last
    assert last is not None
    heads = (last.upstream, last.downstream)

    def summary(pin: str) -> str:
        return new_pin_drift(pin, heads).summary

    assert summary(f"{UP}#12") == "pinned after the last refresh: refresh to check it"
    assert summary(f"{UP}@{'9' * 40}") == "pinned after the last refresh: refresh to check it"
    assert summary("other/repo@1234567:a.py") == "other/repo is not one of the tracker's repositories"
    renamed = (replace(last.upstream, repo="new/name", renamed_from=UP), last.downstream)
    assert new_pin_drift(f"{UP}@{last.upstream.sha}", renamed).state == "fresh"


@pytest.mark.parametrize(
    ("pin", "is_evidence"),
    [
        (f"{UP}#12", False),
        ("other/repo#12", False),
        (f"{UP}@{sha('b')}:a.py", False),
        ("other/repo@1234567:a.py", True),
        ("https://example.org/x", True),
    ],
)
def test_a_pin_that_could_not_be_checked_is_no_evidence_if_a_refresh_can_check_it(pin: str, is_evidence: bool) -> None:
    """A refresh never reads files of other repositories, or links."""
    last = record().last
    assert last is not None
    assert new_pin_drift(pin, (last.upstream, last.downstream), is_unchecked=True).failed is not is_evidence


def test_a_restored_pin_to_an_issue_is_no_evidence_before_the_next_refresh() -> None:
    """While it was removed, no refresh checked the issue."""
    last = record().last
    assert last is not None
    before, after = (Actor(by="ana", at=last.at + dt.timedelta(minutes=minutes)) for minutes in (-1, 1))
    made = Record()
    made = applied(made, set_gate(context_of(made, before, tracker=tracker()), "value", "satisfied", pins=[ISSUE]))
    made = applied(made, remove_pin(context_of(made, before, tracker=tracker()), "gate:value", ISSUE))
    made = replace(made, refreshes=(replace(last, id=made.next_id(NOW)),))
    restored = applied(made, undo.undo(context_of(made, after, tracker=tracker())))
    status = make_overview(tracker(), restored, NOW.date()).gate("value")
    assert (status.state, status.evidence_problem) == ("satisfied", "evidence was not checked")
    assert status.evidence[0].summary == "restored after the last refresh: refresh to check it"
    # Pinned again, it is new evidence, also with a clock that is late.
    made = applied(made, add_pin(context_of(made, before, tracker=tracker()), "value", ISSUE))
    assert not make_overview(tracker(), made, NOW.date()).gate("value").unchecked
