"""Documents as Markdown: their structure, and no active text on GitHub."""

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
    Item,
    Nested,
    Paragraph,
    Prose,
    Row,
    Table,
)
from pawtui.report.markdown_text import markdown_text
from pawtui.report.spans import Span, spaced, text_of
from tests.report.rendered_comment import Page
from tests.report.test_document_lines import BLOCKS, TEXT


def markdown(*blocks: Block) -> str:
    """Return blocks as Markdown."""
    return markdown_text(Document("key", "Title", blocks=blocks))


def test_each_kind_of_block_has_its_form() -> None:
    text = markdown(
        Paragraph(spaced("words", Span("met", "met"), Span("hold", "hold"), Span("a_b", "code"), gap=" ")),
        Heading("Part", text_of(Span("two"), Span(" (a key)", "hint"))),
        Field("label", "value"),
        Field("", "more"),
        EmptyLine(),
        Item("item", remark="remark", below=(Paragraph("remark"),)),
        Item("done", ticked=True),
        Item("open", ticked=False),
        Heading("Table"),
        Table((Column("a"), Column("n", align="right")), (Row(("x", "1")),)),
        Table((Column(), Column()), (Row(("day", "words")),)),
        Chart((1, 2), ("a", "b")),
    )
    assert text == (
        "## Title\n"
        "\n"
        "words **met** **HOLD** `a_b`\n"
        "\n"
        "### Part (two)\n"
        "- **label:** value\n"
        "  - more\n"
        "- item remark: remark\n"
        "- [x] done\n"
        "- [ ] open\n"
        "\n"
        "### Table\n"
        "| a | n |\n"
        "| --- | ---: |\n"
        "| x | 1 |\n"
        "\n"
        "- day words\n"
        "\n"
        "`a 1, b 2`\n"
    )


def test_a_note_is_quoted_below_its_item_or_is_on_its_line() -> None:
    text = markdown(
        Item("short", below=(Prose("Seen **twice**."),)),
        Item("long", below=(Prose("One.\n\nTwo."), Nested((Paragraph("pin"),)))),
        Field("reason", Prose("Because.")),
    )
    assert text == (
        "## Title\n\n- short: Seen **twice**.\n- long\n  > One.\n  >\n  > Two.\n\n  pin\n- **reason:**\n  > Because.\n"
    )


def test_sections_are_folded() -> None:
    blocks = (Details("One", (Paragraph("first"),)), Details("Two", (Paragraph("second"),)))
    assert markdown(*blocks) == (
        "## Title\n\n<details><summary>One</summary>\n\nfirst\n\n</details>\n"
        "<details><summary>Two</summary>\n\nsecond\n\n</details>\n"
    )


def test_only_web_addresses_are_links() -> None:
    linked = markdown(Paragraph(Span("the plan", "link", "https://example.org/x")))
    assert "[the plan](https://example.org/x)" in linked
    assert "](" not in markdown(Paragraph(Span("the plan", "link", "javascript:alert(1)")))


def test_text_that_begins_like_a_list_or_a_rule_is_escaped() -> None:
    for words in ("- x", "+ x", "1. x", "12) x", "---", "-", "+"):
        page = Page(markdown(Paragraph(words), Paragraph("after")))
        assert set(page.tags) <= {"h2", "p"}, words
        assert words in page.text


@given(st.lists(BLOCKS, max_size=3).map(tuple), TEXT)
def test_hostile_documents_are_inactive_and_keep_their_structure(blocks: tuple[Block, ...], title: str) -> None:
    end = (Heading("end"), Table((Column("a"), Column("b")), (Row((title, "x")),)))
    page = Page(markdown_text(Document("key", f"Title {title}", blocks=(*blocks, *end))))
    assert page.active_text == []
    assert not {"img", "script", "b", "!--", "!", "?"} & set(page.tags)
    assert page.html.count("<details>") == page.html.count("</details>")
    assert [len(row) for row in page.rows[-2:]] == [2, 2]
    assert page.rows[-1][1] == "x"


@given(st.lists(TEXT, min_size=1, max_size=5))
def test_adjacent_hostile_texts_are_inactive(parts: list[str]) -> None:
    page = Page(markdown(Paragraph(spaced(*parts, gap=" ")), Field("label", spaced(*parts, gap="; "))))
    assert page.active_text == []
    assert set(page.tags) <= {"h2", "p", "ul", "li", "strong", "code"}
