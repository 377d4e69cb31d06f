"""A document as lines: no line is too wide, no text is lost, and the first line of a block has its target."""

from collections.abc import Mapping
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pawtui.report.document import (
    Block,
    Chart,
    Column,
    Details,
    Document,
    EmptyLine,
    Field,
    Heading,
    Hunk,
    Item,
    Nested,
    Paragraph,
    Prose,
    Row,
    Table,
    Target,
)
from pawtui.report.document_lines import UNLIMITED, Line, document_lines, plain_text
from pawtui.report.line_wrapping import cut, string_width, text_width, wrap
from pawtui.report.spans import Span, hint, spaced, text_of
from tests.report.test_escape import hostile_text

NO_KEYS: Mapping[str, str] = MappingProxyType({})
OPEN = Target(url="https://example.org/x", copy="x")


def lines(
    *blocks: Block, width: int = UNLIMITED, screen: bool = True, urls: bool = False, keys: Mapping[str, str] = NO_KEYS
) -> list[str]:
    """Return the lines of blocks, without trailing spaces."""
    return [_text(line).rstrip() for line in _laid_out(blocks, width, keys if screen else None, urls=urls)]


def _laid_out(
    blocks: tuple[Block, ...], width: int, screen_keys: Mapping[str, str] | None = NO_KEYS, *, urls: bool = False
) -> list[Line]:
    return document_lines(Document("key", "", blocks=blocks), width, screen_keys=screen_keys, urls=urls)


def _text(line: Line) -> str:
    return "".join(span.text for span in line.text)


@pytest.mark.parametrize(
    ("text", "columns"), [("abc", 3), ("日本", 4), ("e\u0301", 1), ("a\u200db", 2), ("", 0), ("⟨U+202E⟩", 8)]
)
def test_width_counts_columns(text: str, columns: int) -> None:
    assert string_width(text) == columns


@pytest.mark.parametrize(("width", "shown"), [(10, "日本語です"), (9, "日本語で…"), (6, "日本…")])
def test_a_line_is_cut_by_columns_not_characters(width: int, shown: str) -> None:
    assert "".join(span.text for span in cut(text_of("日本語です"), width)) == shown


@given(st.lists(st.text(max_size=60), max_size=4), st.integers(1, 40), st.integers(0, 4))
def test_wrapped_lines_fit_and_lose_only_spaces(parts: list[str], width: int, hang: int) -> None:
    text = text_of(*(Span(part) for part in parts))
    wrapped = wrap(text, width, min(hang, width - 1))
    # A character may be wider than a line of one column.
    assert all(text_width(line) <= max(width, 2) + min(hang, width - 1) for line in wrapped)
    whole = "".join(span.text for line in wrapped for span in line)
    assert whole.replace(" ", "") == "".join(parts).replace(" ", "")


def test_wrapping_keeps_roles() -> None:
    text = (Span("one "), Span("two three", "alert"))
    assert wrap(text, 7) == [(Span("one "), Span("two", "alert")), (Span("three", "alert"),)]


def test_fields_are_aligned_and_their_values_wrap() -> None:
    found = lines(
        Field("state", "one two three"),
        Field("", "more"),
        EmptyLine(),
        Field("downstream", Prose("first\n\nsecond")),
        width=20,
    )
    assert found == [
        "state       one two",
        "            three",
        "            more",
        "",
        "downstream  first",
        "",
        "            second",
    ]


def test_a_remark_moves_to_the_next_line_as_a_whole() -> None:
    item = Item("src/runner/llm.ts", remark=spaced("loom@1234567890", Span("changed", "changed")), mark="@")
    assert lines(item, width=60) == ["@ src/runner/llm.ts  loom@1234567890  ≠ changed"]
    assert lines(item, width=40) == ["@ src/runner/llm.ts", "  loom@1234567890  ≠ changed"]
    assert lines(Item("abcdefghij k", mark="@"), width=8) == ["@ abcdef", "  ghij k"]
    assert lines(Item("abc def", remark="x", mark=""), width=6) == ["abc", "  def", "  x"]


def test_parts_have_a_tick_box() -> None:
    assert lines(Item("Open", ticked=True), Item("Read", ticked=False)) == ["[x] Open", "[ ] Read"]


