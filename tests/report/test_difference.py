"""What changed between two refreshes, and the reason for each reading that did."""

from __future__ import annotations

import msgspec
import pytest

from pawtui.probes.facts import ReleaseFacts
from pawtui.probes.finding import Evidence
from pawtui.refresh.model import PlanStatus, Refresh, SignalReading
from pawtui.report.as_json import difference_json
from pawtui.report.difference import Difference, difference
from pawtui.report.markdown import summary_markdown
from pawtui.report.plain_difference import difference_text
from pawtui.review.model import Record
from tests.report import samples
from tests.report.samples import FRIDAY, MONDAY, TRACKER, UP_1, UP_2


def between(first: Refresh, second: Refresh) -> Difference:
    """The difference in a record of these two."""
    return difference(TRACKER, Record(refreshes=(first, second)), first, second)


@pytest.mark.parametrize(
    ("before", "after", "heads", "rules", "why"),
    [
        (
            samples.reading("calm", "met", "x", fingerprint="a"),
            samples.reading("calm", "unmet", "x", fingerprint="b"),
            (UP_1, UP_2),
            ("r", "r"),
            "upstream changed what it looks at",
        ),
        (
            samples.reading("calm", "met", "x"),
            samples.reading("calm", "unmet", "x"),
            (UP_1, UP_2),
            ("r", "r"),
            "upstream moved",
        ),
        (
            samples.reading("calm", "unmet", "x"),
            samples.reading("calm", "met", "x"),
            (UP_1, UP_1),
            ("r", "r"),
            "a window moved on",
        ),
        (
            samples.reading("calm", "unmet", "x"),
            samples.reading("calm", "met", "x"),
            (UP_1, UP_2),
            ("r", "s"),
            "the tracker's rules changed",
        ),
        (
            samples.reading("calm", "met", "x"),
            samples.reading("calm", "unknown", "x", cause="No network."),
            (UP_1, UP_2),
            ("r", "r"),
            "a fact could not be had: No network",
        ),
        (
            samples.reading("calm", "unknown", "x", cause="No network."),
            samples.reading("calm", "met", "x"),
            (UP_1, UP_2),
            ("r", "r"),
            "it could not be measured before",
        ),
    ],
)
def test_a_reading_changes_for_a_reason(
    before: SignalReading, after: SignalReading, heads: tuple[str, str], rules: tuple[str, str], why: str
) -> None:
    change = between(
        samples.refresh(before, at=MONDAY, up=heads[0], rules=rules[0]),
        samples.refresh(after, at=FRIDAY, up=heads[1], rules=rules[1]),
    )
    assert [(one.id, one.before, one.after, one.why) for one in change.readings] == [
        ("calm", before.state, after.state, why)
    ]


def test_a_reading_that_stays_on_the_same_evidence_is_not_listed() -> None:
    same = Evidence(text="src/run.ts is there", url="https://github.com/up/stream/blob/a/src/run.ts")
    later = Evidence(text="src/run.ts is there", url="https://github.com/up/stream/blob/b/src/run.ts")
    change = between(
        samples.refresh(samples.reading("calm", "met", "x", same), at=MONDAY, up=UP_1),
        samples.refresh(samples.reading("calm", "met", "x", later)),
    )
    assert change.readings == ()


def test_new_and_vanished_evidence_is_listed() -> None:
    change = between(
        samples.refresh(samples.reading("calm", "met", "x", Evidence(text="old")), at=MONDAY, up=UP_1),
        samples.refresh(samples.reading("calm", "met", "x", Evidence(text="new"))),
    )
    (reading,) = change.readings
    assert ([one.text for one in reading.new], [one.text for one in reading.gone]) == (["new"], ["old"])
    assert reading.why == ""


def test_a_rewritten_branch_and_a_withdrawn_tag_come_first() -> None:
    def tags(stable: int) -> SignalReading:
        facts = ReleaseFacts(line="v2.*", stable=stable)
        return samples.reading("default", "met", "x", kind="release", facts=facts)

    change = between(
        samples.refresh(tags(3), at=MONDAY, up=UP_1), samples.refresh(tags(1), range_=samples.moved(ancestor=False))
    )
    assert change.warnings == (
        "On 2026-11-20 the upstream head a1a1a1a1a1 is no longer an ancestor of the current head: "
        "the branch was rewritten",
        "Stable tags of v2.* went from 3 to 1: 2 tags withdrawn",
    )
    assert difference_text(change).splitlines()[1].startswith("Warning: On 2026-11-20")


