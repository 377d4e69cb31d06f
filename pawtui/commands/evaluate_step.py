"""The command that lists the evaluation steps or sets the state of a step: step."""

import argparse

from pawtui.commands.change_record import check_pins, commit_and_print, pin_option
from pawtui.commands.command import (
    WrongUsage,
    command,
    json_option,
    load_overview,
    page_context,
    print_document,
    print_json,
)
from pawtui.commands.exit_status import ExitStatus
from pawtui.report.as_json import evaluation_json
from pawtui.report.documents.evaluation_parts import evaluation_steps_document
from pawtui.review.evaluation import set_step
from pawtui.settings import Settings


def _step_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", nargs="?", default="", metavar="ID", help="an evaluation step (default: list all steps)")
    parser.add_argument("state", nargs="?", default="", metavar="STATE", help="planned, running, done or dropped")
    parser.add_argument("--reason", default="", metavar="TEXT", help="why; dropped needs a reason")
    pin_option(parser)
    json_option(parser)


@command(
    "step",
    "list the evaluation steps, or set the state of a step",
    "pawtui step shadow-replay-run done --pin up:specs/v2/session.md",
    _step_options,
)
def step(args: argparse.Namespace, settings: Settings) -> int:
    """List the evaluation steps, or set the state of a step."""
    if not args.id:
        return _show(settings, as_json=args.json)
    if not args.state:
        raise WrongUsage("The state is missing. Give planned, running, done or dropped. `pawtui step` lists all steps.")
    workspace = settings.workspace()
    check_pins(workspace, args.pin)
    commit_and_print(
        workspace,
        lambda record, actor: set_step(
            record, workspace.tracker, args.id, args.state, actor, reason=args.reason, pins=args.pin
        ),
    )
    return ExitStatus.DONE


def _show(settings: Settings, *, as_json: bool) -> int:
    overview = load_overview(settings)
    if as_json:
        print_json([evaluation_json(view) for view in overview.steps])
    else:
        print_document(evaluation_steps_document(overview, page_context(settings)))
    return ExitStatus.DONE
