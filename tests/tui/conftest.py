"""Paint no frames in most tests of screens."""

import pytest
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


@pytest.fixture(autouse=True)
def _no_frames(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave frames empty: they take half of the CPU time. `shown` paints what it returns."""
    if "frames" not in request.keywords:
        monkeypatch.setattr(Widget, "render_lines", _empty_lines)


def _empty_lines(_widget: Widget, crop: Region) -> list[Strip]:
    return [Strip.blank(crop.width)] * crop.height
