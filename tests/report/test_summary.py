"""The summary for the tracking issue: its visible and folded parts, and no active text."""

import datetime as dt
import re

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pawtui.probes.probe_facts import ReleaseFacts, SoakFacts, TagFacts
from pawtui.probes.reading import Evidence
from pawtui.refresh.refresh_types import Drift, PlanStatus, Range, Ranges, RelatedStatus
from pawtui.report.document import Field
from pawtui.report.document_lines import plain_text
from pawtui.report.documents.status_document import status_document
from pawtui.report.documents.summary_document import summary_document
from pawtui.report.status_json import status_json
from pawtui.review.actions import close_review
from pawtui.review.gate_actions import add_pin, set_gate
from pawtui.review.record_types import EvaluationStepEntry, Record
from pawtui.review.verdict_actions import give_verdict
from pawtui.sources.sanitize import safe_line
from tests.report import samples
from tests.report.rendered_comment import Page, without_gaps
from tests.report.samples import DOWN_1, NOW, PIN, TRACKER, UP_1, UP_2, WEB, noted, satisfied, summary
from tests.report.test_escape import hostile_text

FILE_LINK = f"[`src/run.ts`]({WEB}/up/stream/blob/{UP_1}/src/run.ts) `up/stream@{UP_1[:10]}`"


def visible(text: str) -> list[str]:
    """Return the visible lines; of a folded section only its title."""
    lines: list[str] = []
    folded = False
    for line in text.splitlines():
        if line == "</details>":
            folded = False
        elif not folded:
            lines.append(line)
            folded = line.startswith("<details>")
    return lines


def ready(*drift: Drift) -> Record:
    """Return a record with all signals met and all gates satisfied, each with one pin."""
    readings = (samples.reading("calm", "met", "8"), samples.reading("default", "met", "yes"))
    record = Record(refreshes=(samples.refresh(*readings, drift=drift),))
    return satisfied(satisfied(record, "plan", PIN), "value", "up/stream#9")


def test_it_begins_with_project_date_decision_and_recommendation() -> None:
    record = samples.blocked(samples.changed(samples.week(), lambda context: close_review(context, "Wait for 2.2.")))
    assert summary(record).splitlines()[:8] == [
        "## Scope refresh on 2026-11-20: Fork follows upstream",
        "",
        "- **Decision:** **NO-GO**: 1 of 2 signals met, 0 of 2 gates satisfied",
        "- **Recommendation:** Wait for 2.2. (`mira`, 2026-11-20, given at decision **HOLD**)",
        "- **Next review:** 2026-11-27; tracking issue "
        "[`down/stream#77`](https://redirect.github.com/down/stream/issues/77)",
        "",
        "### Missing for GO",
        "- **Blocked:** plan (No one has started; 0 of 2 parts)",
    ]
    assert "- **Recommendation:** none yet (review open)\n" in summary(samples.week())


def test_missing_items_are_grouped_by_label() -> None:
    facts = SoakFacts(met_on=dt.date(2026, 12, 1))
    soon = samples.reading("default", "unmet", "3 of 28 days", facts=facts)
    record = Record(refreshes=(samples.refresh(samples.reading("calm", "met", "8 commits"), soon),))
    assert (
        "### Missing for GO\n"
        "- **Not met:** default (unmet)\n"
        "- **Untested:** plan, value\n"
        "- **No GO before:** 2026-12-01, if nothing else happens\n"
    ) in summary(record)
    stale = ready(Drift(pin=PIN, state="changed"))
    assert "### Missing for GO\n- **Stale evidence:** plan (changed)\n" in summary(stale)
    done = "### Missing for GO\nEvery signal is met, every gate is satisfied, no evidence is stale.\n"
    assert done in summary(ready(Drift(pin=PIN, state="fresh")))


def test_decisions_that_the_tracker_does_not_define_are_named() -> None:
    record = samples.noted(samples.overridden(), "value", "Seen.")
    untested = samples.changed(record, lambda context: add_pin(context, "value", PIN))
    without_value = msgspec.structs.replace(TRACKER, gates=TRACKER.gates[:1])
    assert samples.overview_of(untested, without_value).undefined_subjects == (), "an untested gate has no decision"
    renamed = msgspec.structs.replace(
        TRACKER,
        signals=tuple(signal for signal in TRACKER.signals if signal.id != "default"),
        gates=tuple(
            msgspec.structs.replace(gate, id="scheme") if gate.id == "plan" else gate for gate in TRACKER.gates
        ),
    )
    remark = "Decided, but not in the tracker: signal:default, gate:plan. Restore the id, or decide again."
    texts = [
        plain_text(status_document(samples.context(samples.overview_of(record, tracker))))
        for tracker in (renamed, TRACKER)
    ]
    assert [remark in text for text in texts] == [True, False]


