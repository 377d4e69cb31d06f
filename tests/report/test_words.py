"""Words, glyphs and numbers."""

import datetime as dt
from typing import Any, get_args

import msgspec
import pytest

from pawtui.probes.state import STATES
from pawtui.refresh.refresh_types import (
    Decision,
    DriftState,
    PartReading,
    PlanStatus,
    RepoSnapshot,
)
from pawtui.report import words
from pawtui.report.documents.timeline_document import month_names
from pawtui.review.overview import make_overview
from pawtui.review.record_types import GATE_STATES
from pawtui.review.timeline import Week
from tests.report import samples

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("pin", "name", "commit"),
    [
        (f"up/stream@{'a' * 40}:src/run.ts#L3-L4", "src/run.ts#L3-L4", "up/stream@aaaaaaaaaa"),
        (f"up/stream@{'a' * 40}", "up/stream@aaaaaaaaaa", ""),
        ("up/stream#3", "up/stream#3", ""),
        (f"https://example.org/x@{'a' * 40}:y", f"https://example.org/x@{'a' * 40}:y", ""),
        ("not a pin", "not a pin", ""),
    ],
)
def test_a_pin_has_a_name_and_a_commit(pin: str, name: str, commit: str) -> None:
    assert words.name_and_commit(pin) == (name, commit)


@pytest.mark.parametrize(
    ("before", "summary"),
    [
        (dt.timedelta(seconds=3), "just now"),
        (dt.timedelta(seconds=59), "59 seconds ago"),
        (dt.timedelta(minutes=1), "1 minute ago"),
        (dt.timedelta(minutes=59), "59 minutes ago"),
        (dt.timedelta(hours=2), "2 hours ago"),
        (dt.timedelta(hours=47), "47 hours ago"),
        (dt.timedelta(days=2), "2 days ago"),
        (dt.timedelta(days=60), "60 days ago"),
        (dt.timedelta(days=61), "2 months ago"),
        (dt.timedelta(days=92), "3 months ago"),
        (dt.timedelta(days=730), "23 months ago"),
        (dt.timedelta(days=731), "2 years ago"),
        (dt.timedelta(days=800), "2 years ago"),
        (dt.timedelta(hours=-3), "in 3 hours"),
    ],
)
def test_a_relative_time_has_one_unit(before: dt.timedelta, summary: str) -> None:
    assert words.ago(NOW - before, NOW) == summary


def test_a_relative_time_has_a_brief_form() -> None:
    assert words.ago(NOW - dt.timedelta(minutes=5), NOW, brief=True) == "5 min ago"
    assert words.ago(NOW - dt.timedelta(days=92), NOW, brief=True) == "3 mo ago"


def test_every_state_has_its_own_glyph() -> None:
    assert set(words.STATE_GLYPH) == set(STATES)
    assert set(words.GATE_GLYPH) == {*GATE_STATES, "stale", "unchecked"}
    assert set(words.DRIFT_GLYPH) == set(get_args(DriftState))
    assert set(words.DECISION_WORD) == set(get_args(Decision))
    for glyphs in (words.STATE_GLYPH, words.GATE_GLYPH, words.DRIFT_GLYPH):
        assert len(set(glyphs.values())) == len(glyphs)


def test_a_sparkline_has_one_character_per_value() -> None:
    assert words.sparkline([0, 1, 50, 100]) == "·▁▄█"
    assert words.sparkline([0, 0]) == "··"
    assert words.sparkline([]) == ""


def test_the_cost_of_a_refresh_is_named() -> None:
    refresh = samples.refresh()
    assert words.cost(refresh) == "41 requests (4 not modified), 4,971 left this hour"


@pytest.mark.parametrize(
    ("changes", "brief", "relation"),
    [
        ({}, "+229 commits, 562 files", "an ancestor of the head"),
        ({"files_at_least": True}, "+229 commits, 562+ files", "an ancestor of the head"),
        ({"to": samples.UP_1}, "no new commits", "still the head"),
        ({"ancestor": False}, "branch rewritten", "not an ancestor of the head: the branch was rewritten"),
        (
            {"ancestor": False, "behind": 2},
            "branch rewritten",
            "not an ancestor of the head: the branch was rewritten, which removed 2 commits",
        ),
        ({"ancestor": False, "ref_before": "dev"}, "ref changed", "on the earlier ref dev"),
        (
            {"ref_before": "dev"},
            "+229 commits, 562 files",
            "an ancestor of the head, and was the head of the earlier ref dev",
        ),
        (
            {"ancestor": False, "commits": 0, "behind": 2},
            "branch reset",
            "after the head: the branch was reset to an earlier commit, which removed 2 commits",
        ),
        (
            {
                "ancestor": False,
                "commits": 0,
                "behind": 3,
                "undone": ("aaaaaaaaaa feat: it", "bbbbbbbbbb fix: that"),
            },
            "branch reset",
            "after the head: the branch was reset to an earlier commit, which removed "
            "3 commits (aaaaaaaaaa feat: it; bbbbbbbbbb fix: that; 1 more)",
        ),
    ],
)
def test_a_range_has_its_size_and_the_relation_of_its_first_commit(
    changes: dict[str, Any], brief: str, relation: str
) -> None:
    range_ = msgspec.structs.replace(samples.moved(), **changes)
    assert (words.brief_range_size(range_), words.ancestry(range_)) == (brief, relation)