def test_a_table_keeps_cuts_or_wraps_its_columns() -> None:
    columns = (Column("name", shrink="cut"), Column("count", align="right"), Column("words", shrink="wrap"))
    table = Table(columns, (Row(("a" * 30, "7", "one two three four"), OPEN),))
    assert lines(table) == [
        f"{'name':30}  count  words",
        f"{'a' * 30}      7  one two three four",
    ]
    assert lines(table, width=30) == [
        "name        count  words",
        "aaaaaaaaa…      7  one two",
        "                   three four",
    ]
    assert lines(table, width=1)[1] == "aaaaaaa…      7  one two", "a column keeps 8 columns"


def test_a_column_that_wraps_keeps_short_words_whole_if_the_table_fits() -> None:
    columns = (Column(shrink="wrap"), Column(shrink="wrap"))
    table = Table(columns, (Row(("v2 1234567890", "one two three")),))
    assert lines(table, width=20) == ["v2          one two", "1234567890  three"]
    assert lines(table, width=18) == ["v2        one two", "12345678  three", "90"]
    path = Table(columns, (Row(("src/runner/session.ts", "one two three")),))
    assert lines(path, width=20) == ["src/runne  one two", "r/session  three", ".ts"]


def test_a_column_may_be_cut_at_its_start() -> None:
    weeks = tuple(Span(mark) for mark in "xxxxxx~~~=日==")
    table = Table((Column(), Column(shrink="cut-start")), (Row(("calm", weeks)),))
    assert lines(table) == lines(table, width=21) == ["calm  xxxxxx~~~=日=="]
    assert lines(table, width=14) == ["calm  …~~=日=="]


def test_an_empty_column_has_no_width() -> None:
    table = Table((Column(), Column(), Column()), (Row(("a", (), "b")),))
    assert lines(table) == ["a  b"]


def test_columns_with_wide_characters_are_aligned() -> None:
    rows = tuple(Row((name, "x")) for name in ("日本", "abcde"))
    assert lines(Table((Column(), Column()), rows)) == ["日本   x", "abcde  x"]


def test_a_hunk_keeps_its_spaces_and_never_wraps() -> None:
    hunk = Hunk(("@@ -1,2 +1,2 @@", " def f():", "-\treturn 1", "+\treturn " + "2" * 60))
    assert lines(hunk, width=20) == ["@@ -1,2 +1,2 @@", " def f():", "-   return 1", "+   return 22222222…"]


def test_empty_lines_are_single_and_never_at_the_ends() -> None:
    found = lines(
        EmptyLine(),
        Heading("One"),
        EmptyLine(),
        EmptyLine(),
        Paragraph("text"),
        EmptyLine(),
        Heading("Two"),
        EmptyLine(),
    )
    assert found == ["One", "", "text", "", "Two"]


def test_nested_blocks_are_indented_and_folded_sections_open() -> None:
    found = lines(
        Item("item", below=(Paragraph("below"),)),
        Nested((Field("rule", "x"),)),
        Details("More", (Paragraph("unfolded"),)),
    )
    assert found == ["- item", "  below", "  rule  x", "", "More", "unfolded"]


def test_a_state_has_its_glyph_and_a_decision_is_in_capitals() -> None:
    states = spaced(Span("met", "met"), Span("blocked", "blocked"), Span("gone", "gone"), Span("no-go", "no-go"))
    assert lines(Paragraph(states)) == ["= met  [!] blocked  x gone  NO-GO"]
    # A text that is not the name of the state is unchanged.
    assert lines(Paragraph(Span("=~x", "met"))) == ["=~x"]


def test_only_screens_show_hints() -> None:
    blocks = (Heading("Notes", (Span("none"), hint(" (n to write one)"))), Paragraph(hint("E edit")))
    assert lines(*blocks) == ["Notes  none (n to write one)", "E edit"]
    assert lines(*blocks, screen=False) == ["Notes  none"]


def test_a_screen_shows_the_keys_that_the_user_has_chosen() -> None:
    next_key = Span("<v:signal.verdict>: verdict", "strong", names_keys=True)
    blocks = (Paragraph(next_key), Paragraph(hint("<E:note.edit> edit")), Paragraph("a note: <v:signal.verdict>"))
    written = "a note: <v:signal.verdict>"
    assert lines(*blocks) == ["v: verdict", "E edit", written]
    assert lines(*blocks, keys={"signal.verdict": "F5"}) == ["F5: verdict", "E edit", written]
    assert lines(*blocks, screen=False) == ["v: verdict", written]


