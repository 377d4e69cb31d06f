"""Notes and the changes of maintainers in the summary."""

import datetime as dt
import re

import msgspec
import pytest

from pawtui.refresh.refresh_types import Range, Ranges
from pawtui.review.actions import close_review
from pawtui.review.gate_actions import set_gate
from pawtui.review.note_actions import add_note
from pawtui.review.record_types import Record
from pawtui.review.undo import redo, undo
from pawtui.review.verdict_actions import give_verdict
from pawtui.review.walk import agree
from tests.report import samples
from tests.report.rendered_comment import Page
from tests.report.samples import PIN, UP_1, UP_2, WEB, noted, satisfied, summary


def test_notes_are_below_their_subject_with_their_pins() -> None:
    record = samples.week()
    for subject, words in (("review", "All."), ("plan", "A gate."), ("calm", "Seen **twice**.\nBy @mira.")):
        record = noted(record, subject, words, f"{PIN}#L3")
    text = summary(record)
    pin = f"[`run.ts#L3`]({WEB}/up/stream/blob/{UP_1}/src/run.ts#L3) ? not checked"
    signal = f"- **calm, note** (`mira`, 2026-11-20; {pin})\n  > Seen **twice**.\n  > By @\u200bmira.\n"
    places = [
        text.index("| Signal |"),
        text.index(signal),
        text.index("| Gate |"),
        text.index(f"- **plan, note** (`mira`, 2026-11-20; {pin}): A gate.\n"),
        text.index(f"- **review, note** (`mira`, 2026-11-20; {pin}): All.\n"),
    ]
    assert places == sorted(places)


def agreed(record: Record, subject: str, by: str = "mira", at: dt.datetime = samples.FRIDAY) -> Record:
    """Return the record after someone agreed with a signal or gate."""
    return samples.changed(record, lambda context: agree(context, subject), by=by, at=at)


def test_agreements_notes_and_undone_changes_are_not_listed() -> None:
    record = agreed(samples.week(), "calm")
    record = noted(samples.changed(samples.blocked(record), undo), "review", "x")
    assert "- `mira`:" not in summary(record)


def test_a_change_that_was_made_twice_is_named_once() -> None:
    record = samples.blocked(samples.blocked(samples.week()), "No one has time")
    assert "- `mira`: set plan to blocked\n" in summary(record)


def test_an_agreement_that_ended_a_verdict_is_named() -> None:
    record = samples.changed(
        samples.week(),
        lambda context: give_verdict(context, "calm", "partial", reason="Busy."),
    )
    busier = samples.refresh(samples.reading("calm", "unmet", "99 commits"), at=samples.FRIDAY)
    record = msgspec.structs.replace(record, refreshes=(record.refreshes[0], busier))
    record = samples.changed(record, lambda context: agree(context, "calm"))
    assert "; agreed that calm is unmet\n" in summary(record)


def test_older_notes_are_counted_unless_they_are_evidence() -> None:
    record = samples.week()
    record = noted(record, "value", "Rests on this.", "up/stream#9", days=30)
    record = noted(record, "plan", "An old worry.", days=30)
    record = noted(record, "default", "An older one.", PIN, days=31)
    record = noted(record, "default", "It was judged on this.", "up/stream#12", days=30)
    record = noted(record, "calm", "Long past.", days=30)
    record = satisfied(record, "value")
    record = samples.changed(record, lambda context: give_verdict(context, "default", "met", reason="I ran it."))
    text = summary(noted(record, "review", "Of this week."))
    assert re.findall(r"note\*\* .*: (.*)$", text, re.MULTILINE) == [
        "It was judged on this.",
        "Rests on this.",
        "Of this week.",
    ]
    assert "- **other notes:** 3 (`pawtui notes` lists all)\n" in text


def test_of_notes_without_pins_only_the_newest_is_evidence_of_a_gate() -> None:
    record = noted(samples.week(), "value", "An earlier thought.", days=31)
    record = noted(record, "value", "Rests on this.", days=30)
    text = summary(satisfied(record, "value"))
    assert "): Rests on this.\n" in text
    assert "An earlier thought." not in text


