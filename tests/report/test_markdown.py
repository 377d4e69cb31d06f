"""The summary says what the record says, in the maintainers' habit, and stays harmless whatever is in it."""

from __future__ import annotations

import datetime as dt
import re

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pawtui.probes.facts import SoakFacts
from pawtui.probes.finding import Evidence
from pawtui.refresh.model import Drift, PlanStatus, RelatedStatus
from pawtui.report.markdown import summary_markdown
from pawtui.report.markdown_evidence import NOTES_BUDGET
from pawtui.review import actions
from pawtui.review.model import Record
from pawtui.review.steps import agree
from pawtui.review.undo import undo
from pawtui.sources.sanitize import safe_line
from tests.report import samples
from tests.report.github import Page, without_gaps
from tests.report.samples import NOW, TRACKER, UP_1, UP_2, WEB
from tests.report.test_escape import hostile_text

FILE = f"up/stream@{UP_1}:src/run.ts"


def summary(record: Record) -> str:
    """The summary on the Friday."""
    return summary_markdown(samples.seen(record), web=WEB, now=NOW)


def test_the_source_range_has_full_shas_ancestor_words_and_counts() -> None:
    text = summary(samples.week())
    assert text.startswith("## Scope refresh on 2026-11-20\n\n**Recommendation: hold. ")
    assert f"ref `v2`: [`{UP_2}`](https://redirect.github.com/up/stream/commit/{UP_2})" in text
    assert f"[`{UP_1}`](https://redirect.github.com/up/stream/commit/{UP_1}) is still an ancestor" in text
    assert f"[`{UP_1[:10]}..{UP_2[:10]}`]({WEB}/up/stream/compare/{UP_1}...{UP_2})" in text
    assert "**229 commits and 562 changed files**" in text
    assert "Fetched 14:02 UTC by pawtui 0.1.0 (live, 3.2 s): 41 requests (4 not modified), 4,971 left" in text


def test_a_rewritten_branch_and_cut_counts_are_said() -> None:
    record = samples.week()
    cut = samples.refresh(at=samples.FRIDAY, range_=samples.moved(ancestor=False, files_at_least=True))
    text = summary(msgspec.structs.replace(record, refreshes=(record.refreshes[0], cut)))
    assert "is no longer an ancestor of the current head: the branch was rewritten" in text
    assert "**229 commits and at least 562 changed files**" in text
    assert "- On 2026-11-20 the upstream head" in text


def test_a_comparison_that_could_not_be_had_and_a_first_refresh_are_said() -> None:
    record = samples.week()
    bare = msgspec.structs.replace(
        record.refreshes[1], range=msgspec.structs.replace(record.refreshes[1].range, upstream=None)
    )
    assert "the comparison with the current head could not be had" in summary(
        msgspec.structs.replace(record, refreshes=(record.refreshes[0], bare))
    )
    first = summary(msgspec.structs.replace(record, refreshes=record.refreshes[:1]))
    assert "First refresh: there are no earlier heads" in first
    assert "This is the first refresh on record." in first


def test_nothing_measured_yet_says_what_to_do() -> None:
    text = summary(Record())
    assert text.startswith("## Scope refresh on 2026-11-20\n\n**Nothing has been measured yet: run `pawtui refresh`")
    assert "Out of scope: No code migration." in text


def test_signals_and_gates_are_tables_of_the_promised_columns() -> None:
    page = Page(summary(samples.blocked(samples.week(), "No one has started", "up/stream#9")))
    assert page.rows[0] == ["Signal", "State", "Measured", "Evidence"]
    assert page.rows[1] == ["It is calm", "met", "8 commits", "b2b2b2b2b2 fix: calm down"]
    assert page.rows[2][1:3] == ["unknown", "could not be measured (GitHub did not answer within 10 s.)"]
    assert page.rows[3] == ["Gate", "State", "Evidence"]
    assert page.rows[4][:2] == ["There is a plan", "blocked"]
    assert without_gaps(page.rows[4][2]) == "No one has started (mira, 2026-11-20); 0 of 2 parts; up/stream#9"
    assert page.rows[5] == ["There is value", "untested", "none yet"]


def test_an_overruled_signal_is_said_to_be_overruled() -> None:
    record = samples.did(
        samples.week(),
        lambda now, actor: actions.give_verdict(now, TRACKER, "default", "met", actor, reason="I ran it."),
    )
    assert "| **met**, overruled, measured unknown: I ran it. (`mira`, 2026-11-20) |" in summary(record)


