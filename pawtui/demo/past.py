"""The history of the demo: the notes and decisions of eight weekly reviews, as actions to replay at past times."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import msgspec

from pawtui.demo import demo_downstream, demo_upstream
from pawtui.demo.world import World
from pawtui.review.actions import Actor
from pawtui.review.gate_actions import set_gate, tick_part
from pawtui.review.judgements import give_verdict
from pawtui.review.note_actions import add_note
from pawtui.review.record_types import Change, Record
from pawtui.review.undo import undo
from pawtui.tracker.tracker_types import Tracker

USER = "you"
COLLEAGUE = "colleague"

Action = Callable[[Record, Tracker, Actor], Change]


class Week(msgspec.Struct, frozen=True, kw_only=True):
    """One review: its age in days, the actions with their users, and its closing text (empty: it was not closed)."""

    ago: int
    done: Sequence[tuple[str, Action]]
    closed: str = ""


def _note(subject: str, text: str, *pins: str) -> Action:
    return lambda record, tracker, actor: add_note(record, tracker, subject, text, actor, pins=pins)


def _gate(gate: str, state: str, reason: str = "", *pins: str) -> Action:
    return lambda record, tracker, actor: set_gate(record, tracker, gate, state, actor, reason=reason, pins=pins)


def _part(gate: str, part: str) -> Action:
    return lambda record, tracker, actor: tick_part(record, tracker, gate, part, actor)


def _verdict(signal: str, state: str, reason: str, until: dt.date | None = None) -> Action:
    return lambda record, tracker, actor: give_verdict(
        record, tracker, signal, state, actor, reason=reason, until=until
    )


def _undo() -> Action:
    return lambda record, tracker, actor: undo(record, actor)


def _commit_pin(world: World, start: str) -> str:
    """Return a pin to the upstream commit whose subject starts with this text."""
    repository = world.repositories[demo_upstream.REPO]
    sha = next(made.sha for made in repository.commits.values() if made.message.startswith(start))
    return f"{demo_upstream.REPO}@{sha}"


def weeks(world: World) -> tuple[Week, ...]:
    """Return the weekly reviews, oldest first. Pins are to commits of the same week; some become stale later."""
    me, other = USER, COLLEAGUE
    first_stable = f"{demo_upstream.REPO}@{world.repositories[demo_upstream.REPO].tags['v2.0.0'].commit}"
    return (
        Week(
            ago=56,
            done=(
                (me, _note("review", "First review. The new line is still in beta and resets its tables.")),
                (
                    me,
                    _note(
                        "low-churn",
                        "Event names lost their prefix six weeks ago. Every name we read is in this list.",
                        f"up:{demo_upstream.EVENTS}#L10-L11",
                    ),
                ),
            ),
            closed="Hold. Nothing to plan before a stable release.",
        ),
        Week(
            ago=49,
            done=(
                (
                    me,
                    _note(
                        "recovery-story",
                        "Tools settle before their step ends: this is the rule our replay relies on.",
                        f"up:{demo_upstream.SETTLEMENT}#L2",
                    ),
                ),
                (
                    other,
                    _gate(
                        "code-debt-value",
                        "satisfied",
                        "One settlement instead of our two.",
                        f"up:{demo_upstream.SETTLEMENT}",
                    ),
                ),
            ),
            closed="Hold. Recovery is good; churn is too high.",
        ),
        Week(
            ago=42,
            done=(
                (me, _note("review", "Our `dev` is gone: the line built on loom lives on as `maint/v1`.")),
                (
                    me,
                    _note(
                        "recovery-story",
                        "Durable continuation after a crash is still listed as deferred.",
                        f"up:{demo_upstream.TODO}#L3",
                    ),
                ),
                (other, _part("compatibility-plan", "desktop-server")),
                (other, _part("compatibility-plan", "app")),
            ),
        ),
        Week(
            ago=35,
            done=(
                (me, _note("default-path", "2.0.0 is out. The plain binary name is now the new line.", first_stable)),
                (me, _gate("user-value", "satisfied", "", f"up:{demo_upstream.CLI}")),
                (me, _undo()),
            ),
            closed="Hold. v2 is the default now: the soak window starts.",
        ),
        Week(
            ago=28,
            done=(
                (
                    me,
                    _gate(
                        "user-value",
                        "satisfied",
                        "Sessions survive a hard kill, and an import no longer empties the table.",
                        f"up:{demo_upstream.IMPORT}#L3",
                    ),
                ),
                (
                    other,
                    _note(
                        "sessions-survive",
                        "Ten copies of real databases: all open, read, resume and export.\n\n"
                        "| copy | sessions | lost |\n|---|---|---|\n| laptop | 31 | 0 |\n| desktop | 112 | 0 |",
                        f"down:{demo_downstream.EXPORT}#L2-L4",
                    ),
                ),
            ),
            closed="Hold. Two gates are satisfied.",
        ),
        Week(
            ago=21,
            done=(
                (
                    me,
                    _verdict(
                        "no-resets",
                        "met",
                        "The upstream's durable names are under review and no reset is planned: see #412.",
                        world.today + dt.timedelta(days=40),
                    ),
                ),
                (other, _part("compatibility-plan", "sdk")),
                (
                    other,
                    _gate(
                        "shadow-replay",
                        "blocked",
                        "Skill and notice parts have no counterpart yet",
                        f"down:{demo_downstream.PARTS}#L3-L4",
                    ),
                ),
                (
                    me,
                    _note(
                        "low-churn",
                        "A breaking rename: input.promoted is now inbox.delivered.",
                        _commit_pin(world, "feat(schema)!: rename session.input"),
                    ),
                ),
            ),
            closed="No-go while the replay is blocked. The quiet days start again.",
        ),
        Week(
            ago=14,
            done=(
                (me, _gate("sessions-survive", "satisfied", "Ten copies, nothing lost.")),
                (
                    me,
                    _verdict("low-churn", "partial", "The renames were one clean-up; the rest is ordinary work."),
                ),
                (
                    other,
                    _note(
                        "shadow-replay",
                        "Subtask and tool parts map; notices do not. Asked upstream and documented it.",
                        f"{demo_upstream.REPO}#561",
                        f"{demo_downstream.REPO}#96",
                        "https://docs.example/loom/parts",
                    ),
                ),
                (other, _part("shadow-replay", "subtask")),
                (other, _part("shadow-replay", "tool")),
            ),
            closed="No-go while the replay is blocked. Everything else improves.",
        ),
        Week(
            ago=7,
            done=(
                (
                    me,
                    _note(
                        "recovery-story",
                        "A claim left behind is taken over after a restart. Check that it cannot happen twice.",
                        f"up:{demo_upstream.RESTART}#L2",
                    ),
                ),
                (
                    me,
                    _note(
                        "compatibility-plan",
                        "Background runs and goals are the two parts that are not written yet.",
                        f"down:{demo_downstream.PLAN}#L3-L6",
                    ),
                ),
                (me, _note("review", "Next week: is the window closed, and did 2.2.0 change what we store?")),
            ),
            closed="No-go while the replay is blocked; review again when 2.2.0 is out.",
        ),
    )