def test_the_summary_covers_the_time_since_the_last_closed_review() -> None:
    first = Record(refreshes=samples.week().refreshes[:1])
    first = samples.changed(first, lambda context: add_note(context, "review", "Before."), at=samples.MONDAY)
    first = samples.changed(first, lambda context: close_review(context, "Wait."), at=samples.MONDAY)
    monday, friday = samples.week().refreshes
    thursday = msgspec.structs.replace(friday, id="t", at=friday.at - dt.timedelta(days=1))
    text = summary(
        noted(msgspec.structs.replace(first, refreshes=(monday, thursday, friday)), "review", "After.", days=3)
    )
    assert "Changes since 2026-11-16\n" in text
    assert "): After.\n" in text
    assert "Before." not in text


@pytest.mark.parametrize(
    ("range_", "shown"),
    [
        (samples.moved(ancestor=False), ": branch rewritten"),
        (msgspec.structs.replace(samples.moved(ancestor=False), to=UP_1), ""),
        (samples.moved(), ""),
    ],
)
def test_a_rewrite_is_stated_if_its_range_begins_before_the_last_refresh(range_: Range, shown: str) -> None:
    monday, friday = samples.week().refreshes
    # The comparison failed on Thursday, so the range of Friday begins at the commit of Monday.
    thursday = msgspec.structs.replace(friday, id="t", at=friday.at - dt.timedelta(days=1), range=Ranges())
    thursday = msgspec.structs.replace(thursday, upstream=msgspec.structs.replace(monday.upstream, sha="c" * 40))
    friday = msgspec.structs.replace(friday, range=Ranges(upstream=range_))
    page = Page(summary(Record(refreshes=(monday, thursday, friday))))
    assert page.rows[1][-1] == f"{'c' * 10}..{UP_2[:10]}{shown}"


@pytest.mark.parametrize(
    ("repo", "renamed_from", "known"),
    [("up/stream", "", True), ("new/stream", "up/stream", True), ("new/stream", "", False)],
)
def test_the_commits_are_those_since_the_last_closed_review(repo: str, renamed_from: str, known: bool) -> None:
    record = after_closed_review()
    monday, friday = record.refreshes
    thursday = msgspec.structs.replace(friday, id="t", at=friday.at - dt.timedelta(days=1))
    upstream = msgspec.structs.replace(friday.upstream, repo=repo, renamed_from=renamed_from)
    friday = msgspec.structs.replace(friday, upstream=upstream, range=Ranges())
    page = Page(summary(msgspec.structs.replace(record, refreshes=(monday, thursday, friday))))
    assert [row[-1] for row in page.rows[:3]] == [
        "Since 2026-11-16",
        f"{UP_1[:10]}..{UP_2[:10]}" if known else "unknown",
        "no new commits",
    ]


def after_closed_review() -> Record:
    """Return the week; in the review of Monday mira set plan to blocked, and ann closed it."""
    monday, friday = samples.week().refreshes
    record = agreed(Record(refreshes=(monday,)), "calm", at=samples.MONDAY)
    record = samples.changed(
        record, lambda context: set_gate(context, "plan", "blocked", reason="No."), at=samples.MONDAY
    )
    record = samples.changed(record, lambda context: close_review(context, "Wait."), by="ann", at=samples.MONDAY)
    return msgspec.structs.replace(record, refreshes=(monday, msgspec.structs.replace(friday, decision="no-go")))


MEASURED = (
    "- **calm:** unmet → met (new upstream commits; 1 new)\n"
    "- **default:** not measured → unknown (measured at only one refresh)\n"
)


def test_the_summary_does_not_repeat_the_changes_of_the_last_closed_review() -> None:
    assert f"### Changes since 2026-11-16\n{MEASURED}\n" in summary(after_closed_review())


def test_the_summary_names_what_was_undone_and_redone_after_the_last_closed_review() -> None:
    undone = samples.changed(after_closed_review(), undo)
    assert f"- **Decision:** **NO-GO** → **HOLD**\n{MEASURED}- `mira`: undid: set plan to blocked\n" in summary(undone)
    redone = summary(samples.changed(undone, redo))
    assert f"{MEASURED}- `mira`: undid: set plan to blocked; redid: set plan to blocked\n" in redone


def test_of_changes_that_were_made_twice_the_last_is_named() -> None:
    record = after_closed_review()
    for make_change in (undo, redo, undo):
        record = samples.changed(record, make_change)
    assert "- `mira`: redid: set plan to blocked; undid: set plan to blocked\n" in summary(record)
