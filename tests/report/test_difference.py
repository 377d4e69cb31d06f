"""The difference between two refreshes, as a document and as JSON."""

import msgspec
import pytest

from pawtui.probes.probe_facts import ReleaseFacts
from pawtui.probes.reading import Evidence
from pawtui.refresh.refresh_types import PlanStatus, Refresh, SignalReading
from pawtui.report.change_json import difference_json
from pawtui.report.document_lines import plain_text
from pawtui.report.documents.difference_document import difference_document
from pawtui.report.refresh_difference import RefreshDifference, compare_refreshes
from pawtui.review.record_types import Record, Review
from pawtui.review.undo import undo
from tests.report import samples
from tests.report.samples import FRIDAY, MONDAY, TRACKER, UP_1, UP_2


def difference_text(change: RefreshDifference) -> str:
    """Return the difference as text."""
    return plain_text(difference_document(change, samples.context(samples.overview_of(samples.week()))))


def between(first: Refresh, second: Refresh) -> RefreshDifference:
    """Return the difference between two refreshes."""
    return compare_refreshes(TRACKER, Record(refreshes=(first, second)), first, second)


def test_the_summary_of_several_probes_is_shown_once() -> None:
    after = samples.reading("calm", "unknown", "could not be measured")
    after = msgspec.structs.replace(after, probes=(*after.probes * 3, *samples.reading("b", "met", "is there").probes))
    change = between(samples.refresh(samples.reading("calm", "met", "x")), samples.refresh(after))
    assert [each.summary for each in change.readings] == ["could not be measured; is there"]


def test_the_decisions_of_closed_reviews_are_compared() -> None:
    first, second = (samples.refresh(at=at) for at in (MONDAY, FRIDAY))
    record = Record(refreshes=(first, second))
    review = Review(id=second.id, refresh=second.id, decision="go", recommendation="Migrate", by="mira", at=FRIDAY)
    closed = msgspec.structs.replace(record, reviews={second.id: review})
    difference = compare_refreshes(TRACKER, closed, first, second)
    assert difference_text(difference).partition("\n")[0] == "decision    HOLD  →  GO"
    assert difference_json(difference)["decision"] == {"before": first.decision, "after": "go"}


def test_an_unchanged_reading_is_not_listed() -> None:
    same = Evidence(text="src/run.ts is there", url="https://github.com/up/stream/blob/a/src/run.ts")
    later = Evidence(text="src/run.ts is there", url="https://github.com/up/stream/blob/b/src/run.ts")
    change = between(
        samples.refresh(samples.reading("calm", "met", "x", same), at=MONDAY, up=UP_1),
        samples.refresh(samples.reading("calm", "met", "x", later)),
    )
    assert change.readings == ()


def test_new_and_gone_evidence_is_listed_and_counted() -> None:
    change = between(
        samples.refresh(samples.reading("calm", "met", "x", Evidence(text="old")), at=MONDAY, up=UP_1),
        samples.refresh(samples.reading("calm", "met", "x", Evidence(text="new"))),
    )
    (reading,) = change.readings
    assert [(item.change, item.evidence.text) for item in reading.evidence] == [("new", "new"), ("gone", "old")]
    assert (reading.why, reading.evidence_counts) == ("", "1 new, 1 gone")
    text = difference_text(change)
    assert "Same state, new evidence  1 signal\nIt is calm  = met\n" in text
    assert "  evidence  1 new, 1 gone\n    new   new\n    gone  old\n" in text


def test_evidence_of_another_rule_is_not_compared() -> None:
    def measured(rule: str, text: str) -> SignalReading:
        found = samples.reading("calm", "met", "x", Evidence(text=text))
        probe = msgspec.structs.replace(found.probes[0], rule=rule)
        return msgspec.structs.replace(found, probes=(probe,))

    def changes(rule: str, tracker: str) -> tuple[int, tuple[str, ...]]:
        change = between(
            samples.refresh(measured("met up to 3", "old"), at=MONDAY, rules="a"),
            samples.refresh(measured(rule, "new"), rules=tracker),
        )
        return sum(len(reading.evidence) for reading in change.readings), change.warnings

    warning = ("The tracker changed: differences may come from its rules",)
    assert changes("met up to 3", "a") == (2, ())
    assert changes("met up to 3", "b") == (2, warning)
    assert changes("met up to 9", "b") == (0, warning)


