"""The command that writes the summary or all data: export."""

import argparse
import sys
from pathlib import Path

from pawtui.commands.command import argument, command
from pawtui.commands.output import document_context, json_text, load_overview, print_message, write_text
from pawtui.report.documents.summary_document import summary_document
from pawtui.report.markdown_text import markdown_text
from pawtui.report.status_json import export_json
from pawtui.settings import Settings
from pawtui.terminal import write_markdown


@command(
    "export",
    "pawtui export -o summary.md",
    argument(
        "-o",
        "--output",
        complete="files",
        metavar="FILE",
        help="the file to write or replace, or - for stdout (default: stdout)",
    ),
    argument(
        "--format",
        choices=("markdown", "json"),
        help="markdown: the summary; json: all data (default: json if FILE ends in .json)",
    ),
    argument("--json", action="store_const", const="json", dest="format", help="the same as --format json"),
)
def export(args: argparse.Namespace, settings: Settings) -> None:
    """Write the summary as Markdown, or all data as JSON."""
    output = Path(args.output) if args.output not in (None, "", "-") else None
    overview = load_overview(settings)
    default = "json" if output is not None and output.suffix == ".json" else "markdown"
    as_json = (args.format or default) == "json"
    if as_json:
        text = json_text(export_json(overview, now=settings.now()))
    else:
        text = markdown_text(summary_document(document_context(settings, overview)))
    if output is not None:
        write_text(output, text)
        print_message(f"Wrote {output}.")
    elif as_json:
        sys.stdout.write(text)
    else:
        write_markdown(text)
