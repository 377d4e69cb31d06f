"""What changed between two refreshes, and the reason for each reading that did."""

from __future__ import annotations

import pytest

from pawtui.report.difference import Difference, difference
from pawtui.report.plain_difference import difference_text
from pawtui.review.model import Evidence, Record, Refresh, SignalReading
from tests.report import samples
from tests.report.samples import FRIDAY, MONDAY, TRACKER, UP_1, UP_2


def between(first: Refresh, second: Refresh) -> Difference:
    """The difference in a record of these two."""
    return difference(TRACKER, Record(refreshes=(first, second)), first, second)


@pytest.mark.parametrize(
    ("before", "after", "heads", "rules", "why"),
    [
        (
            samples.reading("calm", "met", "x", looked="a"),
            samples.reading("calm", "unmet", "x", looked="b"),
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
        return samples.reading("default", "met", "x", kind="release", facts={"line": "v2.*", "stable": stable})

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
    assert difference(TRACKER, record, one, two).acts == ()
    change = difference(TRACKER, record, one, two, until=FRIDAY.replace(hour=23))
    assert [act.said for act in change.acts] == ["set plan to blocked"]
    text = difference_text(change)
    assert "Upstream moved from a1a1a1a1a1 to b2b2b2b2b2, that is 229 commits and 562 changed files" in text
    assert "Downstream is still at d4d4d4d4d4" in text
    assert "calm: x unmet -> = met, because upstream changed what it looks at" in text