def test_a_gate_or_step_without_a_decision_may_leave_the_tracker() -> None:
    record = samples.changed(samples.week(), lambda context: set_gate(context, "plan", "untested"))
    planned = EvaluationStepEntry(id="try", state="planned", reason="", by="ann", at=NOW)
    running = msgspec.structs.replace(planned, state="running")
    tracker = msgspec.structs.replace(TRACKER, gates=())
    undefined = [
        samples.overview_of(msgspec.structs.replace(record, steps={"try": step}), tracker).undefined_subjects
        for step in (planned, running)
    ]
    assert undefined == [(), ("step:try",)]


def test_json_and_plain_text_have_the_same_missing_items() -> None:
    overview = samples.overview_of(samples.blocked(samples.week()))
    reasons = status_json(overview)["decision"]["reasons"]
    text = plain_text(status_document(samples.context(overview)))
    assert len(reasons) == 3
    assert all(f"- {reason}\n" in text for reason in reasons)
    markdown = samples.summary_of(overview, web=WEB, now=NOW)
    for reason in overview.reasons:
        label = "Not met" if reason.subject.startswith("signal:") else reason.label
        (line,) = (line for line in markdown.splitlines() if line.startswith(f"- **{label}:**"))
        assert reason.subject.partition(":")[2] in line


def test_repositories_are_a_table_and_their_details_are_folded() -> None:
    text = summary(samples.week())
    page = Page(text)
    assert page.rows[0] == ["Repository", "Ref", "Commit", "Since 2026-11-16"]
    assert page.rows[1] == [
        "up/stream",
        "v2",
        f"{UP_2[:10]} of 2026-11-15",
        f"{UP_1[:10]}..{UP_2[:10]}: 229 commits and 562 changed files",
    ]
    assert page.rows[2][3] == "no new commits"
    shown = "\n".join(visible(text))
    assert f"[`{UP_2[:10]}`](https://redirect.github.com/up/stream/commit/{UP_2})" in shown
    full = f"[`{UP_2}`](https://redirect.github.com/up/stream/commit/{UP_2})"
    assert full not in shown
    assert f"- **upstream:** `up/stream` **v2**\n  - {full}\n  - committed 2026-11-15 12:00 UTC\n" in text
    assert "  - previous commit: an ancestor of the head\n" in text
    assert "- **requests:** 41 requests (4 not modified), 4,971 left this hour\n- **time:** 3.2 s, " in text


def test_each_repository_has_its_own_range_of_commits() -> None:
    before, last = samples.week().refreshes
    head = "e5" * 20
    down = Range(from_=DOWN_1, to=head, ancestor=True, commits=7, files=3)
    downstream = msgspec.structs.replace(last.downstream, sha=head)
    ranges = Ranges(upstream=last.range.upstream, downstream=down)
    text = summary(Record(refreshes=(before, msgspec.structs.replace(last, downstream=downstream, range=ranges))))
    first, second = text.split("- **downstream:**")
    assert re.search(rf"  - .*{UP_1}\.\.\.{UP_2}\) 229 commits and 562 changed files\n", first)
    assert re.search(rf"  - .*{DOWN_1}\.\.\.{head}\) 7 commits and 3 changed files\n", second)


def test_a_rewritten_branch_and_a_first_refresh_are_reported() -> None:
    record = samples.week()
    cut = samples.refresh(at=samples.FRIDAY, range_=samples.moved(ancestor=False, at_least=True))
    text = summary(msgspec.structs.replace(record, refreshes=(record.refreshes[0], cut)))
    assert "229 commits and at least 562 changed files since the common ancestor, branch rewritten |" in text
    assert "- **Warning:** 2026-11-20: the previous upstream commit `a1a1a1a1a1` is not an ancestor" in text
    first = summary(msgspec.structs.replace(record, refreshes=record.refreshes[:1]))
    assert "previous commit" not in first
    assert "### Changes since" not in first
    assert first.count(" | first refresh |") == 2


def test_after_a_failed_comparison_the_compared_commit_is_shown() -> None:
    record = samples.week()
    failed = msgspec.structs.replace(
        record.refreshes[0], upstream=msgspec.structs.replace(record.refreshes[0].upstream, sha="f" * 40)
    )
    text = summary(msgspec.structs.replace(record, refreshes=(failed, record.refreshes[1])))
    assert re.search(rf"  - .*{UP_1}\.\.\.{UP_2}\) 229 commits and 562 changed files\n", text)


