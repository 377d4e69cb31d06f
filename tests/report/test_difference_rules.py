"""The changes between two refreshes, ordinary ones or of past times, and the reason for a changed reading."""

import datetime as dt

import pytest
from msgspec.structs import replace

from pawtui.ids import new_id
from pawtui.probes.probe_facts import (
    PathsFacts,
    ReleaseFacts,
)
from pawtui.probes.reading import ProbeReading
from pawtui.probes.state import State
from pawtui.refresh.refresh_types import Range, Ranges, Refresh, SignalReading
from pawtui.report.refresh_difference import RefreshDifference, SideChange, commits_between, compare_refreshes
from pawtui.review.record_types import Change, Record, past_key
from tests.report import samples
from tests.report.samples import DOWN_1, FRIDAY, MONDAY, TRACKER, UP_1, UP_2

DAY, SECOND = dt.timedelta(days=1), dt.timedelta(seconds=1)
REWRITTEN = Range(from_=UP_1, to=UP_2, ancestor=False, commits=2, files=3, behind=1)


def of_past(refresh: Refresh, at: dt.datetime) -> Refresh:
    """Return the refresh as one of a past time, measured two weeks after it."""
    now = at + 14 * DAY
    return replace(refresh, id=new_id(now, 0), at=now, as_of=at)


def changes_at(*times: dt.datetime) -> tuple[Change, ...]:
    """Return changes at these times."""
    return tuple(
        Change(id=new_id(at, number), action="note", summary=f"{at:%d %H:%M:%S}", by="ana", at=at)
        for number, at in enumerate(times)
    )


def entries(found: RefreshDifference) -> list[str]:
    return [folded.change.summary for folded in found.changes]


def test_changes_between_ordinary_refreshes_are_found_by_the_recorded_order() -> None:
    first, second = (replace(samples.refresh(at=at), id=new_id(at, 0)) for at in (MONDAY, FRIDAY))
    # The clock was behind, and ahead.
    log = changes_at(MONDAY - DAY, FRIDAY, FRIDAY + DAY)
    between = tuple(replace(change, id=new_id(MONDAY + DAY, number)) for number, change in enumerate(log))
    record = Record(refreshes=(first, second), log=between)
    assert len(entries(compare_refreshes(TRACKER, record, first, second))) == 3
    assert entries(compare_refreshes(TRACKER, record, first, second, until=FRIDAY)) == ["15 14:02:00", "20 14:02:00"]
    outside = tuple(replace(log[0], id=new_id(at, 1)) for at in (MONDAY - DAY, FRIDAY))
    assert entries(compare_refreshes(TRACKER, replace(record, log=outside), first, second)) == []
    later = replace(record, log=(*outside, replace(log[1], id=new_id(FRIDAY, 2))))
    assert len(entries(compare_refreshes(TRACKER, later, first, second, until=FRIDAY))) == 2


@pytest.mark.parametrize("past", [0, 1])
def test_changes_between_past_times_are_found_by_their_times(past: int) -> None:
    pair = [replace(samples.refresh(at=at), id=new_id(at, 0)) for at in (MONDAY, FRIDAY)]
    pair[past] = of_past(pair[past], pair[past].at)
    record = Record(log=changes_at(MONDAY, MONDAY + SECOND, FRIDAY, FRIDAY + SECOND, FRIDAY + 2 * SECOND))
    first, second = pair
    for change in (
        compare_refreshes(TRACKER, record, first, second),
        compare_refreshes(TRACKER, record, second, first),
    ):
        assert (change.first, change.second) == (first, second), "the past time is measured later"
    assert entries(compare_refreshes(TRACKER, record, first, second)) == ["16 14:02:01", "20 14:02:00"]
    until = FRIDAY + SECOND
    assert entries(compare_refreshes(TRACKER, record, first, second, until)) == [
        "16 14:02:01",
        "20 14:02:00",
        "20 14:02:01",
    ]


