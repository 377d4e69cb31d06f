"""The earliest day of a go, and the day of the next review."""

import datetime as dt

import msgspec
import pytest

from pawtui.review.overview import make_overview
from pawtui.review.verdict_actions import give_verdict
from tests.review.decision_samples import TODAY, measured, probe_of, reading_of, satisfied
from tests.review.review_samples import TRACKER, apply, context_of, reading, record, refresh


def test_hold_has_an_earliest_day_if_the_day_of_a_missing_signal_is_known() -> None:
    now = satisfied(measured(calm="partial", met_on=dt.date(2026, 12, 1)))
    assert make_overview(TRACKER, now, TODAY).earliest == dt.date(2026, 12, 1)
    one_undated = satisfied(measured(calm="partial", default="unmet", met_on=dt.date(2026, 12, 1)))
    assert make_overview(TRACKER, one_undated, TODAY).earliest == dt.date(2026, 12, 1)
    undated = satisfied(measured(calm="partial"))
    assert make_overview(TRACKER, undated, TODAY).earliest is None


def test_the_latest_of_all_dates_is_the_earliest_day() -> None:
    first, second = dt.date(2026, 12, 1), dt.date(2026, 12, 24)
    two = reading_of(probe_of("partial", met_on=second), probe_of("unmet", met_on=first))
    now = record(refresh(two, reading_of(probe_of("met"), name="default", state="met")))
    assert make_overview(TRACKER, satisfied(now), TODAY).earliest == second
    two_signals = record(
        refresh(
            reading_of(probe_of("partial", met_on=first)), reading_of(probe_of("unmet", met_on=second), name="default")
        )
    )
    assert make_overview(TRACKER, satisfied(two_signals), TODAY).earliest == second


@pytest.mark.parametrize("has_facts", [True, False])
def test_a_missing_probe_without_a_date_leaves_the_day_unknown(has_facts: bool) -> None:
    dated, undated = probe_of("partial", met_on=dt.date(2026, 12, 1)), probe_of("unmet")
    if not has_facts:
        undated = msgspec.structs.replace(undated, facts=None)
    now = record(refresh(reading_of(dated, undated), reading("default", "met")))
    assert make_overview(TRACKER, satisfied(now), TODAY).earliest is None


def test_what_is_met_already_does_not_delay_the_day() -> None:
    soon, late = dt.date(2026, 12, 1), dt.date(2026, 12, 24)
    partial = reading_of(probe_of("met", met_on=late), probe_of("met"), probe_of("partial", met_on=soon))
    met = reading_of(probe_of("met"), probe_of("unmet", met_on=late), name="default", state="met")
    assert make_overview(TRACKER, satisfied(record(refresh(partial, met))), TODAY).earliest == soon


def test_a_probe_that_does_not_decide_has_no_effect_on_summary_and_day() -> None:
    dated = probe_of("partial", met_on=dt.date(2026, 12, 1), summary="nearly quiet")
    informative = probe_of("unmet", decides=False, summary="the flag is still read")
    now = record(refresh(reading_of(informative, dated), reading("default", "met")))
    overview = make_overview(TRACKER, satisfied(now), TODAY)
    assert overview.earliest == dt.date(2026, 12, 1)
    assert overview.signal("calm").summary == "nearly quiet"
    only = record(refresh(reading_of(informative, state="unknown"), reading("default", "met")))
    assert make_overview(TRACKER, only, TODAY).signal("calm").summary == "no probe decides: only a verdict counts"


def test_a_verdict_that_counts_leaves_the_day_unknown() -> None:
    now = satisfied(measured(calm="partial", met_on=dt.date(2026, 12, 1)))
    now = apply(now, give_verdict(context_of(now), "calm", "unmet", reason="the tests are skipped"))
    assert make_overview(TRACKER, now, TODAY).earliest is None


def test_a_review_that_is_due_after_the_last_day_of_the_calendar_has_no_day() -> None:
    assert make_overview(TRACKER, record(refresh(at=dt.datetime.max.replace(tzinfo=dt.UTC))), TODAY).due is None


def test_the_next_review_is_due_after_the_days_of_the_policy() -> None:
    assert make_overview(TRACKER, measured(), TODAY).due == TODAY + dt.timedelta(days=7)
