"""Hostile text on every screen is shown literally. It is never parsed as markup, run as an action, or a crash."""

import datetime as dt
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from textual.widgets import Input

from pawtui.probes import probe_facts
from pawtui.probes.probe_facts import ChurnFacts, SurfaceFacts
from pawtui.probes.reading import Evidence
from pawtui.refresh.outcome import RefreshOutcome
from pawtui.refresh.progress import ProgressCallback
from pawtui.refresh.refresh_types import Refresh, RelatedStatus
from pawtui.review.actions import ActionContext, Actor
from pawtui.review.gate_actions import add_pin, set_gate
from pawtui.review.note_actions import add_note
from pawtui.review.record_types import Record
from pawtui.review.verdict_actions import give_verdict
from pawtui.sources.sanitize import safe_line
from pawtui.sources.source_errors import Offline
from pawtui.tracker.tracker_types import Gate, Part, Signal, Tracker
from tests.tui.support import NOW, applied, make_app, make_workspace, refresh, running, shown, step, tracker, until

MARKUP = "a [/foo] b [@click=app.quit]x[/] [red]z[/red]"
# Markup, control characters, bidirectional and invisible characters, line ends, and more cells than any line has.
HOSTILE = (
    f"{MARKUP} [core] [$primary]x[/] [link=https://evil.example]y[/link] \\[b] \\"
    "\x1b]52;c;ZXZpbA==\x07\x1b[31mred\x1b[0m \u202eevil\u2066\u200b\ufeff\x9b31m\n\n\r\t" + "y" * 500 + "漢字" * 250
)


def hostile_tracker(text: str) -> Tracker:
    """Return a tracker with that text in every text field."""
    made = tracker()
    word = safe_line(text)
    return replace(
        made,
        title=word,
        about=text,
        signals=(
            *(replace(signal, title=word, about=text) for signal in made.signals),
            Signal(id="odd", title=text),
        ),
        gates=tuple(
            Gate(id=gate.id, title=text, about=text, parts=(Part(id="p", title=text),), paths=(text,))
            for gate in made.gates
        ),
    )


def hostile_facts(text: str, facts: probe_facts.Facts | None) -> probe_facts.Facts | None:
    """Return the facts with that text as the name of a surface, if they have surfaces."""
    if not isinstance(facts, ChurnFacts):
        return facts
    return replace(facts, surfaces=(SurfaceFacts(name=text, count=1, peak=2, weeks=(1, 2)),))


def hostile_refresh(text: str, number: int) -> Refresh:
    """Return a refresh with that text in every field from outside."""
    made = refresh(number)
    signals = tuple(
        replace(
            signal,
            probes=tuple(
                replace(
                    probe,
                    summary=text,
                    rule=text,
                    cause=text,
                    gaps=(text,),
                    evidence=(Evidence(text=text, url=text, pin=text), *probe.evidence),
                    facts=hostile_facts(text, probe.facts),
                )
                for probe in signal.probes
            ),
        )
        for signal in made.signals
    )
    side = replace(made.upstream, ref=text, renamed_from=text, remark=text, doubt=text, missing=(text,))
    return replace(
        made,
        upstream=side,
        source=text,
        signals=signals,
        errors=(text,),
        related=(RelatedStatus(ref="loom/loom#7", title=text, state=text, url=text, cause=text),),
    )


def hostile_record(text: str, made: Tracker) -> Record:
    """Return a record with that text in notes, gates and verdicts."""
    out = Record(refreshes=(hostile_refresh(text, 1), hostile_refresh(text, 0)))
    actor = Actor(by=text, at=NOW - dt.timedelta(hours=1))
    out = applied(out, add_note(ActionContext(made, out, actor), "signal:calm", text, pins=["loom/loom#1"]))
    out = applied(out, set_gate(ActionContext(made, out, actor), "replay", "blocked", reason=text))
    out = applied(out, add_pin(ActionContext(made, out, actor), "value", "https://example.org/" + "z" * 500))
    return applied(out, give_verdict(ActionContext(made, out, actor), "calm", "met", reason=text))


async def test_every_screen_shows_hostile_text_literally(tmp_path: Path) -> None:
    text = HOSTILE
    made = hostile_tracker(text)
    workspace = make_workspace(tmp_path, hostile_record(text, made), of=made)

    async def script(report: ProgressCallback) -> RefreshOutcome:
        report(msgspec.structs.replace(step(1, 3, text), upstream=hostile_refresh(text, 0).upstream))
        report(step(2, 3, text, hostile_refresh(text, 0).signals[1]))
        raise Offline(text)

    workspace.script = script
    app = make_app(workspace)
    seen: list[str] = []
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        for keys in ("1", "j", "G", "enter", "2", "j", "enter", "3", "enter", "4", "enter"):
            await pilot.press(keys)
            seen.append(shown(app))
        await pilot.press("r")
        await pilot.pause()
        seen.append(shown(app))
        for way in (["w"], ["right"], ["escape", "d"], ["escape", "L", "j"], ["escape", "S"], ["escape", "2", "b"]):
            await pilot.press(*way)
            seen.append(shown(app))
        await pilot.press("escape", "1", "j", "v")
        seen.append(shown(app))
        await pilot.press("escape", "escape", "n")
        seen.append(shown(app))
        await pilot.press("escape", "ctrl+p")
        app.screen.query_one(Input).value = "gate"
        await until(pilot, lambda: "Go to gate" in shown(app))
        seen.append(shown(app))
        assert app.return_value is None
        assert app.is_running
    everything = "\n".join(seen)
    assert not set(everything) & set("\x1b\x07\x9b\u202e\u2066\u200b")
    assert MARKUP in everything


@pytest.mark.frames
async def test_hostile_text_has_no_clickable_action(tmp_path: Path) -> None:
    text = "[@click=app.quit]x[/]"
    made = hostile_tracker(text)
    async with running(make_workspace(tmp_path, hostile_record(text, made), of=made), size=(120, 40)) as (app, pilot):
        await pilot.pause()
        for y in range(40):
            for x in (4, 14, 22, 62, 80):
                style = app.screen.get_style_at(x, y)
                assert not any("quit" in str(value) for value in style.meta.values())