def test_branches_that_were_rewritten_between_the_refreshes_are_warnings() -> None:
    days = [MONDAY + number * DAY for number in range(5)]
    live = [samples.refresh(at=day, range_=REWRITTEN) for day in days]
    # An ancestor, or the same commit, is no rewrite.
    live[2] = replace(live[2], range=Ranges(upstream=samples.moved(), downstream=replace(REWRITTEN, to=UP_1)))
    record = Record(refreshes=tuple(live))
    found = compare_refreshes(TRACKER, record, live[1], live[3]).warnings
    assert [warning[:10] for warning in found] == ["2026-11-19"]
    # A past time that was measured between two refreshes is not between them.
    measured = replace(of_past(live[0], MONDAY - DAY), id=live[2].id, at=days[2])
    with_past = replace(record, past={past_key(MONDAY - DAY): measured})
    assert compare_refreshes(TRACKER, with_past, live[1], live[3]).warnings == found
    past = [of_past(refresh, day) for refresh, day in zip(live, days, strict=True)]
    record = Record(past={past_key(day): refresh for refresh, day in zip(past, days, strict=True)})
    found = compare_refreshes(TRACKER, record, past[1], past[3]).warnings
    assert [warning[:10] for warning in found] == ["2026-11-19"]


@pytest.mark.parametrize(("from_", "is_known"), [(UP_1, True), ("c" * 40, False)])
def test_changed_files_are_known_only_between_consecutive_refreshes(from_: str, is_known: bool) -> None:
    first = samples.refresh(at=MONDAY, up=UP_1)
    second = samples.refresh(range_=replace(samples.moved(), from_=from_))
    upstream, downstream = compare_refreshes(TRACKER, Record(), first, second).sides
    assert ("changed files" in upstream.size, "changed files" in downstream.size) == (is_known, False)


@pytest.mark.parametrize(
    ("middle", "size"),
    [
        (Range(from_=UP_1, to=UP_2, ancestor=True, commits=229, files=562), "241 commits"),
        (Range(from_=UP_1, to=UP_2, ancestor=False, commits=229, files=562), ""),
        (Range(from_="c" * 40, to=UP_2, ancestor=True, commits=229, files=562), ""),
        (None, ""),
    ],
)
def test_the_commits_of_several_refreshes_are_added_up(middle: Range | None, size: str) -> None:
    newest = "e5" * 20
    first = samples.refresh(at=MONDAY, up=UP_1)
    second = replace(samples.refresh(at=MONDAY + dt.timedelta(days=1), range_=middle), id="r2")
    last = samples.refresh(up=newest, range_=Range(from_=UP_2, to=newest, ancestor=True, commits=12, files=3))
    record = Record(refreshes=(first, second, last))
    upstream, _ = compare_refreshes(TRACKER, record, first, last).sides
    assert upstream.size == size
    assert f"moved from {UP_1[:10]} to {newest[:10]}{f' ({size})' if size else ''}" in upstream.text


def test_a_name_in_other_case_is_a_rename() -> None:
    before, after = (samples.side(repo, UP_1, "v2") for repo in ("Old/Name", "new/name"))
    renamed = SideChange(side="upstream", before=before, after=replace(after, renamed_from="old/Name"))
    assert renamed.name_changes == ["renamed from Old/Name to new/name"]


@pytest.mark.parametrize(
    ("now", "warning"),
    [
        (ReleaseFacts(line="v2.*", stable=1), ["Stable tags of v2.*: 2 tags withdrawn (3 before, 1 now)"]),
        (ReleaseFacts(line="v2.*", stable=3), []),
        (ReleaseFacts(line="v2.*", stable=4), []),
        (ReleaseFacts(line="v3.*", stable=1), []),
    ],
)
def test_fewer_stable_tags_of_a_line_are_a_warning(now: ReleaseFacts, warning: list[str]) -> None:
    facts = (ReleaseFacts(line="v2.*", stable=3), now)
    first, second = (samples.refresh(samples.reading("calm", "met", "x", facts=each)) for each in facts)
    assert list(compare_refreshes(TRACKER, Record(), replace(first, id="a"), second).warnings) == warning


def probe(state: State, cause: str = "", *, kind: str = "paths", head: str = "") -> ProbeReading:
    return ProbeReading(
        kind=kind, state=state, summary=f"is {state}", rule="r", cause=cause, facts=PathsFacts(head=head)
    )


def signal(state: State, *probes: ProbeReading) -> SignalReading:
    return SignalReading(id="calm", state=state, probes=probes)


MET, UNMET = signal("met", probe("met")), signal("unmet", probe("unmet"))
FAILED = signal("unknown", probe("unknown", "GitHub did not answer."))
UNSURE = signal("unknown", probe("unknown"), replace(probe("met"), cause="a remark"))


