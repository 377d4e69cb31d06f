"""The animated SVG: each line of the screen is stored once for all its frames."""

import re
from xml.etree import ElementTree as ET

from rich.console import Console
from rich.style import Style
from rich.text import Text

from screenshots.animation import Frame, animated


def frame(*lines: str, caption: str = "a caption", seconds: float = 1.0) -> Frame:
    """Return a frame with these lines of Rich markup."""
    console = Console(width=20)
    rendered = console.render_lines(Text.from_markup("\n".join(lines), style="on #222222"))
    rows = [[(character, style or Style()) for text, style, _ in row for character in text] for row in rendered]
    return Frame(rows, caption, seconds)


def timing(picture: str, words: str) -> list[tuple[str, str]]:
    """Return the steps of the animation of some words; none if they are always visible."""
    group = picture.partition(words)[0].rpartition("<g")[2].partition(">")[0]
    if not group:
        return []
    name = group.split('"')[1]
    steps = picture.partition(f"@keyframes {name}{{")[2].partition(f".{name}{{")[0]
    return [(at, state) for at, state in re.findall(r"([\d.]+%){visibility:(\w+)}", steps)]


def test_a_line_of_several_frames_is_stored_once() -> None:
    picture = animated([frame("same", "one"), frame("same", "two"), frame("same", "one", seconds=2.0)])
    assert ET.fromstring(picture).tag.endswith("svg")  # noqa: S314 - the test made this SVG
    assert [len(re.findall(f">{words} *</text>", picture)) for words in ("same", "one", "two")] == [1, 1, 1]
    assert timing(picture, ">same<") == []
    assert timing(picture, ">one<") == [("0.000%", "visible"), ("25.000%", "hidden"), ("50.000%", "visible")]
    assert timing(picture, ">two<") == [("0.000%", "hidden"), ("25.000%", "visible"), ("50.000%", "hidden")]


def test_styles_and_captions_are_included_and_text_is_escaped() -> None:
    picture = animated([frame("[red]<b>[/red]", caption="r & w"), frame("[blue]x[/blue]", caption="next")])
    assert "&lt;b&gt;" in picture
    assert ">r &amp; w</text>" in picture
    assert len(set(re.findall(r"\.s\d+\{(fill:#\w+)", picture))) >= 2