def test_the_size_of_a_range_names_its_base_if_that_is_not_the_previous_commit() -> None:
    moved = samples.moved()
    assert words.range_size(moved) == "229 commits and 562 changed files"
    rewritten = msgspec.structs.replace(moved, ancestor=False, behind=2)
    assert words.range_size(rewritten) == "229 commits and 562 changed files since the common ancestor"
    # The tree of a reset branch differs, but the head has nothing that the previous commit does not have.
    reset = msgspec.structs.replace(rewritten, commits=0, files=0)
    assert words.range_size(reset) == "no new commits"


def test_pins_and_names_are_shortened_for_display() -> None:
    assert words.short_pin(f"up/stream@{samples.UP_1}:src/a.ts#L3") == "up/stream@a1a1a1a1a1:src/a.ts#L3"
    assert words.short_pin("up/stream#7") == "up/stream#7"


def test_a_message_names_a_pinned_file_without_its_repository_and_folder() -> None:
    pin = f"up/stream@{samples.UP_1}"
    for text, expected in (
        (f"undid: pinned {pin}:src/a/b.ts#L3-L4 to value", "undid: pinned b.ts#L3-L4 to value"),
        (f"removed {pin}:README.md from value", "removed README.md from value"),
        (f"pinned {pin} to value", "pinned up/stream@a1a1a1a1a1 to value"),
        ("pinned up/stream#7 to value", "pinned up/stream#7 to value"),
    ):
        assert words.with_file_names(text) == expected
    assert words.short_name("gate:shadow-replay") == "shadow replay"
    assert words.short_name("review") == "review"


def test_state_glyphs_are_in_the_given_order() -> None:
    refresh = samples.refresh(samples.reading("b", "met", "x"), samples.reading("a", "unknown", "x"))
    assert words.state_glyphs(refresh, ["a", "b", "c"]) == "? = -"


def test_each_state_of_the_plan_has_its_summary() -> None:
    assert words.plan_summary(PlanStatus(state="none")) == "none posted"
    waiting = PlanStatus(state="waiting", since=NOW, plan_by="ann")
    assert words.plan_summary(waiting) == "waiting for approval since 2026-11-20 (posted by ann)"
    assert words.plan_summary(PlanStatus(state="approved", by="bo", at=NOW)) == "approved by bo on 2026-11-20"
    assert words.plan_summary(PlanStatus(state="unknown", cause="no response")) == "unknown: no response"
    unclear = PlanStatus(state="unclear", by="bo", at=NOW)
    assert words.plan_summary(unclear).startswith("unclear: a comment by bo on 2026-11-20 may be about the approval")
    recorded = PlanStatus(state="waiting", by="ann", at=NOW, cause="not before 2.4", recorded=True)
    assert words.plan_summary(recorded) == "waiting for approval, recorded by ann on 2026-11-20: not before 2.4"
    cause = "the plan of eve does not count: eve has no write access to the repository"
    refused = PlanStatus(state="none", cause=cause)
    assert "eve has no write access" in words.plan_summary(refused)


def test_a_repository_and_its_ref_have_their_remarks() -> None:
    side = RepoSnapshot(
        repo="up/stream",
        ref="v2",
        sha="a" * 40,
        committed_at=NOW,
        doubt="v2 does not contain v2.3.2",
        missing=("next", "dev (now main)"),
        remark="quiet",
        renamed_from="old/stream",
    )
    assert words.snapshot_remarks(side) == (
        "repository renamed from old/stream",
        "unknown: v2 does not contain v2.3.2",
        "ref next does not exist",
        "ref dev was renamed to main",
        "quiet",
    )
    assert words.snapshot_remarks(RepoSnapshot(repo="a/b", ref="c", sha="d" * 40, committed_at=NOW)) == ()


def test_a_month_is_named_at_its_first_week() -> None:
    weeks = [Week(start=dt.date(2026, 9, 28) + dt.timedelta(weeks=number)) for number in range(8)]
    assert month_names(weeks) == " Oct Nov"
    assert month_names(weeks, week_width=4) == "    Oct             Nov         "


def test_january_has_the_name_of_its_year() -> None:
    def names(first: dt.date) -> str:
        return month_names([Week(start=first + dt.timedelta(weeks=number)) for number in range(12)])

    # January has five weeks, or four.
    assert names(dt.date(2023, 12, 4)) == "Dec '24  Feb"
    assert names(dt.date(2024, 12, 2)) == "Dec  '25 Feb"


def test_a_part_is_described_by_its_title_and_its_summary() -> None:
    parts = (
        PartReading(id="a", title="Crash", state="partial", summary="no match"),
        PartReading(id="b", title="Tools", state="met"),
    )
    assert [words.part_words(part) for part in parts] == ["Crash: no match", "Tools"]


@pytest.mark.parametrize(("day", "due"), [(26, ""), (27, "; review due since 2026-11-27")])
def test_the_decision_shows_since_when_its_review_is_due(day: int, due: str) -> None:
    record = samples.overridden()
    assert words.headline(make_overview(samples.TRACKER, record, dt.date(2026, 11, day))).endswith(
        f"gates satisfied{due}"
    )
