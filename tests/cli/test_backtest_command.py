"""backtest: the decisions of other thresholds on the recorded dates, and its options."""

import datetime as dt

import pytest

from pawtui.report.document_lines import plain_text
from pawtui.report.documents.backtest_document import backtest_document, sweep_document
from pawtui.report.line_wrapping import string_width
from pawtui.review.backtest import Backtest, Break, DatedDecision, Period
from pawtui.review.timeline import UpstreamEvent
from tests.cli.conftest import Run, World

RESET = UpstreamEvent(
    kind="reset", day=dt.date(2026, 10, 9), text="drops the table", seen=dt.datetime(2026, 10, 9, tzinfo=dt.UTC)
)


@pytest.fixture
def busy(run: Run, measured: World) -> None:
    """A last refresh that counts one commit: the signal `calm` is partial."""
    measured.up.commit({"src/runner/run.ts": "two\n"}, at=f"{dt.datetime.now(dt.UTC):%Y-%m-%dT00:00:00Z}")
    assert run("refresh", "--quiet").status == 0


def test_other_thresholds_and_needed_signals_change_the_decision(run: Run, busy: None) -> None:
    own = run("backtest").out
    assert "thresholds  the tracker's own\nneeded      default-path, calm\n" in own
    assert "never met   calm (--need selects the needed signals)\ngo          on 0 of 1 date\n" in own
    assert "HOLD      not met: calm\n" in own
    looser = run("backtest", "--set", "churn.met=5").out
    assert "thresholds  churn.met = 5\n" in looser
    assert f"GO        no break is known since {dt.datetime.now(dt.UTC):%Y-%m-%d}, the first date\n" in looser
    assert "Differs from the tracker's rules for all signals  1 date\n" in looser
    assert "go          on 1 of 1 date\n" in run("backtest", "--need", "default-path").out
    rows = run("backtest", "--sweep", "churn.met=0..2:1", "--json").json
    assert [(row["value"], row["go"]) for row in rows] == [(0, 0), (1, 1), (2, 1)]
    assert "never met" not in run("backtest", "--sweep", "churn.met=0..2:1").out


def test_without_dates_the_backtest_names_the_next_command(run: Run) -> None:
    assert run("backtest").out == "No dates to test: run `pawtui backfill --since DATE` first.\n"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--set", "churn"), "'churn' is not a threshold"),
        (("--set", "churn.met=-1"), "'churn.met=-1' is not a threshold"),
        (("--set", "churn.mett=1"), "probe of the tracker has the threshold 'churn.mett': did you mean 'churn.met'?"),
        (("--set", "soak.days=1"), "the threshold 'soak.days': choose one of: churn.met, churn.met_share, "),
        (("--sweep", "churn.met=5"), "'churn.met=5' is not a range"),
        (("--sweep", "churn.met=5..1"), "LOW must not exceed HIGH"),
        (("--sweep", "churn.met=0..1000:1"), "1,001 values, and the limit is 200"),
        (("--need", "churn"), "The tracker has no signal 'churn': choose one of: default-path, calm."),
        (("--need", ","), "--need names no signal"),
    ],
)
def test_wrong_options_are_explained(run: Run, options: tuple[str, ...], message: str) -> None:
    refused = run("backtest", *options)
    assert refused.status == 2
    assert message in refused.err


def test_a_sweep_without_a_step_has_at_most_16_values(run: Run) -> None:
    assert len(run("backtest", "--sweep", "churn.met=0..80", "--json").json) <= 16
    fractions = run("backtest", "--sweep", "churn.met=0..0.3", "--json").json
    assert [row["value"] for row in fractions][:3] == [0, 0.02, 0.04]
    tenths = run("backtest", "--sweep", "churn.met=0..0.3:0.1", "--json").json
    assert [row["value"] for row in tenths] == [0, 0.1, 0.2, 0.3], "a sum of fractions is rounded"


def test_a_hold_separates_signals_that_were_met_on_some_dates() -> None:
    first = dt.date(2026, 10, 1)
    decisions = tuple(
        DatedDecision(date=first + dt.timedelta(days=number), decision="hold", missing=dict.fromkeys(missing, "unmet"))
        for number, missing in enumerate((("calm", "tests"), ("calm",)))
    )
    hold = Period(decision="hold", first=first, last=decisions[-1].date, dates=2, missing=("calm", "tests"))
    backtest = Backtest(needed=("calm", "tests"), decisions=decisions, periods=(hold,))
    assert "HOLD      not met: calm, tests (on some dates)\n" in plain_text(backtest_document(backtest, ()))


def test_breaks_after_a_go_are_listed_and_a_sweep_fits_the_terminal() -> None:
    dates = [dt.date(2026, 10, 1) + dt.timedelta(weeks=number) for number in range(3)]
    decisions = tuple(DatedDecision(date=date, decision="go", missing={}) for date in dates)
    go = Period(
        decision="go",
        first=dates[0],
        last=dates[-1],
        dates=3,
        waited=40,
        breaks=(Break(event=RESET, after=8),) * 9,
    )
    backtest = Backtest(needed=("calm",), decisions=decisions, periods=(go,))
    text = plain_text(backtest_document(backtest, ()))
    assert "Breaks after a go  9 breaks\n2026-10-09  8 days after  reset  drops the table\n" in text
    rows = plain_text(sweep_document("subjects.partial", {1: backtest}), 80)
    assert "3 of 3  2026-10-01  40 days             9  " in rows
    assert max(map(string_width, rows.splitlines())) <= 80