def test_a_closed_review_gives_its_own_words_and_says_when_the_record_has_moved_on() -> None:
    record = samples.did(samples.week(), lambda now, actor: actions.close_review(now, "hold", "Wait for 2.2.", actor))
    assert "**Recommendation: hold. Wait for 2.2.**\n\nReview closed by `mira` at 2026-11-20 14:03 UTC." in summary(
        record
    )
    moved_on = summary(samples.blocked(record))
    assert "Since then the record came to say no-go: 1 of 2 signals met, 0 of 2 gates satisfied." in moved_on
    assert "### Why no-go\n\n- There is a plan is blocked: No one has started (0 of 2 parts)." in moved_on


def test_every_reason_is_listed_and_the_day_it_could_change() -> None:
    facts = SoakFacts(met_on=dt.date(2026, 12, 1))
    soon = samples.reading("default", "unmet", "3 of 28 days", kind="soak", facts=facts)
    record = Record(refreshes=(samples.refresh(samples.reading("calm", "met", "8 commits"), soon),))
    assert summary(record).split("\n\n")[1:5] == [
        "**Recommendation: hold. 1 of 2 signals met, 0 of 2 gates satisfied.**",
        "### Why hold",
        "- It is the default is unmet: 3 of 28 days.\n- There is a plan is untested: 0 of 2 parts.\n"
        "- There is value is untested.",
        "It could change on **2026-12-01** at the earliest.",
    ]
    closed = samples.did(record, lambda now, actor: actions.close_review(now, "hold", "Wait.", actor))
    assert "### Why hold\n\n- It is the default is unmet: 3 of 28 days.\n" in summary(closed)


def test_where_nothing_is_missing_one_sentence_says_so() -> None:
    text = summary(ready())
    assert "**Recommendation: go. Every signal is met, every gate is satisfied, and no evidence is stale.**" in text
    assert "### Why" not in text


def ready(*drift: Drift) -> Record:
    """All signals met, all gates satisfied, each on a pin of its own."""
    record = Record(
        refreshes=(
            samples.refresh(samples.reading("calm", "met", "8"), samples.reading("default", "met", "yes"), drift=drift),
        )
    )
    return satisfied(satisfied(record, "plan", FILE), "value", "up/stream#9")


def satisfied(record: Record, gate: str, *pins: str) -> Record:
    """The record with that gate satisfied, without a reason."""
    return samples.did(record, lambda now, actor: actions.set_gate(now, TRACKER, gate, "satisfied", actor, pins=pins))


def test_a_state_without_a_reason_says_by_whom_and_not_the_state_again() -> None:
    assert "| There is value | **satisfied** | by `mira`, 2026-11-20; " in summary(ready())


def test_evidence_that_a_failure_kept_from_being_checked_is_not_called_stale() -> None:
    drift = Drift(pin=FILE, state="unchecked", summary="could not be checked: see what failed", failed=True)
    text = summary(ready(drift))
    assert "### Stale evidence" not in text
    link = f"[`up/stream@{UP_1[:10]}:src/run.ts`]({WEB}/up/stream/blob/{UP_1}/src/run.ts)"
    assert (
        f"### Evidence that was not checked\n\n- {link}: could not be checked: see what failed\n"
        "- 1 pin: taken since the last refresh\n"
    ) in text
    assert "| **satisfied, on evidence that could not be checked**: does not count |" in text
    assert f"{link} (**could not be checked**)" in text


def test_what_changed_names_readings_with_the_reason_and_acts() -> None:
    text = summary(samples.blocked(samples.week()))
    assert "- It is calm went from unmet to met: upstream changed what it looks at (8 commits)" in text
    assert "- It is the default went from not measured to unknown: it is measured in only one of them" in text
    assert "- 2026-11-20 `mira` set plan to blocked" in text


def test_stale_evidence_is_said_with_the_commit_and_a_comparison() -> None:
    pin = f"up/stream@{UP_1}:src/run.ts#L3-L9"
    record = samples.blocked(samples.week(), "No", pin)
    drift = Drift(
        pin=pin, state="changed", summary="changed by b2b2b2b2b2 fix", by=UP_2, url=f"{WEB}/up/stream/compare/a...b"
    )
    last = msgspec.structs.replace(record.refreshes[-1], drift=(drift,))
    text = summary(msgspec.structs.replace(record, refreshes=(record.refreshes[0], last)))
    link = f"[`up/stream@{UP_1[:10]}:src/run.ts#L3-L9`]({WEB}/up/stream/blob/{UP_1}/src/run.ts#L3-L9)"
    assert f"- {link} **changed** by `b2b2b2b2b2` fix ([`the difference`]({WEB}/up/stream/compare/a...b))" in text
    assert f"{link} (**changed** since)" in text


