"""The summary of the demo: a short visible part, and safe Markdown."""

import asyncio
import datetime as dt
from pathlib import Path

from pawtui.demo.demo_workspace import demo_workspace, seed
from tests.report import samples
from tests.report.rendered_comment import Page
from tests.report.test_summary import visible

NOW = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC)


def test_the_visible_part_has_less_than_sixty_lines(tmp_path: Path) -> None:
    workspace = demo_workspace(tmp_path, clock=lambda: NOW, latency=0)
    seed(workspace)
    for _refresh in range(2):
        text = samples.summary_of(workspace.overview(), web=workspace.web, now=NOW)
        assert len(visible(text)) < 60
        page = Page(text)
        assert page.active_text == []
        assert page.tags.count("details") == 3
        # The second address is in the tracker of the demo.
        assert all(href.startswith(("https://github.example/", "https://loom.example/")) for href in page.hrefs)
        asyncio.run(workspace.refresh(lambda progress: None))
