"""A signal: its reading and why, the verdict over it, the trend, the notes, and how it read before."""

from __future__ import annotations

import datetime as dt

from textual.content import Content

from pawtui.probes.reading import ProbeReading
from pawtui.report.words import STATE_GLYPH, counted, part_line
from pawtui.review.model import Verdict
from pawtui.review.overview import summary_of
from pawtui.review.views import Overview, SignalView
from pawtui.tracker.model import kind_of
from pawtui.tui.chart import bars, spark, week_labels
from pawtui.tui.content import ALERT, LINK, MUTED, STATE_STYLE, STRONG, concat, fit, line, lines, right, spaced, trusted
from pawtui.tui.page import Block, Page, Target, block, gap, heading, pair, rows
from pawtui.tui.pages.common import PageContext, evidence_block, note_blocks, stamp, state_mark, titled
from pawtui.tui.pages.soak_chart import soak_blocks
from pawtui.tui.trends import Churn, Trend, churn_of

_HISTORY_SHOWN = 52


def signal_page(overview: Overview, view: SignalView, page_context: PageContext) -> Page:
    """Everything about one signal."""
    signal = view.signal
    blocks: list[Block] = [block(line(signal.title, STRONG))]
    if signal.about:
        blocks.append(block(line(signal.about, MUTED)))
    blocks.append(gap())
    blocks += _standing(view)
    blocks += _verdict(view)
    blocks += soak_blocks(view.reading)
    churn = churn_of(view.reading)
    if churn:
        blocks += _churn(churn)
    blocks += _why(view)
    blocks += note_blocks(view.notes, page_context)
    blocks += _before(overview, signal.id, page_context.opened)
    return Page(
        key=f"signal:{signal.id}",
        title=titled(signal.id),
        subtitle=state_mark(view.effective),
        blocks=tuple(blocks),
    )


def _standing(view: SignalView) -> list[Block]:
    measured = spaced([state_mark(view.measured), line(view.summary)])
    blocks = [pair("measured", measured)]
    for number, part in enumerate(view.reading.parts if view.reading else ()):
        blocks.append(pair("" if number else "parts", line(part_line(part))))
    if view.overridden and view.verdict:
        blocks.append(pair("counts as", spaced([state_mark(view.effective), line("overruled by a verdict", ALERT)])))
    if view.stale:
        gone = counted(len(view.stale), "pin no longer stands", "pins no longer stand")
        blocks.append(pair("evidence", line(f"stale: {gone} as taken", ALERT)))
    if view.unchecked:
        lost = counted(len(view.unchecked), "pin")
        blocks.append(pair("" if view.stale else "evidence", line(f"{lost} could not be checked", ALERT)))
    return blocks


def _verdict(view: SignalView) -> list[Block]:
    verdict = view.verdict
    if verdict is None:
        return [pair("verdict", line("none: v gives one over the measurement", MUTED))]
    blocks = [
        pair(
            "verdict",
            spaced([state_mark(verdict.state), line(f"{verdict.by}, {stamp(verdict.at)}", MUTED)]),
            target=Target(copy=verdict.reason, enter="text"),
        ),
        pair("", lines(verdict.reason)),
        pair("", line(_given_over(verdict), MUTED)),
    ]
    if view.renewal:
        blocks.append(pair("", line(f"Asked again: {view.renewal}. Until then the measurement counts.", ALERT)))
    return blocks


def _given_over(verdict: Verdict) -> str:
    over = f"over {verdict.measured}"
    if verdict.upstream:
        over += f" at {verdict.upstream[:10]}"
    return f"{over}, until {verdict.until}" if verdict.until else f"{over}, no end date"


def _churn(churn: Churn) -> list[Block]:
    weeks = len(churn.total.weeks)

    def table(width: int) -> list[Content]:
        name_width = max([len(one.name) for one in churn.surfaces] + [12])
        name_width = min(name_width, max(8, width - 14 - weeks - 4))
        head = concat(
            fit(line("surface", MUTED), name_width),
            right(line(f"{churn.days} d", MUTED), 7),
            right(line("peak", MUTED), 7),
            trusted(f"  {weeks} weeks", MUTED),
        )
        return [head, *(_surface_row(one, name_width) for one in (*churn.surfaces, churn.total))]

    def chart(width: int) -> list[Content]:
        values = churn.total.weeks
        peak = values.index(max(values)) if any(values) else -1
        labels = week_labels(churn.start, weeks)
        return bars(values, labels, width=width, height=4 if width < 70 else 6, peak=peak)

    return [
        heading("Commits", line("per surface, in the window and in the busiest one", MUTED)),
        rows(table),
        heading("Week by week", line("all surfaces, each commit once; a week by its first day", MUTED)),
        rows(chart),
    ]