def test_what_was_not_looked_at_and_errors_are_said() -> None:
    cut = samples.reading("calm", "partial", "9 commits", gaps=("src/old: no such path",))
    record = Record(refreshes=(samples.refresh(cut, errors=("GitHub said no.",)),))
    text = summary(record)
    assert "### What was not looked at\n\n- `GitHub said no.`\n- `calm`: `src/old:` no such path\n" in text


def test_notes_are_quoted_with_permalinks() -> None:
    pin = f"up/stream@{UP_1}:src/run.ts#L3"
    record = samples.did(
        samples.week(),
        lambda now, actor: actions.add_note(now, TRACKER, "calm", "Seen **twice**.\nBy @mira.", actor, pins=[pin]),
    )
    text = summary(record)
    assert (
        "### Notes\n\nOn It is calm, 2026-11-20, `mira`:\n\n> Seen **twice**.\n> By @\u200bmira.\n\n- [`up/stream@"
        in text
    )
    assert f"]({WEB}/up/stream/blob/{UP_1}/src/run.ts#L3)" in text


def test_older_notes_are_counted_unless_something_rests_on_them() -> None:
    def noted(record: Record, subject: str, text: str, *pins: str, days: int = 0) -> Record:
        at = samples.FRIDAY - dt.timedelta(days=days)
        return samples.did(
            record, lambda now, actor: actions.add_note(now, TRACKER, subject, text, actor, pins=pins), at=at
        )

    record = samples.week()
    record = noted(record, "value", "Rests on this.", "up/stream#9", days=30)
    record = noted(record, "plan", "An old worry.", days=30)
    record = noted(record, "default", "An older look.", FILE, days=31)
    record = noted(record, "default", "The look it was judged on.", "up/stream#12", days=30)
    record = noted(record, "calm", "Long past.", days=30)
    record = satisfied(record, "value")
    record = samples.did(
        record, lambda now, actor: actions.give_verdict(now, TRACKER, "default", "met", actor, reason="I ran it.")
    )
    record = noted(record, "review", "Of this week.")
    text = summary(record)
    shown = [line for line in text.splitlines() if line.startswith("> ")]
    assert shown == ["> Of this week.", "> The look it was judged on.", "> Rests on this."]
    assert "3 older notes are on record (`pawtui notes` lists them)." in text


def test_a_review_begins_where_the_one_before_was_closed() -> None:
    def noted(record: Record, text: str, at: dt.datetime) -> Record:
        return samples.did(record, lambda now, actor: actions.add_note(now, TRACKER, "review", text, actor), at=at)

    first = Record(refreshes=samples.week().refreshes[:1])
    first = noted(first, "Before it was closed.", samples.MONDAY)
    first = samples.did(first, lambda now, actor: actions.close_review(now, "hold", "Wait.", actor), at=samples.MONDAY)
    record = msgspec.structs.replace(first, refreshes=samples.week().refreshes)
    text = summary(noted(record, "After.", samples.MONDAY + dt.timedelta(days=1)))
    assert "> After." in text
    assert "Before it was closed." not in text
    assert "1 older note is on record" in text


def test_agreements_are_counted_and_what_was_taken_back_is_not() -> None:
    def agreed(record: Record, subject: str, by: str = "mira") -> Record:
        return samples.did(record, lambda now, actor: agree(now, TRACKER, subject, actor), by=by)

    record = samples.week()
    for subject in ("calm", "default", "value", "value", "plan"):
        record = agreed(record, subject)
    record = samples.did(record, undo)
    record = agreed(record, "calm", "ann")
    text = summary(record)
    assert "- `mira` agreed with 3 of 4 signals and gates\n- `ann` agreed with 1 of 4 signals and gates\n" in text
    assert "agreed with calm" not in text
    assert "undid" not in text


def test_an_agreement_that_ended_a_verdict_is_listed() -> None:
    record = samples.did(
        samples.week(), lambda now, actor: actions.give_verdict(now, TRACKER, "calm", "partial", actor, reason="Busy.")
    )
    busier = samples.refresh(samples.reading("calm", "unmet", "99 commits"), at=samples.FRIDAY)
    record = msgspec.structs.replace(record, refreshes=(record.refreshes[0], busier))
    record = samples.did(record, lambda now, actor: agree(now, TRACKER, "calm", actor))
    assert "- 2026-11-20 `mira` agreed with calm: unmet\n" in summary(record)


