"""Commands for the evaluation steps and for the plan: step, plan."""

import argparse

from pawtui.commands.change_record import PIN, commit_and_print, refuse_empty_reason, renew, resolve_pins, unpin
from pawtui.commands.command import JSON, WrongUsage, argument, command, flag, repeatable
from pawtui.commands.exit_status import ExitStatus
from pawtui.commands.output import document_context, load_overview, print_document, print_json
from pawtui.phrases import join_names
from pawtui.report.document import Document
from pawtui.report.documents.decision_parts import plan_blocks
from pawtui.report.documents.gate_document import evaluation_steps_document
from pawtui.report.status_json import step_json
from pawtui.review.actions import find_step, parse_choice
from pawtui.review.plan_actions import set_plan_state
from pawtui.review.record_types import PLAN_ENTRY_STATES, STEP_STATES
from pawtui.review.step_actions import set_step
from pawtui.settings import Settings

_STEP_STATES, _PLAN_STATES = join_names(STEP_STATES, "or"), join_names(PLAN_ENTRY_STATES, "or")


@command(
    "step",
    "pawtui step shadow-replay-run done --pin up:specs/v2/session.md",
    argument("id", complete="steps", nargs="?", default="", help="an evaluation step (default: list all steps)"),
    argument("state", complete="step-states", nargs="?", default="", help=f"{_STEP_STATES} (default: show the step)"),
    argument("--reason", default="", metavar="TEXT", help="why; dropped needs a reason"),
    PIN,
    flag("--renew", "replace the step's stale pins by pins to the current place of the text"),
    repeatable("--unpin", "PIN", "remove a pin from the step; you may repeat it", complete="pins"),
    JSON,
    statuses=(ExitStatus.NEEDS_EVIDENCE,),
)
def step(args: argparse.Namespace, settings: Settings) -> None:
    """Show the evaluation steps, set the state of a step, or renew and remove its pins.

    Renew pins, set the state with new pins, remove pins, in this order. Each is one change.
    """
    if not args.id:
        if args.reason or args.pin or args.renew or args.unpin:
            raise WrongUsage("The id of the step is missing. `pawtui step` lists all steps.")
        _show_steps(settings, as_json=args.json)
        return
    if not args.state and (args.reason or args.pin):
        raise WrongUsage(f"--reason and --pin need a state: {_STEP_STATES}.")
    if not (args.state or args.renew or args.unpin):
        find_step(settings.tracker(), args.id)
        _show_steps(settings, args.id, as_json=args.json)
        return
    workspace, step_id = settings.workspace(), args.id
    pins = resolve_pins(workspace, args.pin, workspace.store.load())
    if args.renew:
        renew(workspace, f"step:{step_id}")
    if args.state:
        commit_and_print(
            workspace, lambda context: set_step(context, step_id, args.state, reason=args.reason, pins=pins)
        )
    for pin in args.unpin:
        unpin(workspace, f"step:{step_id}", pin)


def _show_steps(settings: Settings, step_id: str = "", *, as_json: bool) -> None:
    """Print one evaluation step with the links to its evidence, or the list of all without an id."""
    overview = load_overview(settings)
    statuses = [status for status in overview.steps if step_id in ("", status.step.id)]
    if as_json:
        print_json([step_json(status) for status in statuses])
    else:
        context = document_context(settings, overview)
        print_document(evaluation_steps_document(statuses, context), urls=bool(step_id))


@command(
    "plan",
    'pawtui plan withdrawn --reason "Ann withdraws her approval until 2.4"',
    argument("state", nargs="?", help=f"{_PLAN_STATES} (default: show the state)"),
    argument("--reason", default="", metavar="TEXT", help="why; a state needs a reason"),
    argument("--comment", default="", metavar="URL", help="a link to the comment that is the reason"),
    JSON,
)
def plan(args: argparse.Namespace, settings: Settings) -> None:
    """Show the state of the plan, or record what the comments on it mean."""
    if not args.state:
        if args.reason or args.comment:
            raise WrongUsage(f"--reason and --comment need a state: {_PLAN_STATES}.")
        _show_plan(settings, as_json=args.json)
        return
    parse_choice(args.state, PLAN_ENTRY_STATES, "plan state")
    refuse_empty_reason(args.reason)
    commit_and_print(
        settings.workspace(),
        lambda context: set_plan_state(context, args.state, reason=args.reason, comment=args.comment),
    )


def _show_plan(settings: Settings, *, as_json: bool) -> None:
    overview = load_overview(settings)
    status = overview.plan
    if as_json:
        print_json(status)
    elif status is None:
        remedy = "" if overview.tracker.issue else "Add `issue` to the tracker. "
        print(f"Plan: not checked yet. {remedy}Run `pawtui refresh`.")
    else:
        print_document(Document("plan", "plan", blocks=plan_blocks(status)), urls=True)
        if status.state == "unclear":
            print(f"Record its meaning ({_PLAN_STATES}): `pawtui plan STATE --reason TEXT`")
