"""The content of each document, as plain text."""

import datetime as dt

import msgspec
import pytest

from pawtui.probes.probe_facts import PathsFacts, SoakFacts, TextFacts
from pawtui.probes.reading import Evidence
from pawtui.refresh.refresh_types import SEE_ERRORS, Drift, PlanStatus, RelatedStatus
from pawtui.report.document_lines import UNLIMITED, plain_text
from pawtui.report.documents.gate_document import evaluation_steps_document
from pawtui.report.documents.record_documents import change_document, history_document, log_document, notes_document
from pawtui.report.documents.scope_document import scope_document
from pawtui.report.documents.signal_document import probe_document
from pawtui.report.documents.status_document import status_document
from pawtui.report.documents.subject_document import subject_document
from pawtui.report.documents.welcome_document import welcome_document
from pawtui.report.line_wrapping import string_width
from pawtui.review.gate_actions import tick_part
from pawtui.review.note_actions import add_note
from pawtui.review.record_types import Record
from pawtui.review.step_actions import set_step
from pawtui.review.undo import fold_log, undo
from pawtui.review.verdict_actions import give_verdict
from pawtui.tracker.tracker_types import EvaluationStep, Verification
from tests.report import samples
from tests.report.samples import PIN, TRACKER, UP_1, UP_2, WEB, context


def status(record: Record, width: int = UNLIMITED) -> str:
    """Return the status as text."""
    return plain_text(status_document(samples.overview_of(record), context()), width)


def page(record: Record, subject: str, max_evidence: int = 60) -> str:
    """Return the page of a subject as text."""
    document = subject_document(samples.overview_of(record), subject, context(max_evidence))
    assert document is not None
    return plain_text(document)


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
        f"2026-11-20 14:02  v2 {UP_2[:10]}  dev d4d4d4d4d4  +229 commits, 562 files  HOLD  = ?",
        'Why no-go\n- Blocked: "There is a plan": No one has started; 0 of 2 parts\n- Untested: "There is value"\n',
    ):
        assert words in text


