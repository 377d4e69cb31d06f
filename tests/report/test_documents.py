"""The documents of gates, refreshes, notes, the log and the scope, as plain text."""

import datetime as dt

import msgspec

from pawtui.probes.reading import Evidence
from pawtui.refresh.refresh_types import Drift, PlanStatus, RelatedStatus
from pawtui.report.document import Document
from pawtui.report.document_lines import plain_text
from pawtui.report.documents.document_parts import evidence_table
from pawtui.report.documents.gate_document import evaluation_steps_document
from pawtui.report.documents.record_documents import change_document, history_document, log_document, notes_document
from pawtui.report.documents.refresh_document import scope_document
from pawtui.report.documents.status_document import status_document
from pawtui.report.documents.subject_document import subject_document, welcome_document
from pawtui.report.line_wrapping import string_width
from pawtui.report.spans import text_of
from pawtui.review.actions import close_review
from pawtui.review.gate_actions import tick_part
from pawtui.review.log import fold_log
from pawtui.review.note_actions import add_note
from pawtui.review.record_types import KEYED_TABLES, Edit, Record
from pawtui.review.step_actions import set_step
from pawtui.review.undo import undo
from pawtui.tracker.tracker_types import EvaluationStep, Verification
from tests.report import samples
from tests.report.samples import PIN, TRACKER, UP_1, UP_2, WEB, context, page


def test_stale_evidence_of_a_gate_that_is_not_satisfied_is_named() -> None:
    stale = samples.refresh(drift=(Drift(pin=PIN, state="gone"),))
    record = msgspec.structs.replace(samples.blocked(samples.week(), "Parts are lost", PIN), refreshes=(stale,))
    assert "[!] blocked  evidence is gone\n" in page(record, "gate:plan")


def test_stale_evidence_of_an_evaluation_step_is_named() -> None:
    step = EvaluationStep(id="replay", title="Replay sessions", verify=Verification(tools="each"))
    tracker = msgspec.structs.replace(TRACKER, steps=(step,))
    record = samples.changed(
        samples.week(),
        lambda now: set_step(msgspec.structs.replace(now, tracker=tracker), "replay", "done", pins=[PIN]),
    )
    stale = samples.refresh(drift=(Drift(pin=PIN, state="gone"),))
    overview = samples.overview_of(msgspec.structs.replace(record, refreshes=(stale,)), tracker)
    text = plain_text(evaluation_steps_document(overview.steps, context(overview)))
    assert "done, evidence is gone  Replay sessions  replay\n" in text


def test_the_day_of_evidence_is_that_in_utc() -> None:
    # A clone has the time zones of the authors.
    evidence = Evidence(text="fix it", at=dt.datetime.fromisoformat("2026-11-21T01:30:00+02:00"))
    assert plain_text(Document("evidence", "evidence", blocks=evidence_table([evidence], 1))) == "2026-11-20  fix it\n"


def test_an_empty_record_shows_the_next_step() -> None:
    overview = samples.overview_of(Record())
    assert "No refresh is recorded. Run `pawtui refresh`." in plain_text(status_document(context(overview)))
    assert plain_text(history_document(overview)) == "No refresh is recorded. Run `pawtui refresh`.\n"
    assert plain_text(notes_document(context(overview))) == "No notes recorded.\n"
    assert plain_text(log_document(())) == "The log is empty.\n"
    welcome = plain_text(welcome_document(overview))
    assert "No refresh is recorded." in welcome
    assert "upstream    up/stream" in welcome
    assert "tracker" not in welcome
    builtin = plain_text(welcome_document(overview, is_builtin=True))
    assert "tracker     built-in; for other projects: pawtui init --small\n" in builtin


def test_reviewed_refreshes_of_many_signals_fit_80_columns() -> None:
    signals = tuple(msgspec.structs.replace(TRACKER.signals[0], id=f"signal-{number}") for number in range(9))
    tracker = msgspec.structs.replace(TRACKER, signals=signals)
    record = samples.changed(samples.week(), lambda context: close_review(context, "Wait."))
    text = plain_text(history_document(samples.overview_of(record, tracker)), 80)
    assert max(map(string_width, text.splitlines())) <= 80
    assert "closed:" in text


