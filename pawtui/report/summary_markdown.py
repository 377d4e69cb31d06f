"""The summary of the last refresh as Markdown, for export, the clipboard and posting.

`documents/summary_document.py` has its sections in their order.
"""

import datetime as dt

from pawtui.report.documents.document_parts import PageContext
from pawtui.report.documents.summary_document import summary_document
from pawtui.report.markdown_text import markdown_text
from pawtui.review.views import Overview


def summary_markdown(overview: Overview, *, web: str, now: dt.datetime) -> str:
    """Return the summary. `web` is the web address of the host, `now` the current time (UTC)."""
    return markdown_text(summary_document(overview, PageContext(web=web, now=now)))