def test_an_empty_record_shows_the_next_step() -> None:
    text = summary(Record())
    title = "## Scope refresh on 2026-11-20: Fork follows upstream"
    assert text.startswith(f"{title}\n\nNo refresh is recorded. Refresh first.\n")
    assert "### Out of scope\n- No code migration\n" in text


def test_signals_and_gates_are_tables_with_short_cells() -> None:
    record = samples.blocked(samples.week(), "No one has started", "up/stream#9")
    page = Page(summary(record))
    tables = [row for row in page.rows if row[0] != "Repository" and len(row) == 3]
    assert tables[0] == ["Signal", "State", "Measured"]
    assert tables[1] == ["calm: It is calm", "met", "8 commits"]
    assert tables[2][1:] == ["unknown", "GitHub did not answer within 10 s."]
    assert tables[3] == ["Gate", "State", "Reason"]
    assert tables[4] == [
        "plan: There is a plan",
        "blocked",
        "No one has started (0 of 2 parts; mira, 2026-11-20)",
    ]
    assert tables[5] == ["value: There is value", "untested", "none"]
    doubted = Page(summary(ready(Drift(pin=PIN, state="changed"))))
    assert [
        "plan: There is a plan",
        "stale, does not count as satisfied",
        "mira, 2026-11-20",
    ] in doubted.rows


def test_a_verdict_is_below_the_signals_with_its_reason() -> None:
    record = samples.changed(
        samples.week(),
        lambda context: give_verdict(context, "default", "met", reason="I ran it."),
    )
    text = summary(record)
    assert "| **default**: It is the default | **met**, by verdict | unknown: GitHub did not answer" in text
    assert '- **default, verdict:** **met** (measured "unknown"; `mira`, 2026-11-20): I ran it.\n' in text


def test_stale_pins_have_a_comparison_and_unchecked_pins_a_cause() -> None:
    record = samples.blocked(samples.week(), "No", PIN)
    url = f"{WEB}/up/stream/compare/a...b"
    drift = Drift(pin=PIN, state="changed", summary="changed by b2b2b2b2b2 fix", by=UP_2, url=url)
    last = msgspec.structs.replace(record.refreshes[-1], drift=(drift,))
    text = summary(msgspec.structs.replace(record, refreshes=(record.refreshes[0], last)))
    assert f"  - {FILE_LINK} **changed**: [changed by `b2b2b2b2b2` fix]({url})\n" in text
    assert "| **calm**: It is calm | **met**, evidence is gone |" in summary(samples.with_problem_pin())
    failed = ready(Drift(pin=PIN, state="unchecked", summary="the tree could not be read", failed=True))
    text = summary(failed)
    assert "**unchecked**, does not count as satisfied |" in text
    assert f"{FILE_LINK} ? not checked: the tree could not be read\n" in text
    assert "- **all pins:** 2 unchecked (the tree could not be read)\n" in text


def test_errors_and_gaps_are_counted_and_folded() -> None:
    cut = samples.reading("calm", "partial", "9 commits", gaps=("src/old: no such path",))
    text = summary(Record(refreshes=(samples.refresh(cut, errors=("GitHub said no.",)),)))
    assert "- **Not available:** 1 error, see the details\n" in "\n".join(visible(text))
    assert "- **not available:** GitHub said no.\n" in text
    assert "    - **not covered:** `src/old`: no such path\n" in text
    assert "GitHub said no" not in "\n".join(visible(text))


def test_changes_have_states_reasons_and_actions_of_maintainers() -> None:
    text = summary(samples.blocked(samples.week()))
    assert (
        "### Changes since 2026-11-16\n"
        "- **Decision:** **HOLD** → **NO-GO**\n"
        "- **calm:** unmet → met (new upstream commits; 1 new)\n"
        "- **default:** not measured → unknown (measured at only one refresh)\n"
        "- `mira`: set plan to blocked\n"
    ) in text


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (PlanStatus(state="none"), "- **Plan:** none posted\n"),
        (PlanStatus(state="unknown", cause="not allowed"), "- **Plan:** unknown: not allowed\n"),
        (
            PlanStatus(state="waiting", url=f"{WEB}/a", since=samples.MONDAY, plan_by="ann"),
            f"- **Plan:** [waiting for approval since 2026-11-16 (posted by ann)]({WEB}/a)\n",
        ),
        (
            PlanStatus(
                state="approved", url=f"{WEB}/a", plan_by="ann", by="bo", at=samples.MONDAY, approval_url=f"{WEB}/b"
            ),
            f"- **Plan:** [approved by bo on 2026-11-16]({WEB}/a) ([approval]({WEB}/b))\n",
        ),
    ],
)
def test_the_summary_has_the_status_of_the_plan(plan: PlanStatus, expected: str) -> None:
    assert expected in summary(Record(refreshes=(samples.refresh(plan=plan),)))
    assert "**Plan:**" not in summary(Record(refreshes=(samples.refresh(),)))