def test_notes_that_would_not_fit_in_a_comment_are_counted_instead() -> None:
    record = samples.week()
    for _ in range(4):
        record = samples.did(record, lambda now, actor: actions.add_note(now, TRACKER, "review", "word " * 2500, actor))
    text = summary(record)
    assert "2 earlier notes on record, not shown here for length." in text
    assert len(text) < NOTES_BUDGET + 10_000


def test_the_plan_follows_the_recommendation_and_related_work_scope_and_the_next_look_close_it() -> None:
    plan = PlanStatus(
        state="waiting", url=f"{WEB}/down/stream/issues/77#issuecomment-1", since=samples.MONDAY, plan_by="ann"
    )
    context = RelatedStatus(ref="up/stream#9", title="Names", state="open")
    text = summary(Record(refreshes=(samples.refresh(related=(context,), plan=plan),)))
    assert "Next re-check: **2026-11-27**" in text
    posted = "[`posted`](https://redirect.github.com/down/stream/issues/77#issuecomment-1)"
    waiting = f"Plan: {posted} by `ann`, waiting for approval since 2026-11-16. Implementation waits for it."
    assert text.split("\n\n")[1].startswith("**Recommendation: hold.")
    assert text.split("\n\n")[2] == waiting
    assert "- [`up/stream#9`](https://redirect.github.com/up/stream/issues/9) (open) `Names`: Their own review" in text
    assert text.endswith("In scope: Watch it.\n\nOut of scope: No code migration.\n")


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (
            PlanStatus(state="none"),
            "Plan: none posted on the tracking issue yet. Implementation waits for a plan and its approval.",
        ),
        (PlanStatus(state="unknown", cause="not allowed"), "Plan: could not be looked at: not allowed"),
        (
            PlanStatus(
                state="approved", url=f"{WEB}/a", plan_by="ann", by="bo", at=samples.MONDAY, approval_url=f"{WEB}/b"
            ),
            f"Plan: [`posted`]({WEB}/a) by `ann`, [`approved`]({WEB}/b) by `bo` on 2026-11-16.",
        ),
    ],
)
def test_the_plan_is_said(plan: PlanStatus, expected: str) -> None:
    text = summary(Record(refreshes=(samples.refresh(plan=plan),)))
    assert expected in text
    assert "Plan:" not in summary(Record(refreshes=(samples.refresh(),)))


def test_on_another_forge_links_go_there_directly() -> None:
    record = Record(refreshes=(samples.refresh(samples.reading("calm", "met", "8 commits")),))
    text = summary_markdown(samples.seen(record), web="https://git.example.org", now=NOW)
    assert f"(https://git.example.org/up/stream/commit/{UP_2})" in text
    assert "redirect.github.com" not in text


@settings(max_examples=60, deadline=None)
@given(st.lists(hostile_text(), min_size=6, max_size=6))
def test_hostile_upstream_text_pings_nobody_links_nothing_and_breaks_no_table(texts: list[str]) -> None:
    one, two, three, four, five, six = (safe_line(text) for text in texts)
    evidence = Evidence(text=one, url=f"{WEB}/up/stream/blob/{UP_2}/x")
    pin = f"up/stream@{UP_1}:src/run.ts"
    record = Record(
        refreshes=(
            samples.refresh(samples.reading("calm", "met", two), at=samples.MONDAY, up=UP_1),
            samples.refresh(
                samples.reading("calm", "unknown", three, evidence, cause=four, gaps=(five,)),
                errors=(six,) if six else (),
                drift=(Drift(pin=pin, state="gone", summary=two, url=f"{WEB}/up/stream/compare/a...b"),),
                related=(RelatedStatus(ref="up/stream#9", title=one, state="open"),),
            ),
        )
    )
    record = samples.blocked(record, four or "no", pin)
    record = samples.did(
        record, lambda now, actor: actions.add_note(now, TRACKER, "calm", texts[0].strip() or "-", actor, pins=[pin])
    )
    record = samples.did(
        record, lambda now, actor: actions.close_review(now, "no-go", texts[1].strip() or "-", actor), by=one
    )
    page = Page(summary(record))
    assert page.acted_on == []
    assert not {"img", "script", "details", "b", "!--", "!", "?"} & set(page.tags)
    tables = [row for row in page.rows if row and row[0] in ("Signal", "It is calm", "It is the default")]
    assert [len(row) for row in tables] == [4, 4, 4]
    assert page.html.rstrip().endswith("<p>Out of scope: No code migration.</p>")
    written = re.compile(r"https://(a\.b|t\.co|evil\.test)")
    assert all(href.startswith((WEB, "https://redirect.github.com/")) or written.match(href) for href in page.hrefs)
