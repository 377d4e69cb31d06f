"""What single pages say, without a screen around them."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pawtui.review.overview import overview
from pawtui.review.views import Overview
from pawtui.tui.page import Page
from pawtui.tui.pages.common import PageContext
from pawtui.tui.pages.subjects import page_of
from tests.tui.support import NOW, WEB, reading, record, tracker


def text_of(page: Page | None, width: int = 100) -> str:
    """A page's words, laid out."""
    assert page is not None
    return "\n".join(one.plain for block in page.blocks for one in block.lay(width))


def in_parts() -> Overview:
    """The signal `calm` is made of parts: one met, one not, so that no probe reads as the signal does."""
    made, seen = tracker(), record()
    made = replace(
        made, signals=tuple(replace(one, combine="parts") if one.id == "calm" else one for one in made.signals)
    )
    met, unmet = reading("calm", "met", "3 releases"), reading("calm", "unmet", "20 commits in 28 days")
    mixed = replace(met, state="partial", probes=(*met.probes, *unmet.probes))
    last = seen.refreshes[-1]
    last = replace(last, signals=tuple(mixed if one.id == "calm" else one for one in last.signals))
    return overview(made, replace(seen, refreshes=(*seen.refreshes[:-1], last)), NOW.date())


@pytest.mark.parametrize("subject", ["signal:calm", "refresh:refresh-0999"])
def test_a_reading_whose_probes_differ_has_words_too(subject: str) -> None:
    page = page_of(in_parts(), subject, PageContext(web=WEB, now=NOW, drift={}))
    lines = [one for one in text_of(page).split("\n") if "~ partial" in one]
    assert any("1 of 2 probes met; 20 commits in 28 days" in one for one in lines), lines


def test_a_reading_of_a_signal_that_is_gone_is_shown_as_it_was() -> None:
    seen = record()
    made = tracker()
    after = overview(replace(made, signals=made.signals[:1]), seen, NOW.date())
    page = page_of(after, "refresh:refresh-0999", PageContext(web=WEB, now=NOW, drift={}))
    assert "x unmet  calm  was partial  20 commits in 28 days" in text_of(page)
