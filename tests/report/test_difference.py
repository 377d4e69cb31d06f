"""What changed between two refreshes, and the reason for each reading that did."""

from __future__ import annotations

import msgspec
import pytest

from pawtui.probes.finding import Evidence
from pawtui.probes.probe_facts import ReleaseFacts
from pawtui.refresh.refresh_types import PlanStatus, Refresh, SignalReading
from pawtui.report.as_json import difference_json
from pawtui.report.difference import Difference, difference
from pawtui.report.documents.difference_document import difference_document
from pawtui.report.plain_text import plain_text
from pawtui.report.summary_markdown import summary_markdown
from pawtui.review.record_types import Record
from pawtui.review.undo import undo
from tests.report import samples
from tests.report.samples import FRIDAY, MONDAY, TRACKER, UP_1, UP_2


def difference_text(change: Difference) -> str:
    """The difference as text."""
    return plain_text(difference_document(change, samples.context()))


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
            "watched paths changed upstream",
        ),
        (
            samples.reading("calm", "met", "x"),
            samples.reading("calm", "unmet", "x"),
            (UP_1, UP_2),
            ("r", "r"),
            "new upstream commits",
        ),
        (
            samples.reading("calm", "unmet", "x"),
            samples.reading("calm", "met", "x"),
            (UP_1, UP_1),
            ("r", "r"),
            "the time window moved on",
        ),
        (
            samples.reading("calm", "unmet", "x"),
            samples.reading("calm", "met", "x"),
            (UP_1, UP_2),
            ("r", "s"),
            "tracker rules changed",
        ),
        (
            samples.reading("calm", "met", "x"),
            samples.reading("calm", "unknown", "x", cause="No network."),
            (UP_1, UP_2),
            ("r", "r"),
            "could not be measured: No network",
        ),
        (
            samples.reading("calm", "unknown", "x", cause="No network."),
            samples.reading("calm", "met", "x"),
            (UP_1, UP_2),
            ("r", "r"),
            "could not be measured before",
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


def test_new_and_vanished_evidence_is_listed_and_counted() -> None:
    change = between(
        samples.refresh(samples.reading("calm", "met", "x", Evidence(text="old")), at=MONDAY, up=UP_1),
        samples.refresh(samples.reading("calm", "met", "x", Evidence(text="new"))),
    )
    (reading,) = change.readings
    assert [(one.change, one.evidence.text) for one in reading.evidence] == [("new", "new"), ("gone", "old")]
    assert (reading.why, reading.count()) == ("", "1 new, 1 gone")
    text = difference_text(change)
    assert "Same state, new evidence  1 signal\nIt is calm  = met\n" in text
    assert "  evidence  1 new, 1 gone\n  new   new\n  gone  old\n" in text


def test_a_rewritten_branch_and_a_withdrawn_tag_come_first() -> None:
    def tags(stable: int) -> SignalReading:
        return samples.reading("default", "met", "x", facts=ReleaseFacts(line="v2.*", stable=stable))

    change = between(
        samples.refresh(tags(3), at=MONDAY, up=UP_1), samples.refresh(tags(1), range_=samples.moved(ancestor=False))
    )
    assert change.warnings == (
        "2026-11-20: the previous upstream commit a1a1a1a1a1 is not an ancestor of the head: the branch was rewritten",
        "Stable tags of v2.*: 2 tags withdrawn (3 before, 1 now)",
    )
    assert difference_text(change).startswith("! 2026-11-20: the previous upstream commit")


def test_the_order_asked_in_does_not_matter() -> None:
    record = samples.week()
    one, two = record.refreshes
    assert difference(TRACKER, record, two, one) == difference(TRACKER, record, one, two)


def test_acts_between_the_two_are_listed_and_the_commits_counted() -> None:
    record = samples.blocked(samples.week())
    one, two = record.refreshes
    assert difference(TRACKER, record, one, two).entries == ()
    change = difference(TRACKER, record, one, two, until=FRIDAY.replace(hour=23))
    assert [entry.change.summary for entry in change.entries] == ["set plan to blocked"]
    text = difference_text(change)
    assert "upstream    up/stream  a1a1a1a1a1..b2b2b2b2b2  229 commits and 562 changed files\n" in text
    assert "downstream  down/stream  not moved, d4d4d4d4d4\n" in text
    assert "It is calm  x unmet  then  = met\n  why       watched paths changed upstream\n" in text
    assert "Log  1 change\n2026-11-20 14:03  mira  set plan to blocked\n" in text


def test_an_undone_change_is_listed_once_everywhere() -> None:
    record = samples.did(samples.blocked(samples.week()), undo)
    one, two = record.refreshes
    change = difference(TRACKER, record, one, two, until=FRIDAY.replace(hour=23))
    assert "Log  1 change\n2026-11-20 14:03  mira  set plan to blocked (undone)\n" in difference_text(change)
    (act,) = difference_json(change)["actions"]
    assert (act["summary"], act["undone"]) == ("set plan to blocked", True)
    assert "- `mira`: 1 undone change\n" in summary_markdown(samples.seen(record), web=samples.WEB, now=samples.NOW)


def test_the_json_has_what_the_text_says() -> None:
    record = samples.week()
    change = difference(TRACKER, record, record.refreshes[0], record.refreshes[1])
    found = difference_json(change)
    assert found["moved"] == [
        "Upstream: moved from a1a1a1a1a1 to b2b2b2b2b2 (229 commits and 562 changed files)",
        "Downstream: not moved, d4d4d4d4d4",
    ]
    (calm, default) = found["readings"]
    assert (calm.why, default.why) == ("watched paths changed upstream", "measured in only one of the two")
    assert [(one.change, one.evidence.text, one.before) for one in calm.evidence] == [
        ("new", "b2b2b2b2b2  fix: calm down", "")
    ]


NONE = PlanStatus(state="none")
WAITING = PlanStatus(state="waiting", url="https://github.com/p1", since=MONDAY, plan_by="ana")
APPROVED = msgspec.structs.replace(WAITING, state="approved", by="mira", at=FRIDAY)
EDITED = msgspec.structs.replace(WAITING, since=FRIDAY)
OTHER = msgspec.structs.replace(WAITING, url="https://github.com/p2")
UNKNOWN = PlanStatus(state="unknown", cause="No network.")
WAITS, STANDS = "waiting for approval since 2026-11-16 (posted by ana)", "approved by mira on 2026-11-20"
WAITS_NOW = WAITS.replace("11-16", "11-20")


@pytest.mark.parametrize(
    ("before", "after", "words", "changed"),
    [
        (NONE, NONE, ("none posted", "as before"), ""),
        (NONE, WAITING, ("none posted", "then", WAITS), f"none posted → {WAITS}"),
        (WAITING, WAITING, (WAITS, "as before"), ""),
        (WAITING, APPROVED, (WAITS, "then", STANDS), f"{WAITS} → {STANDS}"),
        (WAITING, EDITED, (WAITS, "then", WAITS_NOW, "plan edited"), f"{WAITS} → {WAITS_NOW} (plan edited)"),
        (APPROVED, EDITED, (STANDS, "then", WAITS_NOW, "plan edited"), f"{STANDS} → {WAITS_NOW} (plan edited)"),
        (APPROVED, WAITING, (STANDS, "then", WAITS, "approval withdrawn"), f"{STANDS} → {WAITS} (approval withdrawn)"),
        (
            APPROVED,
            OTHER,
            (STANDS, "then", WAITS, "another plan posted"),
            f"{STANDS} → {WAITS} (another plan posted)",
        ),
        (APPROVED, NONE, (STANDS, "then", "none posted"), f"{STANDS} → none posted"),
        (APPROVED, UNKNOWN, (STANDS, "then", "unknown: No network"), f"{STANDS} → unknown: No network"),
        (None, WAITING, ("not looked up", "then", WAITS), f"not looked up → {WAITS}"),
        (None, None, (), ""),
    ],
)
def test_where_the_plan_stands_is_part_of_the_difference(
    before: PlanStatus | None, after: PlanStatus | None, words: tuple[str, ...], changed: str
) -> None:
    calm = samples.reading("calm", "met", "x")
    record = Record(refreshes=(samples.refresh(calm, at=MONDAY, plan=before), samples.refresh(calm, plan=after)))
    change = between(*record.refreshes[:2])
    found = [line for line in difference_text(change).splitlines() if line.startswith("plan")]
    assert found == ([f"plan        {'  '.join(words)}"] if words else [])
    assert difference_json(change)["plan"].changed is bool(changed)
    summary = summary_markdown(samples.seen(record), web=samples.WEB, now=samples.NOW)
    found = [line for line in summary.splitlines() if line.startswith("- **Plan:** ") and "→" in line]
    assert found == ([f"- **Plan:** {changed}"] if changed else [])