def _surface_row(trend: Trend, name_width: int) -> Content:
    total = trend.name == "all surfaces"
    return concat(
        fit(line(trend.name, STRONG if total else ""), name_width),
        right(line(f"{trend.count:,}"), 7),
        right(line(f"{trend.peak:,}", MUTED), 7),
        "  ",
        trusted(spark(trend.weeks), LINK),
    )


def _why(view: SignalView) -> list[Block]:
    reading = view.reading
    if reading is None:
        count = len(view.signal.probes)
        asked = [
            block(
                concat(trusted(f"{kind_of(probe)}  ".ljust(11), MUTED), line(probe.why or "no reason given")), hang=11
            )
            for probe in view.signal.probes
        ]
        return [heading("Will be measured by", line(counted(count, "probe"), MUTED)), *asked]
    combine = "met when all parts are" if view.signal.combine == "parts" else "as good as its worst probe"
    blocks = [heading("Why", line(f"{counted(len(reading.probes), 'probe')}: {combine}", MUTED))]
    whys = [probe.why for probe in view.signal.probes]
    for index, probe in enumerate(reading.probes):
        why = whys[index] if index < len(whys) and kind_of(view.signal.probes[index]) == probe.kind else ""
        blocks += _probe(probe, why)
    return blocks


def _probe(probe: ProbeReading, why: str) -> list[Block]:
    head = spaced([state_mark(probe.state), line(probe.kind, STRONG), line(probe.summary)])
    blocks = [block(head, hang=2)]
    blocks.append(pair("  rule", line(probe.rule)))
    if why:
        blocks.append(pair("  because", line(why, MUTED)))
    if probe.cause:
        blocks.append(pair("  cause", line(probe.cause, ALERT)))
    blocks += [pair("  unseen", line(gaps, MUTED)) for gaps in probe.gaps]
    blocks += [_indented(evidence_block(evidence)) for evidence in probe.evidence]
    blocks.append(gap())
    return blocks


def _indented(inner: Block, by: int = 2) -> Block:
    return Block(lambda width: [one.pad_left(by) for one in inner.lay(width - by)], inner.target)


def _before(overview: Overview, signal_id: str, opened: str) -> list[Block]:
    """The strip of its states over the refreshes, and each change in words, newest first."""
    readings = [
        (refresh, reading)
        for refresh in overview.record.refreshes[-_HISTORY_SHOWN * 4 :]
        if (reading := refresh.signal(signal_id))
    ]
    if not readings:
        return []
    strip = Content("").join(
        [
            line(STATE_GLYPH[reading.state], STATE_STYLE[reading.state])
            for _refresh, reading in readings[-_HISTORY_SHOWN:]
        ]
    )
    blocks = [heading("Before", line("one mark a refresh, the newest last", MUTED)), block(strip)]
    changes: list[tuple[dt.datetime, str, Content]] = []
    last = ""
    for refresh, reading in readings:
        if reading.state != last:
            summary = summary_of(overview.tracker.signal(signal_id), reading)
            changes.append((refresh.at, refresh.id, spaced([state_mark(reading.state), line(summary, MUTED)])))
            last = reading.state
    for at, refresh_id, change in reversed(changes[-12:]):
        target = Target(enter="show", object=f"refresh:{refresh_id}", copy=f"{at:%Y-%m-%d}")
        blocks.append(block(concat(trusted(f"{at:%Y-%m-%d}  ", MUTED), change), hang=12, target=target))
        if refresh_id == opened:
            blocks += _as_it_read(overview, refresh_id, signal_id)
    return blocks


def _as_it_read(overview: Overview, refresh_id: str, signal_id: str) -> list[Block]:
    """A past reading in full, under its line."""
    refresh = next(one for one in overview.record.refreshes if one.id == refresh_id)
    reading = refresh.signal(signal_id)
    where = f"upstream {refresh.upstream.ref} @ {refresh.upstream.sha[:10]}, looked at {stamp(refresh.at)}"
    blocks = [block(line(where, MUTED), indent=4)]
    for probe in reading.probes if reading else ():
        head = spaced([state_mark(probe.state), line(probe.kind, STRONG), line(probe.summary)])
        blocks.append(block(head, indent=4, hang=2))
        if probe.cause:
            blocks.append(block(line(probe.cause, ALERT), indent=6))
        blocks += [_indented(evidence_block(evidence), 6) for evidence in probe.evidence]
    return blocks