def test_warnings_come_first() -> None:
    def tags(stable: int) -> SignalReading:
        return samples.reading("default", "met", "x", facts=ReleaseFacts(line="v2.*", stable=stable))

    change = between(
        samples.refresh(tags(3), at=MONDAY, up=UP_1), samples.refresh(tags(1), range_=samples.moved(ancestor=False))
    )
    assert change.warnings == (
        "2026-11-20: the previous upstream commit a1a1a1a1a1 is not an ancestor of the head: the branch was rewritten, "
        "which removed 3 commits",
        "Stable tags of v2.*: 2 tags withdrawn (3 before, 1 now)",
    )
    assert difference_text(change).startswith("! 2026-11-20: the previous upstream commit")


def test_the_order_of_the_refreshes_does_not_matter() -> None:
    record = samples.week()
    first, second = record.refreshes
    assert compare_refreshes(TRACKER, record, second, first) == compare_refreshes(TRACKER, record, first, second)


def test_changes_by_maintainers_are_listed() -> None:
    record = samples.blocked(samples.week())
    first, second = record.refreshes
    assert compare_refreshes(TRACKER, record, first, second).changes == ()
    change = compare_refreshes(TRACKER, record, first, second, until=FRIDAY.replace(hour=23))
    assert [folded.change.summary for folded in change.changes] == ["set plan to blocked"]
    text = difference_text(change)
    assert "upstream    up/stream  a1a1a1a1a1..b2b2b2b2b2  229 commits and 562 changed files\n" in text
    assert "downstream  down/stream  no new commits, d4d4d4d4d4\n" in text
    assert "It is calm  x unmet  →  = met\n  why       new upstream commits\n" in text
    assert "Log  1 change\n2026-11-20 14:03  mira  set plan to blocked\n" in text


def test_an_undone_change_is_listed_once() -> None:
    record = samples.changed(samples.blocked(samples.week()), undo)
    first, second = record.refreshes
    change = compare_refreshes(TRACKER, record, first, second, until=FRIDAY.replace(hour=23))
    assert "Log  1 change\n2026-11-20 14:03  mira  set plan to blocked (undone)\n" in difference_text(change)
    (action,) = difference_json(change)["actions"]
    assert (action["summary"], action["undone"]) == ("set plan to blocked", True)


def test_the_json_has_the_same_content() -> None:
    record = samples.week()
    change = compare_refreshes(TRACKER, record, record.refreshes[0], record.refreshes[1])
    found = difference_json(change)
    assert found["moved"] == [
        "Upstream: moved from a1a1a1a1a1 to b2b2b2b2b2 (229 commits and 562 changed files)",
        "Downstream: no new commits, d4d4d4d4d4",
    ]
    (calm, default) = found["readings"]
    assert (calm.why, default.why) == ("new upstream commits", "measured at only one refresh")
    assert [(item.change, item.evidence.text, item.before) for item in calm.evidence] == [
        ("new", "b2b2b2b2b2  fix: calm down", "")
    ]


def test_heads_that_only_look_alike_when_shortened_have_moved() -> None:
    first, second = samples.week().refreshes
    head = msgspec.structs.replace(first.upstream, sha=first.upstream.sha[:10] + "0" * 30)
    change = between(first, msgspec.structs.replace(second, upstream=head))
    assert difference_json(change)["moved"][0].startswith("Upstream: moved from ")