@pytest.mark.parametrize(
    ("before", "after", "rules", "why"),
    [
        (MET, None, "r", "measured at only one refresh"),
        (None, MET, "r", "measured at only one refresh"),
        (MET, None, "s", "tracker rules changed"),
        (MET, UNMET, "s", "tracker rules changed"),
        (MET, FAILED, "s", "could not be measured: GitHub did not answer"),
        (FAILED, MET, "s", "could not be measured before"),
        # A probe that failed is not the cause of another state, nor is a remark of one that did not fail.
        (MET, replace(FAILED, state="unmet"), "r", "new upstream commits"),
        (MET, UNSURE, "r", "new upstream commits"),
        (UNSURE, MET, "r", "new upstream commits"),
        (replace(FAILED, state="unmet"), MET, "r", "new upstream commits"),
        (MET, UNMET, "r", "new upstream commits"),
        (MET, replace(MET, state="unmet"), "r", "its probes have the same states"),
        *(
            (
                signal("met", probe("met", kind=kind)),
                signal("unmet", probe("unmet", kind=kind)),
                "r",
                why,
            )
            for kind, why in (
                ("issues", "its issues changed"),
                ("json", "its document changed"),
                ("pulls", "its pull requests or commits changed"),
                ("release", "its releases changed"),
                ("soak", "its days, releases or breaking commits changed"),
            )
        ),
        (
            signal("met", probe("met"), probe("met", kind="issues")),
            signal("unmet", probe("unmet"), probe("partial", kind="issues")),
            "r",
            "new upstream commits; its issues changed",
        ),
        (
            signal("met", probe("met", kind="json"), probe("met", kind="issues")),
            signal("unmet", probe("unmet", kind="json"), probe("partial", kind="issues")),
            "r",
            "its document changed; its issues changed",
        ),
        # A probe that reads the downstream, which has no new commit.
        (MET, signal("unmet", probe("unmet", head=DOWN_1)), "r", "the time window moved"),
        (
            signal("met", probe("met"), probe("met", head=UP_2)),
            signal("unmet", probe("unmet", head=DOWN_1), probe("met", head=UP_2)),
            "r",
            "the time window moved",
        ),
    ],
)
def test_a_changed_state_has_its_reason(
    before: SignalReading | None, after: SignalReading | None, rules: str, why: str
) -> None:
    first, second = (samples.refresh(*([each] if each else [])) for each in (before, after))
    first = replace(first, id="a", rules="r", upstream=samples.side("up/stream", UP_1, "v2"))
    (found,) = compare_refreshes(TRACKER, Record(), first, replace(second, rules=rules)).readings
    assert (found.why, found.before, found.after) == (
        why,
        before.state if before else None,
        after.state if after else None,
    )
    assert found.summary == ("; ".join(each.summary for each in after.probes) if after else "")


def test_without_new_commits_the_time_window_moved() -> None:
    first, second = samples.refresh(MET, at=MONDAY), samples.refresh(UNMET)
    assert [found.why for found in compare_refreshes(TRACKER, Record(), first, second).readings] == [
        "the time window moved"
    ]


def test_the_reason_of_a_probe_with_a_window_may_be_its_window() -> None:
    before, after = (signal(state, probe(state, kind="churn")) for state in ("unmet", "partial"))
    first, second = samples.refresh(before, at=MONDAY, up=UP_1), samples.refresh(after)
    assert [found.why for found in compare_refreshes(TRACKER, Record(), first, second).readings] == [
        "new upstream commits, or the time window moved"
    ]


def test_a_signal_that_the_tracker_no_longer_has_is_named_by_its_id() -> None:
    readings = (replace(MET, id="old"), replace(MET, id="older"))
    first, second = samples.refresh(readings[0]), samples.refresh(readings[1])
    found = compare_refreshes(TRACKER, Record(), replace(first, id="a"), second).readings
    assert [(reading.id, reading.title) for reading in found] == [("old", "old"), ("older", "older")]


def test_commits_are_counted_only_over_ranges_from_the_base_to_the_head() -> None:
    range_ = Range(from_=UP_1, to=UP_2, ancestor=True, commits=2, files=3)
    assert commits_between(UP_1, UP_2, [range_]) == 2
    for base, head, ranges in ((UP_1, UP_2, []), (UP_1, DOWN_1, [range_]), (DOWN_1, UP_2, [range_])):
        assert commits_between(base, head, ranges) is None