def test_addresses_are_shown_if_the_style_has_them() -> None:
    block = Paragraph("words", OPEN)
    assert lines(block) == ["words"]
    assert lines(block, screen=False, urls=True) == ["words  https://example.org/x"]
    assert lines(block, width=24, screen=False, urls=True) == ["words", "  https://example.org/x"]
    linked = Paragraph("see https://example.org/x", OPEN)
    assert lines(linked, screen=False, urls=True) == ["see https://example.org/x"], "an address is not repeated"
    inside = Paragraph("words", Target(url="https://example.org", subject="gate:x"))
    assert lines(inside, screen=False, urls=True) == ["words"]


def test_only_the_first_line_of_a_block_with_a_target_is_marked() -> None:
    blocks = (
        Paragraph("no target"),
        Paragraph("one two three", OPEN),
        Item("item", target=OPEN, below=(Paragraph("under", OPEN),)),
        Table((Column(),), (Row(("row",), OPEN),)),
        Field("label", "value", OPEN),
    )
    found = [(_text(line), line.target is not None, line.first) for line in _laid_out(blocks, 8)]
    assert found == [
        ("no", False, False),
        ("target", False, False),
        ("one two", True, True),
        ("three", True, False),
        ("- item", True, True),
        ("  under", True, True),
        ("row", True, True),
        ("label  v", True, True),
        ("       a", True, False),
        ("       l", True, False),
        ("       u", True, False),
        ("       e", True, False),
    ]


def test_every_bar_has_its_number_and_the_tallest_is_full() -> None:
    chart = Chart((8, 4, 0, 1), ("a", "b", "c", "d"))
    assert lines(chart, width=20) == [
        " 8",
        "████",
        "████  4",
        "████ ████       1",
        "████ ████  0   ▄▄▄▄",
        "─" * 20,
        "a    b    c    d",
    ]
    assert lines(Chart((), ()), width=20) == []
    rounded_down = lines(Chart((100, 51), ("a", "b")), width=20)
    assert rounded_down[2:5] == ["███████     51", "███████  ███████", "███████  ███████"], "no line is between both"
    highest = Chart((2, 8, 8), ("a", "b", "c"))
    bars = [span.role for line in _laid_out((highest,), 20) for span in line.text if "█" in span.text]
    assert bars[:2] == ["alert", "link"], "the first of the highest bars is highlighted"
    days = Chart((1, 2, 3, 4), ("11-02", "11-09", "11-16", "11-23"))
    assert lines(days, width=16)[-1] == "11-02   11-16", "a label without room is omitted, not cut"
    assert lines(chart, screen=False) == ["a 8, b 4, c 0, d 1"]


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=60), st.integers(1, 200))
def test_all_lines_of_a_chart_have_the_same_width(values: list[int], width: int) -> None:
    chart = Chart(tuple(values), tuple(str(number) for number in range(len(values))))
    drawn = _laid_out((chart,), width)
    assert len({text_width(line.text) for line in drawn}) == 1


TEXT = hostile_text() | st.text(max_size=40)
BLOCKS = st.one_of(
    st.builds(lambda a, b: Heading(a, b), TEXT, TEXT),
    st.builds(lambda a: Paragraph(a, OPEN, hang=2), TEXT),
    st.builds(Prose, TEXT),
    st.builds(lambda a: Hunk((f"+{a}", f"-{a}", f" {a}")), TEXT),
    st.builds(lambda a, b: Field("label", spaced(a, Span(b, "alert")), OPEN), TEXT, TEXT),
    st.builds(lambda a, b: Item(a, b, OPEN, below=(Prose(b),)), TEXT, TEXT),
    st.builds(
        lambda a, b: Table((Column("title", shrink="cut"), Column(shrink="wrap")), (Row((a, b)),)),
        TEXT,
        TEXT,
    ),
    st.builds(lambda a: Nested((Paragraph(a), Details("More", (Prose(a),)))), TEXT),
)


@given(st.lists(BLOCKS, max_size=6).map(tuple), st.integers(40, 120))
def test_every_line_fits_and_has_no_control_characters(blocks: tuple[Block, ...], width: int) -> None:
    for line in _laid_out(blocks, width):
        assert text_width(line.text) <= width
        assert "\n" not in _text(line)
        assert not set(_text(line)) & set("\x1b\x07\x9b\u202e\u2066\r")


def test_plain_text_does_not_wrap_in_a_pipe() -> None:
    document = Document("key", "title", blocks=(Paragraph("word " * 60), EmptyLine(), Prose("end")))
    assert plain_text(document) == f"{('word ' * 60).strip()}\n\nend\n"
    assert max(map(len, plain_text(document, 30).splitlines())) <= 30