def test_refreshes_of_one_day_have_their_times() -> None:
    two = samples.refresh(at=samples.FRIDAY + dt.timedelta(minutes=5))
    shown = plain_text(history_document(samples.overview_of(Record(refreshes=(samples.refresh(), two))))).splitlines()
    assert [line.split("  ")[0] for line in shown] == ["time (UTC)", "2026-11-20 14:07", "2026-11-20 14:02"]


def test_a_range_that_does_not_begin_at_the_refresh_below_names_its_first_commit() -> None:
    for below, size in ((UP_1, "+229 commits, 562 files  HOLD"), ("f" * 40, f"562 files since {UP_1[:10]}  HOLD")):
        refreshes = (samples.refresh(at=samples.MONDAY, up=below), samples.refresh(range_=samples.moved()))
        upper, lower = plain_text(history_document(samples.overview_of(Record(refreshes=refreshes)))).splitlines()[1:]
        assert size in upper
        assert "  -  " in lower


def test_notes_are_listed_with_their_ids_and_full_text() -> None:
    record = samples.changed(
        samples.week(),
        lambda context: add_note(context, "calm", "One.\n\nTwo \x1b[2J.", pins=[PIN]),
    )
    (name,) = record.notes
    assert plain_text(notes_document(context(samples.overview_of(record))), 70, urls=True).splitlines() == [
        f"{name}  2026-11-20 14:03 UTC  mira  on signal:calm",
        "  One.",
        "",
        "  Two ␛[2J.",
        f"  @ src/run.ts  up/stream@{UP_1[:10]}  ? not checked",
        f"    https://github.com/up/stream/blob/{UP_1}/src/run.ts",
        "    pinned after the last refresh: refresh to check it",
    ]


def test_a_refresh_has_full_commits_causes_and_requests() -> None:
    text = page(samples.week(), "refresh:r1120")
    for words in (
        "Refresh of 2026-11-20 14:02 UTC\n",
        f"upstream    up/stream  v2\n            {UP_2}\n",
        f"{UP_1[:10]}..{UP_2[:10]}  229 commits and 562 changed files",
        "previous commit: an ancestor of the head",
        "= met      calm     was unmet  8 commits",
        "? unknown  default             GitHub did not answer within 10 s.",
        "requests    41 requests (4 not modified), 4,971 left this hour",
        "time        3.2 s, live, pawtui 0.1.0",
    ):
        assert words in text
    assert "Plan" not in text


def test_the_last_refresh_has_one_decision_unless_it_changed_since() -> None:
    assert page(samples.week(), "refresh:r1120").count("HOLD") == 1
    text = page(samples.blocked(samples.week()), "refresh:r1120")
    assert "decision    HOLD  when refreshed\n" in text
    assert "Decision  NO-GO  3 reasons\n" in text
    assert "decision    HOLD\n" in page(samples.blocked(samples.week()), "refresh:r1116")

    waiting = PlanStatus(state="waiting", since=samples.MONDAY, plan_by="ana")
    planned = Record(refreshes=(samples.refresh(plan=waiting),))
    assert "waiting for approval since 2026-11-16 (posted by ana)" in page(planned, "refresh:r1120")


def test_a_refresh_with_a_closed_review_has_the_decision_of_the_review() -> None:
    record = samples.blocked(samples.week())
    closed = samples.changed(record, lambda now: close_review(now, "Wait"))
    for now, decision in ((record, "hold"), (closed, "no-go")):
        document = subject_document("refresh:r1120", context(samples.overview_of(now)))
        assert document is not None
        assert text_of(document.subtitle)[0].text == decision


def test_a_rewritten_branch_differs_from_another_ref() -> None:
    rewritten = Record(refreshes=(samples.refresh(range_=samples.moved(ancestor=False)),))
    assert "previous commit: not an ancestor of the head: the branch was rewritten" in page(rewritten, "refresh:r1120")
    span = msgspec.structs.replace(samples.moved(ancestor=False), ref_before="dev")
    switched = Record(refreshes=(samples.refresh(range_=span),))
    assert "previous commit: on the earlier ref dev" in page(switched, "refresh:r1120")


