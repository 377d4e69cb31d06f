"""The decisions that other thresholds give on the measured dates, and a sweep over the values of a threshold."""

from collections.abc import Iterator, Mapping, Sequence

from pawtui.phrases import counted
from pawtui.report.document import Block, Column, Document, EmptyLine, Field, Heading, Paragraph, Row, Table
from pawtui.report.documents.document_parts import table_of
from pawtui.report.documents.timeline_document import event_words
from pawtui.report.spans import Span, muted, state_span, text_of
from pawtui.review.backtest import Backtest, Break, Period

NO_DATES = "No dates to test: run `pawtui backfill --since DATE` first."
LIMITS = (
    "Only signals are tested: the verdicts and gates of past days are unknown. A signal that needs a search, open pull "
    "requests, a JSON document or a verdict is met on no past day. If a count exceeded its threshold, the probe did "
    "not search for uncounted changes: with a higher threshold, the count may be too low."
)
_BAR_WIDTH = 16
_MAX_MARKS = 6
_CHANGED_SHOWN = 12


def backtest_document(backtest: Backtest, changes: Sequence[str]) -> Document:
    """Return the decisions. `changes` lists the thresholds and the soak rule that differ from the tracker."""
    if not backtest.decisions:
        return Document("backtest", "backtest", blocks=(Paragraph(NO_DATES),))
    periods = [
        Row((str(period.first), str(period.last), state_span(period.decision), _why(period, backtest)))
        for period in backtest.periods
    ]
    blocks: list[Block] = [
        Field("thresholds", ", ".join(changes) or "the tracker's own"),
        *_fields(backtest, backtest.never),
        Field("go", f"on {backtest.go_dates} of {counted(len(backtest.decisions), 'date')}"),
        EmptyLine(),
        Table((Column("from"), Column("to"), Column("decision"), Column("why", shrink="wrap")), periods),
    ]
    if backtest.go_dates:
        count = counted(len(backtest.breaks), "break") if backtest.breaks else "none"
        blocks += [
            Heading("Breaks after a go", muted(count)),
            *table_of([_break_row(break_) for break_ in backtest.breaks]),
        ]
    if backtest.changed:
        days = [str(day) for day in backtest.changed[:_CHANGED_SHOWN]]
        if (more := len(backtest.changed) - _CHANGED_SHOWN) > 0:
            days.append(f"{more} more")
        remark = muted(counted(len(backtest.changed), "date"))
        blocks += [Heading("Differs from the tracker's rules for all signals", remark), Paragraph(", ".join(days))]
    return Document("backtest", "backtest", blocks=[*blocks, EmptyLine(), Paragraph(muted(LIMITS))])


def _fields(backtest: Backtest, never: Sequence[str]) -> Iterator[Block]:
    first, last = backtest.decisions[0].date, backtest.decisions[-1].date
    yield Field("needed", ", ".join(backtest.needed))
    yield Field("dates", f"{counted(len(backtest.decisions), 'date')}, {first} to {last}")
    if never:
        yield Field("never met", text_of(Span(", ".join(never), "alert"), " (--need selects the needed signals)"))


def _why(period: Period, backtest: Backtest) -> str:
    if period.decision == "hold":
        decisions = [dated for dated in backtest.decisions if period.first <= dated.date <= period.last]
        signals = (
            signal if all(signal in dated.missing for dated in decisions) else f"{signal} (on some dates)"
            for signal in period.missing
        )
        return f"not met: {', '.join(signals)}"
    if period.last_break is None:
        return f"no break is known since {backtest.decisions[0].date}, the first date"
    return f"{counted(period.waited or 0, 'day')} after the last break ({period.last_break.text})"


def _break_row(break_: Break) -> Row:
    day, after = str(break_.event.day), f"{counted(break_.after, 'day')} after"
    return Row((day, muted(after), Span(event_words(break_.event.kind), "danger"), break_.event.text))


def sweep_document(name: str, results: Mapping[int | float, Backtest]) -> Document:
    """Return the result of each value of a threshold, with a bar for the dates with a go."""
    title = f"sweep of {name}"
    first = next(iter(results.values()))
    if not first.decisions:
        return Document("sweep", title, blocks=(Paragraph(NO_DATES),))
    columns = (
        Column(name, align="right"),
        Column("go dates", align="right"),
        Column("first go"),
        Column("waited", align="right"),
        Column("breaks after", align="right"),
        # Its numbers are in other columns, so it may be cut.
        Column("█ go, ! break", shrink="cut"),
    )
    rows = []
    for value, backtest in results.items():
        go_dates = f"{backtest.go_dates} of {len(backtest.decisions)}"
        first_go = str(backtest.first_go) if backtest.first_go else "never"
        waited = counted(backtest.shortest_wait, "day") if backtest.shortest_wait is not None else "-"
        bar = "█" * round(backtest.go_dates / len(backtest.decisions) * _BAR_WIDTH)
        chart = text_of(Span(bar, "ok"), Span("!" * min(len(backtest.breaks), _MAX_MARKS), "danger"))
        rows.append(Row((f"{value:g}", go_dates, first_go, waited, str(len(backtest.breaks)), chart)))
    never = [signal for signal in first.never if all(signal in backtest.never for backtest in results.values())]
    blocks = (*_fields(first, never), EmptyLine(), Table(columns, rows), EmptyLine(), Paragraph(muted(LIMITS)))
    return Document("sweep", title, blocks=blocks)
