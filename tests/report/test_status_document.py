"""The status as plain text."""

import msgspec

from pawtui.report.document_lines import UNLIMITED, plain_text
from pawtui.report.documents.status_document import status_document
from pawtui.report.line_wrapping import string_width
from pawtui.review.note_actions import add_note
from pawtui.review.record_types import Record
from pawtui.review.verdict_actions import give_verdict
from tests.report import samples
from tests.report.samples import UP_1, UP_2, context, page


def status(record: Record, width: int = UNLIMITED) -> str:
    """Return the status as text."""
    return plain_text(status_document(context(samples.overview_of(record))), width)


def test_the_status_has_all_parts() -> None:
    text = status(samples.overridden())
    for words in (
        "Fork follows upstream\nNO-GO: 2 of 2 signals met (1 by verdict), 0 of 2 gates satisfied\n",
        f"upstream     up/stream  v2 @ {UP_2[:10]}  5 days ago",
        "refreshed    2026-11-20 14:02 UTC (2 hours ago), live, 41 requests",
        "next review  2026-11-27",
        "= met  calm     It is calm\n                8 commits",
        "                overridden by mira on 2026-11-20: I ran it.\n"
        '                measured "unknown": GitHub did not answer within 10 s.\n',
        "[!] blocked   plan   There is a plan\n",
        "No one has started; 0 of 2 parts",
        f"2026-11-20 14:02  v2 {UP_2[:10]}  dev d4d4d4d4d4  +229 commits, 562 files  HOLD      = ?",
        'Why NO-GO\n- Blocked: "There is a plan": No one has started; 0 of 2 parts\n- Untested: "There is value"\n',
    ):
        assert words in text


def test_a_verdict_that_needs_renewal_and_stale_evidence_are_shown() -> None:
    record = samples.changed(
        samples.with_problem_pin(),
        lambda context: give_verdict(context, "calm", "partial", reason="Still busy."),
    )
    renewal = samples.refresh(
        samples.reading("calm", "unmet", "99 commits"), at=samples.NOW, drift=record.refreshes[-1].drift
    )
    record = msgspec.structs.replace(record, refreshes=(*record.refreshes, renewal))
    text = status(record)
    assert 'verdict "partial" needs renewal: the measured state went from met to unmet\n' in text
    assert "given by mira on 2026-11-20: Still busy." in text
    assert "[~] stale " in text
    assert "does not count as satisfied\n" in text
    assert f"stale pin: up/stream@{UP_1[:10]}:src/run.ts  x gone" in text
    assert "1 gone" in text
    signal_page = page(record, "signal:calm")
    assert (
        "Needs renewal: the measured state went from met to unmet. The measured state applies until you renew it."
        in signal_page
    )
    assert 'Overrode "met" at b2b2b2b2b2\n' in signal_page


def test_unchecked_evidence_is_shown() -> None:
    text = status(samples.with_problem_pin(failed=True))
    assert text.count(f"pin not checked: up/stream@{UP_1[:10]}:src/run.ts") == 2
    assert "1 unchecked (1 could not be checked)" in text
    assert f"Seen.  up/stream@{UP_1[:10]}:src/run.ts ? not checked" in text
    assert "[?] unchecked  does not count as satisfied" in page(samples.with_problem_pin(failed=True), "gate:value")
    assert "? not checked" in page(samples.with_problem_pin(failed=True), "gate:value")


def test_the_status_fits_the_terminal_and_cuts_no_reason() -> None:
    record = samples.blocked(samples.week(), "because " * 30)
    text = status(record, 76)
    assert max(string_width(line) for line in text.splitlines()) <= 76
    gate = text.partition("Gates\n")[2].partition("History")[0]
    assert gate.count("because") == 30
    assert ("because " * 30).strip() in status(record)


def test_the_status_counts_omitted_entries() -> None:
    record = samples.week()
    many = msgspec.structs.replace(record, refreshes=(record.refreshes[0],) * 99 + record.refreshes[-1:])
    assert "95 earlier refreshes: `pawtui history`" in status(many)
    for _ in range(7):
        record = samples.changed(record, lambda context: add_note(context, "review", "x"))
    assert "2 older notes: `pawtui notes`" in status(record)
