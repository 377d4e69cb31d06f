"""The command that posts the summary or a plan on the tracking issue: post."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING

from pawtui.commands.command import JSON, WrongUsage, argument, command, flag
from pawtui.commands.output import has_terminal, print_json, print_message, print_notices
from pawtui.settings import Settings
from pawtui.sources.source_errors import SourceError, Unauthorized
from pawtui.terminal import write_markdown

if TYPE_CHECKING:
    from pawtui.posting import Draft, Posting, SentComment
    from pawtui.report.post_json import PostJson
    from pawtui.workspace import Workspace


@command(
    "post",
    "pawtui post --update --yes",
    JSON,
    argument(
        "--plan",
        complete="files",
        nargs="?",
        const="",
        metavar="FILE",
        help="post this Markdown file as the plan, instead of the summary; without FILE, print a template",
    ),
    flag("--update", "replace the last summary (or plan) that you posted, if there is one"),
    flag("--yes", "post without confirmation"),
)
def post(args: argparse.Namespace, settings: Settings) -> None:
    """Preview the summary or a plan for the tracking issue, and post it.

    It is posted with `--yes`, or if the user at the terminal confirms. The preview comes before the first request, so
    it needs no network.
    """
    from pawtui.posting import NOT_LOGGED_IN, make_draft, prepare_posting, send_posting

    workspace = settings.workspace()
    if args.plan == "":
        _print_template(workspace, args)
        return
    draft = make_draft(workspace, plan=args.plan)
    print_notices(settings)
    shows_preview = not args.yes and not args.json
    if shows_preview:
        _show(draft)
    try:
        posting = asyncio.run(prepare_posting(workspace, draft, update=args.update))
    except SourceError as error:
        if not shows_preview:
            raise
        for warning in draft.warnings:
            print_message(warning)
        print_message(f"Nothing was posted. {error}")
        return
    for warning in posting.warnings:
        print_message(warning)
    if args.yes and not posting.can_write:
        raise Unauthorized(NOT_LOGGED_IN)
    if reason := _reason_not_to_send(posting, yes=args.yes, may_ask=shows_preview):
        print_message(f"Nothing was posted. {reason}")
        if args.json:
            print_json(_json(posting, None))
        return
    try:
        sent = asyncio.run(send_posting(workspace, posting, only_as_shown=not args.yes))
    except KeyboardInterrupt:
        print_message("Interrupted: the comment may have been posted or not. Check on GitHub before you try again.")
        raise
    _report(posting, sent, as_json=args.json)


def _print_template(workspace: Workspace, args: argparse.Namespace) -> None:
    from pawtui.report.migration_plan import plan_template

    if args.yes or args.update or args.json:
        raise WrongUsage(
            "--plan without a file prints a template. Use it without --yes, --update and --json, or give a file."
        )
    write_markdown(plan_template(workspace.overview()))
    print_message("Write your plan into this template, then run `pawtui post --plan FILE`.")


def _show(draft: Draft) -> None:
    print(f"Comment for {draft.repo}#{draft.number}, {draft.url}:\n")
    if draft.kind == "plan":
        # The stream makes control characters visible; the posted text is unchanged.
        sys.stdout.write(draft.body)
    else:
        write_markdown(draft.body)
    sys.stdout.flush()


def _reason_not_to_send(posting: Posting, *, yes: bool, may_ask: bool) -> str:
    """Return why the comment is not sent; empty with `yes`, or if the user at the terminal is asked and confirms."""
    from pawtui.posting import NOT_LOGGED_IN

    if posting.action == "none":
        return "The comment already has this text."
    if not posting.can_write:
        return NOT_LOGGED_IN
    if yes:
        return ""
    if may_ask and has_terminal():
        sys.stderr.write(f"Post it? It {posting.effect}. [y/N] ")
        sys.stderr.flush()
        if sys.stdin.readline().strip().lower() in ("y", "yes"):
            return ""
    return f"`--yes` {posting.effect}."


def _report(posting: Posting, sent: SentComment, *, as_json: bool) -> None:
    if as_json:
        print_json(_json(posting, sent))
    else:
        verb = {"add": "Posted", "update": "Updated", "none": "Already posted"}[sent.action]
        print(f"{verb}: {sent.comment.url}")
    if posting.draft.kind == "plan":
        print_message("Next, a maintainer approves the plan in a comment. `pawtui refresh` reads the comments.")


def _json(posting: Posting, sent: SentComment | None) -> PostJson:
    issue, comment = posting.issue, sent.comment if sent else posting.earlier
    return {
        "kind": posting.draft.kind,
        "issue": {"repo": issue.repo, "number": issue.number, "title": issue.title, "url": issue.url},
        "action": sent.action if sent else posting.action,
        "comment": {"id": comment.id, "url": comment.url, "author": comment.author} if comment else None,
        "posted": sent is not None and sent.action != "none",
        "body": posting.draft.body,
        "warnings": list(posting.warnings),
    }