NONE = PlanStatus(state="none")
WAITING = PlanStatus(state="waiting", url="https://github.com/p1", since=MONDAY, plan_by="ana")
APPROVED = msgspec.structs.replace(WAITING, state="approved", by="mira", at=FRIDAY)
EDITED = msgspec.structs.replace(WAITING, since=FRIDAY)
OTHER = msgspec.structs.replace(WAITING, url="https://github.com/p2")
UNKNOWN = PlanStatus(state="unknown", cause="No network.")
WAITS, AGREED = "waiting for approval since 2026-11-16 (posted by ana)", "approved by mira on 2026-11-20"
WAITS_NOW = WAITS.replace("11-16", "11-20")


@pytest.mark.parametrize(
    ("before", "after", "words", "changed"),
    [
        (NONE, NONE, ("none posted", "unchanged"), ""),
        (NONE, WAITING, ("none posted", "→", WAITS), f"none posted → {WAITS}"),
        (WAITING, WAITING, (WAITS, "unchanged"), ""),
        (WAITING, APPROVED, (WAITS, "→", AGREED), f"{WAITS} → {AGREED}"),
        (WAITING, EDITED, (WAITS, "→", WAITS_NOW, "plan edited"), f"{WAITS} → {WAITS_NOW} (plan edited)"),
        (
            APPROVED,
            EDITED,
            (AGREED, "→", WAITS_NOW, "plan edited"),
            f"{AGREED} → {WAITS_NOW} (plan edited)",
        ),
        (
            APPROVED,
            WAITING,
            (AGREED, "→", WAITS, "approval withdrawn"),
            f"{AGREED} → {WAITS} (approval withdrawn)",
        ),
        (
            APPROVED,
            OTHER,
            (AGREED, "→", WAITS, "another plan posted"),
            f"{AGREED} → {WAITS} (another plan posted)",
        ),
        (APPROVED, NONE, (AGREED, "→", "none posted"), f"{AGREED} → none posted"),
        (APPROVED, UNKNOWN, (AGREED, "→", "unknown: No network"), f"{AGREED} → unknown: No network"),
        (None, WAITING, ("not checked", "→", WAITS), f"not checked → {WAITS}"),
        (None, None, (), ""),
    ],
)
def test_the_status_of_the_plan_is_part_of_the_difference(
    before: PlanStatus | None, after: PlanStatus | None, words: tuple[str, ...], changed: str
) -> None:
    calm = samples.reading("calm", "met", "x")
    record = Record(refreshes=(samples.refresh(calm, at=MONDAY, plan=before), samples.refresh(calm, plan=after)))
    change = between(*record.refreshes[:2])
    found = [line for line in difference_text(change).splitlines() if line.startswith("plan")]
    assert found == ([f"plan        {'  '.join(words)}"] if words else [])
    assert difference_json(change)["plan"].changed is bool(changed)
    summary = samples.summary_of(samples.overview_of(record), web=samples.WEB, now=samples.NOW)
    found = [line for line in summary.splitlines() if line.startswith("- **Plan:** ") and "→" in line]
    assert found == ([f"- **Plan:** {changed}"] if changed else [])


@pytest.mark.parametrize(
    ("renamed_from", "what"), [("up/stream", "renamed"), ("", "repository changed"), ("old/name", "repository changed")]
)
def test_another_repository_and_another_ref_are_named(renamed_from: str, what: str) -> None:
    first, second = samples.refresh(at=MONDAY, up=UP_1), samples.refresh()
    renamed = msgspec.structs.replace(second.upstream, repo="new/stream", ref="v3", renamed_from=renamed_from)
    change = between(first, msgspec.structs.replace(second, upstream=renamed))
    assert difference_json(change)["moved"][0] == (
        f"Upstream: {what} from up/stream to new/stream; ref changed from v2 to v3; "
        f"moved from {UP_1[:10]} to {UP_2[:10]}"
    )
    text = difference_text(change)
    assert f"upstream    new/stream  {UP_1[:10]}..{UP_2[:10]}\n" in text
    assert f"\n            {what} from up/stream to new/stream\n            ref changed from v2 to v3\n" in text