def test_the_order_asked_in_does_not_matter() -> None:
    record = samples.week()
    one, two = record.refreshes
    assert difference(TRACKER, record, two, one) == difference(TRACKER, record, one, two)


def test_acts_between_the_two_are_listed_and_the_commits_counted() -> None:
    record = samples.blocked(samples.week())
    one, two = record.refreshes
    assert difference(TRACKER, record, one, two).actions == ()
    change = difference(TRACKER, record, one, two, until=FRIDAY.replace(hour=23))
    assert [act.summary for act in change.actions] == ["set plan to blocked"]
    text = difference_text(change)
    assert "Upstream moved from a1a1a1a1a1 to b2b2b2b2b2, that is 229 commits and 562 changed files" in text
    assert "Downstream is still at d4d4d4d4d4" in text
    assert "calm: x unmet -> = met, because upstream changed what it looks at" in text


NONE = PlanStatus(state="none")
WAITING = PlanStatus(state="waiting", url="https://github.com/p1", since=MONDAY, plan_by="ana")
APPROVED = msgspec.structs.replace(WAITING, state="approved", by="mira", at=FRIDAY)
EDITED = msgspec.structs.replace(WAITING, since=FRIDAY)
OTHER = msgspec.structs.replace(WAITING, url="https://github.com/p2")
UNKNOWN = PlanStatus(state="unknown", cause="No network.")
WAITS, STANDS = "waiting for approval since 2026-11-16 (posted by ana)", "approved by mira on 2026-11-20"
WAITS_NOW = WAITS.replace("11-16", "11-20")


@pytest.mark.parametrize(
    ("before", "after", "summary"),
    [
        (NONE, NONE, "Plan: none posted yet, as before"),
        (NONE, WAITING, f"Plan: none posted yet, then {WAITS}"),
        (WAITING, WAITING, f"Plan: {WAITS}, as before"),
        (WAITING, APPROVED, f"Plan: {WAITS}, then {STANDS}"),
        (WAITING, EDITED, f"Plan: {WAITS}, then {WAITS_NOW}: it was edited"),
        (APPROVED, EDITED, f"Plan: {STANDS}, then {WAITS_NOW}: it was edited"),
        (APPROVED, WAITING, f"Plan: {STANDS}, then {WAITS}: the approval was taken back"),
        (APPROVED, OTHER, f"Plan: {STANDS}, then {WAITS}: another plan was posted"),
        (APPROVED, NONE, f"Plan: {STANDS}, then none posted yet"),
        (APPROVED, UNKNOWN, f"Plan: {STANDS}, then unknown: No network"),
        (None, WAITING, f"Plan: not looked at, then {WAITS}"),
        (None, None, None),
    ],
)
def test_where_the_plan_stands_is_part_of_the_difference(
    before: PlanStatus | None, after: PlanStatus | None, summary: str | None
) -> None:
    calm = samples.reading("calm", "met", "x")
    record = Record(refreshes=(samples.refresh(calm, at=MONDAY, plan=before), samples.refresh(calm, plan=after)))
    change = between(*record.refreshes[:2])
    assert [one for one in difference_text(change).split("\n") if one.startswith("Plan")] == [summary] * (
        summary is not None
    )
    assert difference_json(change)["plan"]["changed"] is (summary is not None and "as before" not in summary)
    changed = summary_markdown(samples.seen(record), web=samples.WEB, now=samples.NOW).partition("### What changed")[2]
    assert ("- The plan went from " in changed) is (summary is not None and ", then " in summary)


def test_the_summary_says_what_became_of_the_plan() -> None:
    calm = samples.reading("calm", "met", "x")
    record = Record(refreshes=(samples.refresh(calm, at=MONDAY, plan=APPROVED), samples.refresh(calm, plan=EDITED)))
    text = summary_markdown(samples.seen(record), web=samples.WEB, now=samples.NOW)
    assert f"- The plan went from {STANDS} to {WAITS_NOW}: it was edited\n" in text
