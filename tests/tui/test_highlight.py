"""The colours of the lines of a file."""

from pawtui.tui.highlight import highlighted


def test_highlighting_returns_each_line_with_its_colours() -> None:
    code = ["def f():", "", '    """[red]one', '    two"""', "    return 1", ""]
    lines = highlighted("src/a.py", code)
    assert [line.plain for line in lines] == code[: len(lines)]
    assert [bool(line.spans) for line in lines[:5]] == [True, False, True, True, True]
    assert highlighted("a.unknown-kind", ["x = 1"]) == []
    assert highlighted("src/a.py", ["x = [y]"])[0].spans == [], "other text has the colour of its row"
