"""The history of the demo: the notes and decisions of five reviews, as actions to perform at past times."""

import datetime as dt

from pawtui.demo import demo_downstream as down
from pawtui.demo import demo_upstream as up
from pawtui.demo.demo_git_source import DemoWorld
from pawtui.review.actions import ChangeFactory
from pawtui.review.gate_actions import set_gate, tick_part
from pawtui.review.note_actions import add_note
from pawtui.review.undo import undo
from pawtui.review.verdict_actions import give_verdict

USER = "you"
COLLEAGUE = "colleague"

UserAction = tuple[str, ChangeFactory]


class PastReview:
    """A past review: its age in days, its recommendation, and the actions with their users."""

    def __init__(self, days_ago: int, recommendation: str, *actions: UserAction) -> None:
        self.days_ago = days_ago
        self.recommendation = recommendation
        self.actions = actions


def _note(user: str, subject: str, text: str, *pins: str) -> UserAction:
    return user, lambda context: add_note(context, subject, text, pins=pins)


def _gate(user: str, gate: str, state: str, reason: str = "", *pins: str) -> UserAction:
    return user, lambda context: set_gate(context, gate, state, reason=reason, pins=pins)


def _part(user: str, gate: str, part: str) -> UserAction:
    return user, lambda context: tick_part(context, gate, part)


def _verdict(user: str, signal: str, state: str, reason: str, until: dt.date | None = None) -> UserAction:
    return user, lambda context: give_verdict(context, signal, state, reason=reason, until=until)


def past_reviews(world: DemoWorld) -> tuple[PastReview, ...]:
    """Return the reviews, oldest first. Pins are to commits of the same week; some become stale later."""
    me, other = USER, COLLEAGUE
    upstream = world.repositories[up.REPO]
    first_stable = f"{up.REPO}@{upstream.tags['v2.0.0'].commit}"
    (rename,) = (c for c in upstream.commits.values() if c.message.startswith("feat(schema)!: rename session.input"))
    return (
        PastReview(
            42,
            "Hold. Recovery is good; churn is too high.",
            _note(me, "review", "First review. The new line has a release candidate, and has reset its tables twice."),
            _note(
                me,
                "low-churn",
                "Event names lost their prefix eight weeks ago. Every name we read is in this list.",
                f"up:{up.EVENTS}#L10-L11",
            ),
            _note(
                me,
                "recovery-story",
                "Tools settle before their step ends: this is the rule our replay relies on.",
                f"up:{up.SETTLEMENT}#L2",
            ),
            _note(
                me,
                "recovery-story",
                "Durable continuation after a crash is still listed as deferred.",
                f"up:{up.TODO}#L3",
            ),
            _gate(other, "code-debt-value", "satisfied", "One settlement instead of our two.", f"up:{up.SETTLEMENT}"),
            _part(other, "compatibility-plan", "desktop-server"),
            _part(other, "compatibility-plan", "app"),
        ),
        PastReview(
            28,
            "Hold. v2 is the default now, and two gates are satisfied.",
            _note(me, "review", "Our `dev` is gone: the line built on loom lives on as `maint/v1`."),
            _note(me, "default-path", "2.0.0 is out. The plain binary name is now the new line.", first_stable),
            _gate(me, "user-value", "satisfied", "", f"up:{up.CLI}"),
            (me, undo),
            _gate(
                me,
                "user-value",
                "satisfied",
                "Sessions survive a hard kill, and an import no longer empties the table.",
                f"up:{up.IMPORT}#L3",
            ),
            _note(
                other,
                "sessions-survive",
                "Ten copies of real databases: all open, read, resume and export.\n\n"
                "| copy | sessions | lost |\n|---|---|---|\n| laptop | 31 | 0 |\n| desktop | 112 | 0 |",
                f"down:{down.EXPORT}#L2-L4",
            ),
        ),
        PastReview(
            21,
            "No-go while the replay is blocked. The quiet days start again.",
            _verdict(
                me,
                "no-resets",
                "met",
                "The upstream's durable names are under review and no reset is planned: see #412.",
                world.today + dt.timedelta(days=40),
            ),
            _part(other, "compatibility-plan", "sdk"),
            _gate(
                other,
                "shadow-replay",
                "blocked",
                "Skill and notice parts have no counterpart yet",
                f"down:{down.PARTS}#L3-L4",
            ),
            _note(
                me,
                "low-churn",
                "A breaking rename: input.promoted is now inbox.delivered.",
                f"{up.REPO}@{rename.sha}",
            ),
        ),
        PastReview(
            14,
            "No-go while the replay is blocked. Everything else improves.",
            _gate(me, "sessions-survive", "satisfied", "Ten copies, nothing lost."),
            _verdict(me, "low-churn", "partial", "The renames were one clean-up; the rest is ordinary work."),
            _note(
                other,
                "shadow-replay",
                "Subtask and tool parts map; notices do not. Asked upstream and documented it.",
                f"{up.REPO}#561",
                f"{down.REPO}#96",
                "https://docs.example/loom/parts",
            ),
            _part(other, "shadow-replay", "subtask"),
            _part(other, "shadow-replay", "tool"),
        ),
        PastReview(
            7,
            "No-go while the replay is blocked; review again when 2.2.0 is out.",
            _note(
                me,
                "recovery-story",
                "A claim left behind is taken over after a restart. Check that it cannot happen twice.",
                f"up:{up.RESTART}#L2",
            ),
            _note(
                me,
                "compatibility-plan",
                "Background runs and goals are the two parts that are not written yet.",
                f"down:{down.PLAN}#L3-L6",
            ),
            _note(me, "review", "Next week: is the window closed, and did 2.2.0 change what we store?"),
        ),
    )