def test_a_verdict_that_needs_renewal_and_stale_evidence_are_shown() -> None:
    record = samples.changed(
        samples.with_problem_pin(),
        lambda now, actor: give_verdict(now, TRACKER, "calm", "partial", actor, reason="Still busy."),
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


def test_a_valid_verdict_shows_what_it_overrides_and_when_it_expires() -> None:
    assert ", does not expire\n" in page(samples.overridden(), "signal:default")
    assert 'Overrides "unknown" at ' in page(samples.overridden(), "signal:default")


def test_unchecked_evidence_is_shown() -> None:
    text = status(samples.with_problem_pin(failed=True))
    assert text.count(f"pin not checked: up/stream@{UP_1[:10]}:src/run.ts") == 2
    assert "1 unchecked (1 could not be checked)" in text
    assert "[?] unchecked  does not count as satisfied" in page(samples.with_problem_pin(failed=True), "gate:value")
    assert "? not checked" in page(samples.with_problem_pin(failed=True), "gate:value")


def test_stale_evidence_of_a_gate_that_is_not_satisfied_is_named() -> None:
    stale = samples.refresh(drift=(Drift(pin=PIN, state="gone"),))
    record = msgspec.structs.replace(samples.blocked(samples.week(), "Parts are lost", PIN), refreshes=(stale,))
    assert "[!] blocked  evidence is stale: gone\n" in page(record, "gate:plan")


def test_stale_evidence_of_an_evaluation_step_is_named() -> None:
    step = EvaluationStep(id="replay", title="Replay sessions", verify=Verification(tools="each"))
    tracker = msgspec.structs.replace(TRACKER, steps=(step,))
    record = samples.changed(
        samples.week(), lambda now, actor: set_step(now, tracker, "replay", "done", actor, pins=[PIN])
    )
    stale = samples.refresh(drift=(Drift(pin=PIN, state="gone"),))
    overview = samples.overview_of(msgspec.structs.replace(record, refreshes=(stale,)), tracker)
    text = plain_text(evaluation_steps_document(overview, context()))
    assert "done, evidence is stale: gone  Replay sessions  replay\n" in text


def test_the_status_fits_the_terminal_and_cuts_no_reason() -> None:
    record = samples.blocked(samples.week(), "because " * 30)
    text = status(record, 60)
    assert max(string_width(line) for line in text.splitlines()) <= 60
    gate = text.partition("Gates\n")[2].partition("History")[0]
    assert gate.count("because") == 30
    assert ("because " * 30).strip() in status(record)


def test_the_status_counts_omitted_entries() -> None:
    record = samples.week()
    many = msgspec.structs.replace(record, refreshes=(record.refreshes[0],) * 99 + record.refreshes[-1:])
    assert "95 earlier refreshes: `pawtui history`" in status(many)
    for _ in range(7):
        record = samples.changed(record, lambda now, actor: add_note(now, TRACKER, "review", "x", actor))
    assert "2 older notes: `pawtui notes`" in status(record)


def test_an_empty_record_shows_the_next_step() -> None:
    overview = samples.overview_of(Record())
    assert "No refresh is recorded. Run `pawtui refresh`." in status(Record())
    assert plain_text(history_document(overview)) == "No refresh is recorded. Run `pawtui refresh`.\n"
    assert plain_text(notes_document(overview, context())) == "No notes recorded.\n"
    assert plain_text(log_document(())) == "The log is empty.\n"
    welcome = plain_text(welcome_document(overview))
    assert "No refresh is recorded." in welcome
    assert "upstream    up/stream" in welcome
    assert "tracker" not in welcome
    builtin = plain_text(welcome_document(overview, is_builtin=True))
    assert "tracker     built-in; for other projects: pawtui init --small\n" in builtin


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
        lambda now, actor: add_note(now, TRACKER, "calm", "One.\n\nTwo \x1b[2J.", actor, pins=[PIN]),
    )
    (name,) = record.notes
    assert plain_text(notes_document(samples.overview_of(record), context())).splitlines() == [
        f"{name}  2026-11-20 14:03 UTC  mira  on signal:calm",
        "  One.",
        "",
        "  Two ␛[2J.",
        f"  @ {PIN}  ? unchecked",
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


def test_a_rewritten_branch_differs_from_another_ref() -> None:
    rewritten = Record(refreshes=(samples.refresh(range_=samples.moved(ancestor=False)),))
    assert "previous commit: not an ancestor of the head: the branch was rewritten" in page(rewritten, "refresh:r1120")
    span = msgspec.structs.replace(samples.moved(ancestor=False), ref_before="dev")
    switched = Record(refreshes=(samples.refresh(range_=span),))
    assert "previous commit: on the earlier ref dev" in page(switched, "refresh:r1120")


def test_a_gate_shows_its_parts_pins_and_signature() -> None:
    record = samples.blocked(samples.week(), "Two\nlines", PIN)
    record = samples.changed(record, lambda now, actor: tick_part(now, TRACKER, "plan", "sdk", actor))
    text = page(record, "gate:plan")
    for words in (
        "state       [!] blocked  evidence was not checked\n",
        "reason      Two\n            lines\n",
        "set by      mira, 2026-11-20 14:04\n",
        f"upstream    {UP_2}\n",
        "Parts  1 of 2\n[ ] App\n[x] The SDK  sdk\n",
        f"@ src/run.ts  up/stream@{UP_1[:10]}  ? not checked\n  pinned after the last refresh: refresh to check it",
    ):
        assert words in text
    assert "not set yet" in page(samples.week(), "gate:value")


def test_a_signal_shows_rule_evidence_and_states_over_time() -> None:
    text = page(samples.week(), "signal:calm")
    for words in (
        "measured  = met  8 commits\n",
        "verdict   none\n",
        "Probes  1 probe\n= met  paths\n  rule  r\n",
        "History  one mark per refresh, newest last\nx=\n",
        "2026-11-20  = met    8 commits\n2026-11-16  x unmet  74 commits\n",
    ):
        assert words in text
    many = samples.reading("calm", "met", "8 commits", *(Evidence(text=f"src/{n}.ts  exists") for n in range(5)))
    short = page(Record(refreshes=(samples.refresh(many),)), "signal:calm", max_evidence=3)
    assert "src/2.ts exists\n  2 more\n" in short
    assert "src/3.ts" not in short


def test_a_probe_without_facts_has_its_cause_once() -> None:
    (probe,) = samples.reading("calm", "unknown", "path missing", cause="no file", gaps=("no file", "a cut")).probes
    text = plain_text(probe_document("calm.1", probe, "", context()))
    assert (
        text
        == "calm.1  ? unknown  paths  path missing\n  rule         r\n  cause        no file\n  not covered  a cut\n"
    )


def test_the_facts_have_every_space_of_a_pattern() -> None:
    facts = TextFacts(pattern=" if  x ", text="if  x")
    (probe,) = samples.reading("calm", "met", "found", facts=facts).probes
    text = plain_text(probe_document("calm.1", probe, "", context()))
    assert r"pattern  \x20if \x20x\x20" in text
    assert "text     if x" in text


def test_evidence_has_its_whole_date() -> None:
    # Without its year, a release of years ago would seem to be new.
    old = Evidence(text="v2.0  first stable tag of the line", at=dt.datetime(2023, 6, 30, tzinfo=dt.UTC))
    record = Record(refreshes=(samples.refresh(samples.reading("calm", "met", "v2.9 is out", old)),))
    assert "2023-06-30  v2.0 first stable tag" in page(record, "signal:calm")


def test_a_signal_shows_the_remarks_on_the_refs_it_was_measured_on() -> None:
    last = samples.refresh(
        samples.reading("calm", "met", "0 commits", facts=PathsFacts(head=UP_2)),
        samples.reading("default", "met", "is there", facts=PathsFacts(head=samples.DOWN_1)),
    )
    inactive = msgspec.structs.replace(last.upstream, remark="v2 has had no commit for 40 days")
    record = Record(refreshes=(msgspec.structs.replace(last, upstream=inactive),))
    assert "measured  = met  0 commits\n          v2 has had no commit for 40 days\n" in page(record, "signal:calm")
    assert "no commit" not in page(record, "signal:default")


def test_a_soak_window_shows_each_condition() -> None:
    facts = SoakFacts(
        mode="both",
        days=28,
        releases=7,
        minors=1,
        anchor="v2.0.0",
        anchor_at=samples.MONDAY,
        age_days=32,
        age_on=dt.date(2026, 11, 16),
        quiet_days=14,
        quiet_on=dt.date(2026, 12, 4),
        releases_closed=True,
        met_on=dt.date(2026, 12, 4),
    )
    record = Record(refreshes=(samples.refresh(samples.reading("calm", "partial", "x", facts=facts)),))
    text = page(record, "signal:calm")
    for words in (
        "Soak window  since v2.0.0 (2026-11-16); needs days and releases\n",
        "███████░░░░░░░  14 of 28 days; enough on 2026-12-04",
        "32 of 28 days; enough since 2026-11-16",
        "7 releases, 1 new minor: enough",
        "2026-12-04, if nothing breaks before",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("quiet_days", "expected"),
    [
        (14, "at most 14 of 28 days; enough on 2026-12-04 at the earliest\n"),
        (30, "at most 30 of 28 days; may be enough\n"),
    ],
)
def test_quiet_days_that_may_be_fewer_are_not_enough_for_certain(quiet_days: int, expected: str) -> None:
    facts = SoakFacts(
        mode="both",
        days=28,
        anchor="v2.0.0",
        anchor_at=samples.MONDAY,
        quiet_days=quiet_days,
        quiet_on=dt.date(2026, 12, 4),
        quiet_at_most=True,
    )
    record = Record(refreshes=(samples.refresh(samples.reading("calm", "unknown", "x", facts=facts)),))
    assert expected in page(record, "signal:calm")


def test_a_signal_of_parts_names_the_probe_that_decides() -> None:
    tracker = msgspec.structs.replace(
        TRACKER, signals=(msgspec.structs.replace(TRACKER.signals[0], combine="parts"), TRACKER.signals[1])
    )
    met, unmet = samples.reading("calm", "met", "3 releases"), samples.reading("calm", "unmet", "20 commits")
    mixed = msgspec.structs.replace(met, state="partial", probes=(*met.probes, *unmet.probes))
    overview = samples.overview_of(Record(refreshes=(samples.refresh(mixed),)), tracker)
    for subject in ("signal:calm", "refresh:r1120"):
        document = subject_document(overview, subject, context())
        assert document is not None
        assert "1 of 2 probes met; 20 commits" in plain_text(document)


def test_a_signal_that_left_the_tracker_is_still_shown_in_a_refresh() -> None:
    tracker = msgspec.structs.replace(TRACKER, signals=TRACKER.signals[1:])
    document = subject_document(samples.overview_of(samples.week(), tracker), "refresh:r1120", context())
    assert document is not None
    assert "= met      calm     was unmet  8 commits" in plain_text(document)


def test_an_unknown_subject_has_no_document() -> None:
    overview = samples.overview_of(samples.week())
    for subject in ("signal:x", "gate:x", "note:x", "refresh:x", ""):
        assert subject_document(overview, subject, context()) is None


def test_the_scope_has_both_lists_and_related_work() -> None:
    status_of = RelatedStatus(ref="up/stream#9", title="Names", state="open", url=f"{WEB}/up/stream/issues/9")
    overview = samples.overview_of(Record(refreshes=(samples.refresh(related=(status_of,)),)))
    text = plain_text(scope_document(overview, context()))
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
        "gates plan  changed",
        "field   before                after",
        "reason  No one has started    Something else",
        "at      2026-11-20T14:03:00Z  2026-11-20T14:04:00Z",
    ]
    record = samples.changed(record, undo)
    assert plain_text(log_document(record.log)).splitlines() == [
        "2026-11-20 14:04  mira  set plan to blocked (undone)",
        "2026-11-20 14:03  mira  set plan to blocked",
    ]
    assert "undone  2026-11-20 14:05 UTC, mira" in plain_text(change_document(fold_log(record.log)[-1]))


