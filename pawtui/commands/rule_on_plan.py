"""The command that shows the status of the plan, or records a maintainer's ruling on it: plan."""

import argparse

from pawtui.commands.change_record import commit_and_print
from pawtui.commands.command import WrongUsage, command, json_option, load_overview, print_json
from pawtui.commands.exit_status import ExitStatus
from pawtui.report.words import plan_summary
from pawtui.review.plan_rulings import rule_on_plan
from pawtui.settings import Settings


def _plan_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "state", nargs="?", metavar="STATE", help="approved, waiting or withdrawn (default: show the status)"
    )
    parser.add_argument("--reason", default="", metavar="TEXT", help="why; a state needs a reason")
    parser.add_argument("--comment", default="", metavar="URL", help="a link to the comment that is the reason")
    json_option(parser)


@command(
    "plan",
    "show the status of the plan, or record what its comments mean",
    'pawtui plan withdrawn --reason "Ann withdraws her approval until 2.4"',
    _plan_options,
)
def plan(args: argparse.Namespace, settings: Settings) -> int:
    """Show the status of the plan, or record a state."""
    if not args.state:
        if args.reason or args.comment:
            raise WrongUsage("--reason and --comment need a state: approved, waiting or withdrawn.")
        return _show(settings, as_json=args.json)

    commit_and_print(
        settings.workspace(),
        lambda record, actor: rule_on_plan(record, args.state, actor, reason=args.reason, comment=args.comment),
    )
    return ExitStatus.DONE


def _show(settings: Settings, *, as_json: bool) -> int:
    overview = load_overview(settings)
    status = overview.plan
    if as_json:
        print_json(status)
    elif status is None:
        remedy = "" if overview.tracker.issue else "Add `issue` to the tracker. "
        print(f"Plan: not checked yet. {remedy}Run `pawtui refresh`.")
    else:
        print(f"Plan: {plan_summary(status)}")
        for name, url in (("plan", status.url), ("approval", status.approval_url), ("comment", status.unclear_url)):
            if url:
                print(f"  {name:<8}  {url}")
        if status.state == "unclear":
            print("Record its meaning (approved, waiting or withdrawn): `pawtui plan STATE --reason TEXT`")
    return ExitStatus.DONE