@pytest.mark.parametrize(("url", "role"), [("", ""), (f"{WEB}/a", "link")])
def test_only_a_posted_plan_looks_like_a_link(url: str, role: str) -> None:
    plan = PlanStatus(state="waiting" if url else "none", url=url, plan_by="ann")
    overview = samples.overview_of(Record(refreshes=(samples.refresh(plan=plan),)))
    fields = [block for block in summary_document(samples.context(overview)).blocks if isinstance(block, Field)]
    (field,) = [field for field in fields if field.label == "Plan"]
    assert isinstance(field.value, tuple)
    assert field.value[0].role == role


def test_releases_scope_and_related_work_are_folded() -> None:
    newest = TagFacts(tag="v2.1.0", sha=UP_2, at=samples.MONDAY)
    reading = samples.reading("default", "met", "out", facts=ReleaseFacts(newest=newest))
    status = RelatedStatus(ref="up/stream#9", title="Names", state="open")
    text = summary(Record(refreshes=(samples.refresh(reading, related=(status,)),)))
    assert f"- **newest stable release:** `v2.1.0`, 2026-11-16\n  - [`{UP_2}`](" in text
    related = "- [`up/stream#9`](https://redirect.github.com/up/stream/issues/9) **open** Names: Their own review\n"
    assert f"### Related work (linked, out of scope here)\n{related}" in text
    assert "In scope" not in "\n".join(visible(text))
    assert text.endswith("</details>\n")


def test_links_to_another_host_are_direct() -> None:
    record = Record(refreshes=(samples.refresh(samples.reading("calm", "met", "8 commits")),))
    text = samples.summary_of(samples.overview_of(record), web="https://git.example.org", now=NOW)
    assert f"(https://git.example.org/up/stream/commit/{UP_2})" in text
    assert "redirect.github.com" not in text


@settings(max_examples=20)
@given(st.lists(hostile_text(), min_size=6, max_size=6))
def test_hostile_text_is_inactive_and_breaks_no_table(texts: list[str]) -> None:
    item, first, second, cause, gap, error = (safe_line(text) for text in texts)
    evidence = Evidence(text=item, url=f"{WEB}/up/stream/blob/{UP_2}/x")
    record = Record(
        refreshes=(
            samples.refresh(samples.reading("calm", "met", first), at=samples.MONDAY, up=UP_1),
            samples.refresh(
                samples.reading("calm", "unmet", second, evidence, gaps=(gap,)),
                samples.reading("default", "unknown", second, cause=cause or "no"),
                errors=(error,) if error else (),
                drift=(Drift(pin=PIN, state="gone", summary=first, url=f"{WEB}/up/stream/compare/a...b"),),
                related=(RelatedStatus(ref="up/stream#9", title=item, state="open"),),
            ),
        )
    )
    record = samples.blocked(record, cause or "no", PIN)
    record = noted(record, "calm", texts[0].strip() or "-", PIN)
    record = samples.changed(record, lambda context: close_review(context, texts[1].strip() or "-"), by=item)
    page = Page(summary(record))
    assert page.active_text == []
    assert not {"img", "script", "b", "!--", "!", "?"} & set(page.tags)
    assert page.tags.count("details") == 3
    tables = [row for row in page.rows if row[0].startswith(("Signal", "calm: ", "default: "))]
    assert [len(row) for row in tables] == [3, 3, 3]
    written = re.compile(r"https://(a\.b|t\.co|evil\.test)")
    assert all(href.startswith((WEB, "https://redirect.github.com/")) or written.match(href) for href in page.hrefs)
    assert without_gaps(page.html).rstrip().endswith("</details>")


def test_the_visible_part_has_the_remark_on_a_ref() -> None:
    record = samples.week()
    last = record.refreshes[-1]
    inactive = msgspec.structs.replace(last.upstream, remark="v2 has had no commit for 40 days")
    record = Record(refreshes=(msgspec.structs.replace(last, upstream=inactive),))
    rows = [line for line in visible(summary(record)) if line.startswith("| `up/stream`")]
    assert ["of 2026-11-15. v2 has had no commit for 40 days |" in row for row in rows] == [True]