def test_each_error_of_a_refresh_is_shown_once_with_the_missing_facts() -> None:
    error = "There is no network. Check the connection."
    calm = samples.reading("calm", "unknown", "could not be measured", gaps=(error,))
    other = samples.reading("default", "met", "v2 is out")
    related = tuple(RelatedStatus(ref=f"up/stream#{number}", cause=error) for number in (1, 2))
    last = samples.refresh(
        calm, other, errors=(error, "Some pins."), related=related, plan=PlanStatus(state="none", cause=error)
    )
    text = page(Record(refreshes=(last,)), f"refresh:{last.id}")
    assert f"Not available\n{error} Missing: the plan, 2 related issues, calm.\nSome pins.\n" in text
    # With one error, the pins that refer to the errors are missing because of it.
    failed = Drift(pin="up/stream#3", state="unchecked", summary=f"could not be checked: {SEE_ERRORS}", failed=True)
    single = msgspec.structs.replace(last, errors=(error,), drift=(failed,))
    shown = page(Record(refreshes=(single,)), f"refresh:{last.id}")
    assert f"{error} Missing: the plan, 2 related issues, calm, 1 pin.\n" in shown
    # With two errors, it is not known which one is the cause.
    both = msgspec.structs.replace(last, drift=(failed,))
    assert "calm.\nSome pins.\n" in page(Record(refreshes=(both,)), f"refresh:{last.id}")
    assert "up/stream#2" in text.partition("Related work")[2]
    assert error not in text.partition("Related work")[2]


def test_a_gate_that_is_untested_again_has_its_reason() -> None:
    record = samples.blocked(samples.week())
    entry = msgspec.structs.replace(record.gates["plan"], state="satisfied", reason="It is done")
    text = page(msgspec.structs.replace(record, gates={"plan": entry}), "gate:plan")
    assert "state       [ ] untested  was satisfied; the tracker has a new part\n" in text
