"""The command that writes to the tracking issue, and only when told to: post."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal

from pawtui.commands.command import Command, WrongUsage, json_option, print_json, say, say_notices
from pawtui.commands.exit_status import ExitStatus
from pawtui.terminal import write_markdown

if TYPE_CHECKING:
    import argparse

    from pawtui.posting import Draft, Posting, Sent
    from pawtui.report.json_types import PostJson
    from pawtui.settings import Settings
    from pawtui.workspace import Workspace


def _post_options(parser: argparse.ArgumentParser) -> None:
    json_option(parser)
    parser.add_argument(
        "--plan",
        nargs="?",
        const="",
        metavar="FILE",
        help="post this Markdown file as the plan, instead of the summary; without FILE, print a template for it",
    )
    parser.add_argument(
        "--update", action="store_true", help="replace your earlier comment of that kind, if there is one"
    )
    parser.add_argument("--yes", action="store_true", help="post it without asking you first")


def post(args: argparse.Namespace, settings: Settings) -> int:
    """Show what would be posted; post it with `--yes`, or when a person at the terminal agrees.

    The text is shown before the issue is looked up: it can be read without a network.
    """
    import asyncio

    from pawtui.posting import NOT_LOGGED_IN, draft, prepare, send
    from pawtui.sources.source_errors import SourceError, Unauthorized

    workspace = settings.workspace()
    if args.plan == "":
        return _print_template(workspace, args)
    drafted = draft(workspace, plan=args.plan)
    say_notices(workspace.store)
    shown = not args.yes and not args.json
    if shown:
        _show(drafted)
    try:
        posting = asyncio.run(prepare(workspace, drafted, update=args.update))
    except SourceError as error:
        if not shown:
            raise
        for warning in drafted.warnings:
            say(warning)
        say(f"Nothing was posted. {error}")
        return ExitStatus.DONE
    for warning in posting.warnings:
        say(warning)
    if args.yes and not posting.can_write:
        raise Unauthorized(NOT_LOGGED_IN)
    if posting.unchanged:
        say("It stands there already, word for word: there is nothing to post.")
    elif not posting.can_write:
        say(f"Nothing was posted. {NOT_LOGGED_IN}")
    elif args.yes or (shown and _agreed(posting)):
        _tell(posting, asyncio.run(send(workspace, posting, as_shown=not args.yes)), as_json=args.json)
        return ExitStatus.DONE
    else:
        say(f"Nothing was posted. `--yes` {posting.target}.")
    if args.json:
        print_json(_json(posting, None))
    return ExitStatus.DONE


def _print_template(workspace: Workspace, args: argparse.Namespace) -> int:
    from pawtui.report.plan_template import plan_template

    if args.yes or args.update or args.json:
        raise WrongUsage("--plan without a file prints a template, and goes without --yes, --update and --json.")
    write_markdown(plan_template(workspace.overview()))
    say_notices(workspace.store)
    say("Write your plan into this template, then run `pawtui post --plan FILE`.")
    return ExitStatus.DONE


def _show(drafted: Draft) -> None:
    print(f"For {drafted.repo}#{drafted.number}, {drafted.url}:\n")
    if drafted.kind == "plan":
        # It is posted as it is in its file; here, what a terminal acts on is shown instead.
        sys.stdout.write(drafted.body)
    else:
        write_markdown(drafted.body)
    sys.stdout.flush()


def _agreed(posting: Posting) -> bool:
    """Return whether a person at the terminal says yes; nobody is asked where there is none."""
    from pawtui.commands.open_screens import has_terminal

    if not has_terminal():
        return False
    sys.stderr.write(f"Post it? It {posting.target}. [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _tell(posting: Posting, sent: Sent, *, as_json: bool) -> None:
    if as_json:
        print_json(_json(posting, sent))
    else:
        verb = {"added": "Posted", "updated": "Updated", "unchanged": "Posted already"}[sent.action]
        print(f"{verb}: {sent.comment.url}")
    if posting.kind == "plan":
        say("Work waits for a maintainer's comment that says approved: `pawtui refresh` looks for it.")


def _json(posting: Posting, sent: Sent | None) -> PostJson:
    there = sent.comment if sent else posting.updates
    done: dict[str, Literal["add", "update", "none"]] = {"added": "add", "updated": "update", "unchanged": "none"}
    planned: Literal["add", "update", "none"] = "none" if posting.unchanged else "update" if posting.updates else "add"
    return {
        "kind": posting.kind,
        "issue": {"repo": posting.repo, "number": posting.number, "title": posting.title, "url": posting.url},
        "action": done[sent.action] if sent else planned,
        "comment": {"id": there.id, "url": there.url, "author": there.author} if there else None,
        "posted": sent is not None and sent.action != "unchanged",
        "body": posting.body,
        "warnings": list(posting.warnings),
    }


COMMANDS = (
    Command(
        "post",
        "show the summary or a plan for the tracking issue, and post it if you agree",
        "pawtui post --update --yes",
        _post_options,
        post,
    ),
)