def test_a_gate_shows_its_parts_pins_and_signature() -> None:
    record = samples.blocked(samples.week(), "Two\nlines", PIN)
    record = samples.changed(record, lambda context: tick_part(context, "plan", "sdk"))
    text = page(record, "gate:plan")
    for words in (
        "state       [!] blocked  evidence was not checked\n",
        "reason      Two\n            lines\n",
        "set by      mira, 2026-11-20 14:03\n",
        f"upstream    {UP_2}\n",
        "Parts  1 of 2\n[ ] App\n[x] The SDK  sdk\n",
        f"@ src/run.ts  up/stream@{UP_1[:10]}  ? not checked\n  pinned after the last refresh: refresh to check it",
    ):
        assert words in text
    assert "not set yet" in page(samples.week(), "gate:value")


def test_a_signal_that_left_the_tracker_is_still_shown_in_a_refresh() -> None:
    tracker = msgspec.structs.replace(TRACKER, signals=TRACKER.signals[1:])
    document = subject_document("refresh:r1120", context(samples.overview_of(samples.week(), tracker)))
    assert document is not None
    assert "= met      calm     was unmet  8 commits" in plain_text(document)


def test_an_unknown_subject_has_no_document() -> None:
    overview = samples.overview_of(samples.week())
    for subject in ("signal:x", "gate:x", "note:x", "refresh:x", ""):
        assert subject_document(subject, context(overview)) is None


def test_the_scope_has_both_lists_and_related_work() -> None:
    status_of = RelatedStatus(ref="up/stream#9", title="Names", state="open", url=f"{WEB}/up/stream/issues/9")
    overview = samples.overview_of(Record(refreshes=(samples.refresh(related=(status_of,)),)))
    text = plain_text(scope_document(context(overview)))
    assert "tracking issue: down/stream#77\n" in text
    assert "In scope\n+ Watch it\n\nOut of scope\n- No code migration\n" in text
    assert "up/stream#9  open  Names\n  Their own review\n" in text


def test_a_change_shows_both_states_and_an_undone_change_is_listed_once() -> None:
    record = samples.blocked(samples.blocked(samples.week()), "Something else")
    assert plain_text(change_document(fold_log(record.log)[-1])).splitlines() == [
        "set plan to blocked",
        "by  mira",
        "at  2026-11-20 14:04 UTC",
        "",
        "gate plan  changed",
        "field   before                after",
        "at      2026-11-20T14:03:00Z  2026-11-20T14:04:00Z",
        "reason  No one has started    Something else",
    ]
    record = samples.changed(record, undo)
    assert plain_text(log_document(record.log)).splitlines() == [
        "2026-11-20 14:04  mira  set plan to blocked (undone)",
        "2026-11-20 14:03  mira  set plan to blocked",
    ]
    assert "undone  2026-11-20 14:05 UTC, mira" in plain_text(change_document(fold_log(record.log)[-1]))


def test_a_changed_entry_of_any_table_has_a_name() -> None:
    edits = tuple(Edit(table=table, key="k", before=None, after={"state": "x"}) for table in KEYED_TABLES)
    change = samples.blocked(samples.week()).log[-1]
    text = plain_text(change_document(*fold_log([msgspec.structs.replace(change, edits=edits)])))
    names = ("verdict", "gate", "evaluation step", "note", "review", "plan")
    assert [line for line in text.splitlines() if line.endswith("  new")] == [f"{name} k  new" for name in names]


def test_each_error_of_a_refresh_is_shown_once() -> None:
    error = "There is no network. Check the connection."
    related = tuple(RelatedStatus(ref=f"up/stream#{number}", cause=error) for number in (1, 2))
    last = samples.refresh(errors=(error, "Some pins."), related=related)
    text = page(Record(refreshes=(last,)), f"refresh:{last.id}")
    assert f"Not available\n{error}\nSome pins.\n" in text
    assert "up/stream#2" in text.partition("Related work")[2]
    assert error not in text.partition("Related work")[2]


def test_a_gate_that_is_untested_again_has_its_reason() -> None:
    record = samples.blocked(samples.week())
    entry = msgspec.structs.replace(record.gates["plan"], state="satisfied", reason="It is done")
    text = page(msgspec.structs.replace(record, gates={"plan": entry}), "gate:plan")
    assert "state       [ ] untested  was satisfied; the tracker has a new part\n" in text
