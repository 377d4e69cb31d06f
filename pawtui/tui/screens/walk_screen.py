"""The walk: one signal or gate at a time, what needs a person first, each with everything needed to judge it."""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace
from textual.binding import Binding, BindingType
from textual.content import Content

from pawtui.review.steps import Step, agree, looked_at, steps
from pawtui.review.views import Overview
from pawtui.tui.content import concat, line, trusted
from pawtui.tui.layout import NARROW
from pawtui.tui.messages import Severity
from pawtui.tui.page import Page
from pawtui.tui.pages.common import PageContext
from pawtui.tui.pages.step_page import Tally, end_page, step_page
from pawtui.tui.screens.page_screen import PageScreen
from pawtui.tui.screens.subject_screen import SubjectScreen

# In the walk `u` is for gates alone: one that hits it on a signal's step must not take the step before back.
_HERE = [one for one in SubjectScreen.BINDINGS if not (isinstance(one, Binding) and one.action == "undo")]


class WalkScreen(PageScreen, inherit_bindings=False):
    """Goes through the steps. What is decided is on record at once, so that a walk can be left at any moment."""

    BINDING_GROUP_TITLE = "Walk"
    HELP = """
    One thing at a time, what needs you first: stale evidence, verdicts to give again, changed readings, untested gates.
    **a** agrees and goes on, **v** overrules a reading, **s b u** set a gate, **Space** ticks the marked part, **n**
    writes a note, **p** pins evidence. **Right** skips, **Left** goes back, **Ctrl+Z** undoes (here **u** never does).
    Leave with **Esc** whenever you like: what you decided is kept, and the walk goes on where it was.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "agree", "Agree", id="walk.agree", tooltip="It is right as it stands; go on"),
        *_HERE,
        Binding("right,l", "go(1)", "Skip", id="walk.skip", tooltip="Go on without deciding"),
        Binding("left,h", "go(-1)", "Back", id="walk.back", show=False, tooltip="The step before"),
        Binding("ctrl+z", "undo", "Undo", id="undo.anywhere", tooltip="Take back your last act"),
        Binding("c", "close", "Close", id="walk.close", tooltip="Close the review with a recommendation"),
        Binding("e", "export", "Export", id="walk.export", tooltip="The Markdown summary"),
        Binding("escape", "leave", "Leave", id="walk.leave", tooltip="What you decided is kept"),
    ]

    card_title = "Walk"

    def __init__(self, overview: Overview) -> None:
        super().__init__()
        self._steps: tuple[Step, ...] = steps(overview)
        done = looked_at(overview.record)
        self._decided = {subject: change.id for subject, change in done.items()}
        open_steps = [number for number, step in enumerate(self._steps) if step.subject not in done]
        self._at = open_steps[0] if open_steps else len(self._steps)
        self._skipped: set[str] = set()
        # What was just done, for the title line; why it was refused, for the step; and the past reading one looks at.
        self._done = ""
        self._trouble = ""
        self._opened = ""

    @property
    def step(self) -> Step | None:
        """Where the walk is; None at its end."""
        return self._steps[self._at] if self._at < len(self._steps) else None

    @property
    def subject(self) -> str:
        """The step's signal or gate; nothing at the end."""
        return self.step.subject if self.step else ""

    def _changed(self, overview: Overview | None) -> None:
        """Somebody acted; if it decided the step one looks at, go on to the next."""
        if overview is None:
            return
        # What comes of an act is why a step comes up from now on; the order stays, so that nothing jumps.
        now = {step.subject: step for step in steps(overview)}
        self._steps = tuple(now.get(step.subject, step) for step in self._steps)
        done = {subject: change.id for subject, change in looked_at(overview.record).items()}
        step = self.step
        if step is not None and done.get(step.subject) not in (None, self._decided.get(step.subject)):
            self._turn(self._at + 1)
        self._decided = done
        self._skipped -= done.keys()
        self.show()

    def show(self) -> None:
        """Show the step."""
        self.rebind()
        super().show()

    def head(self) -> Content:
        """How far it is, and why this comes now."""
        walked = {step.subject for step in self._steps}
        tally = Tally(
            at=self._at,
            count=len(self._steps),
            decided=len(walked & self._decided.keys()),
            skipped=len(self._skipped),
        )
        if not self._done:
            return concat(super().head(), self.aside(tally.words()))
        # What was just decided is worth more than the counts, where there is no room for both.
        place = tally.words() if self.app.size.width >= NARROW else tally.place()
        return concat(super().head(), self.aside(place), trusted("  "), line(self._done, "$text-success"))

    def content(self) -> Page | None:
        """The step's page, or the end's."""
        overview = self.overview
        if overview is None:
            return None
        done = looked_at(overview.record)
        if self.step is None:
            return end_page(overview, self._steps, done, self._skipped)
        return step_page(overview, self.step, self.page_context, done.get(self.step.subject), self._trouble)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Agreeing and skipping end with the steps; closing and exporting come then."""
        if action == "agree":
            return self.step is not None
        if action in ("close", "export"):
            return self.step is None
        if action == "go" and parameters == (1,):
            return self.step is not None
        return super().check_action(action, parameters)

    def action_agree(self) -> None:
        """It is right as it stands."""
        if self.step is not None:
            tracker, subject = self.app.workspace.tracker, self.step.subject
            self.act(lambda record, actor: agree(record, tracker, subject, actor), subject)

    def action_go(self, by: int) -> None:
        """Skip, or go back."""
        if by > 0 and self.step is not None and self.step.subject not in self._decided:
            self._skipped.add(self.step.subject)
        self._turn(max(0, min(self._at + by, len(self._steps))))
        self._done = ""
        self.show()

    def _turn(self, at: int) -> None:
        """To another step: what was said of the one before is over."""
        self._at, self._trouble, self._opened = at, "", ""

    def acknowledge(self, words: str, severity: Severity) -> None:
        """What was done goes into the title line, what was refused onto the step: nothing covers the page."""
        if severity == "error":
            self._trouble = words
        else:
            self._done, self._trouble = words, ""
        self.show()
        if severity == "error":
            self.reader.scroll_home(animate=False)

    @property
    def page_context(self) -> PageContext:
        """With the past reading that is shown in full."""
        return replace(super().page_context, opened=self._opened)

    def go_to(self, subject: str) -> None:
        """From the end back to a step; on a step show or hide a past reading. The walk is never left by this."""
        if self.step is None:
            self._turn(next((at for at, step in enumerate(self._steps) if step.subject == subject), self._at))
        elif subject.startswith("refresh:"):
            name = subject.partition(":")[2]
            self._opened = "" if self._opened == name else name
        self.show()
        if self._opened:
            self.reader.lead()

    def action_close(self) -> None:
        """Close the review."""
        from pawtui.tui.screens.close_dialog import CloseDialog

        if self.overview is not None:
            self.app.push_screen(CloseDialog(self.overview))

    def action_export(self) -> None:
        """Show the summary."""
        from pawtui.tui.screens.export_screen import ExportScreen

        self.app.push_screen(ExportScreen())
