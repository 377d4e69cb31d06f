"""Hostile text in Markdown stays text: no element, mention, link or broken table, and no lost text."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pawtui.report import escape
from pawtui.sources.sanitize import safe_line
from tests.report.hostile_markdown import PIECES
from tests.report.rendered_comment import Page, without_gaps

_PIECES = st.sampled_from(PIECES)
_HOSTILE = st.lists(_PIECES | st.text(max_size=4), max_size=10).map("".join)


def hostile_text() -> st.SearchStrategy[str]:
    """Return a strategy for lines of hostile Markdown."""
    return _HOSTILE


@given(_HOSTILE)
@example("`@octocat`")
def test_code_and_inline_text_are_one_inactive_line_without_loss(text: str) -> None:
    for shown in (escape.code(text), escape.inline(text)):
        page = Page(f"so: {shown} end")
        assert set(page.tags) <= {"p", "code"}
        assert page.active_text == []
        # A code span in the text remains one: `inline` does not show its backticks.
        expected = f"so: {safe_line(text, escape.LIMIT)} end".replace("`", "")
        assert without_gaps(page.text).replace("`", "").split() == expected.split()


def test_code_keeps_its_backticks() -> None:
    assert Page(escape.code("a `b` ``c")).text.strip() == "a `b` ``c"


@given(_HOSTILE, _HOSTILE)
def test_a_table_keeps_its_shape_with_any_cells(first: str, second: str) -> None:
    cells = [
        escape.code(first, cell=True),
        escape.inline(second, cell=True),
        escape.code(second, cell=True),
        escape.link(first, "https://github.com/a/b/blob/c/d", cell=True),
    ]
    page = Page("| A | B | C | D |\n|---|---|---|---|\n| " + " | ".join(cells) + " |\n\nafter\n")
    assert page.rows[0] == ["A", "B", "C", "D"]
    assert len(page.rows) == 2
    assert len(page.rows[1]) == 4
    assert page.html.rstrip().endswith("<p>after</p>")
    assert page.active_text == []
    assert without_gaps(page.rows[1][0]).split() == without_gaps(safe_line(first, escape.LIMIT)).split()


@pytest.mark.parametrize(
    ("text", "cell"),
    [("a|b", r"`a\|b`"), (r"a\|b", "`a\\\u200b\\|b`"), (r"a\\|b|", "`a\\\\\u200b\\|b\\|`"), (r"a\b", r"`a\b`")],
)
def test_a_backslash_does_not_escape_a_pipe_in_a_table(text: str, cell: str) -> None:
    assert escape.code(text, cell=True) == cell
    assert escape.code(text) == f"`{text}`"


@given(_HOSTILE)
def test_a_quoted_note_has_no_effect_outside_its_quote(text: str) -> None:
    page = Page(f"{escape.quoted(text)}\n\nafter\n")
    assert page.active_text == []
    assert not {"img", "!--", "!", "?", "details", "script", "b"} & set(page.tags)
    assert page.html.rstrip().endswith("</blockquote>\n<p>after</p>")
    assert all(href.startswith(("https://a.b", "https://t.co", "https://evil.test")) for href in page.hrefs)


@pytest.mark.parametrize(
    "note",
    [
        "_GH-4_",
        "__GH-4__ and *gh-4*",
        "é_GH-4_, xGH-4, éGH-4",
        "GH\\-4",
        "_www.example.com_",
        "~~www.example.com~~ éwww.example.com",
        "www\\.example.com",
        "_https://example.com_ ftp://example.com http\\://example.com",
        "_mailto:me@example.com_ mailto\\:me@example.com xmpp:me@example.com",
        "_me@example.com_",
        "_@mira_ and __@org/team__",
        "_#12_ owner/repo#12 \\#12",
        "mira@1234567 owner/repo@1234567890abcdef",
    ],
)
def test_emphasis_and_escapes_create_no_reference(note: str) -> None:
    page = Page(f"> {note}")
    assert page.active_text, "the unescaped note is active"
    page = Page(escape.quoted(note))
    assert page.active_text == []
    assert page.hrefs == []
    assert without_gaps(page.text).split() == Page(f"> {note}").text.split()


@given(_HOSTILE)
def test_a_note_on_one_line_has_no_effect_outside_its_item(text: str) -> None:
    page = Page(f"- so: {escape.quoted_line(text)}\n- next\n\nafter\n")
    assert page.active_text == []
    assert not {"img", "!--", "!", "?", "details", "script", "b"} & set(page.tags)
    assert page.html.rstrip().endswith("<li>next</li>\n</ul>\n<p>after</p>")


def test_a_note_keeps_its_markdown_and_explicit_links() -> None:
    note = (
        "**Seen** in `step.ts`:\n\n- [the issue](https://github.com/a/b/issues/12)\n- #12 by @mira\n\n```ts\nx < y\n```"
    )
    page = Page(escape.quoted(note))
    assert {"strong", "ul", "li", "pre"} <= set(page.tags)
    assert page.hrefs == ["https://redirect.github.com/a/b/issues/12"]
    assert "x < y" in without_gaps(page.text)
    assert "#12 by @mira" in without_gaps(page.text)


PIN = "up/stream@1a2b3c4d5e:src/a#b.ts#L1-L9"


@pytest.mark.parametrize(
    "note",
    [
        "an open ` here\nand `@mira #12` there",
        "an escaped \\`@mira #12` one",
        "| a | b |\n|---|---|\n| `a | b` `@mira #12` |",
        "~~~\n```\n~~~\n@mira #12\n```",
        "```\nclosed by\n\t```\n@mira #12",
        "$`@mira #12`$",
        "[a `@mira`]: https://github.com/o/r/issues/1?`\n\n[a `@mira`]",
        "`@mira/x` in a mail is no code",
    ],
)
def test_code_in_a_note_creates_no_mention(note: str) -> None:
    page = Page(escape.quoted(note))
    assert page.active_text == []
    assert "@\u200bmira" in escape.quoted(note)


def test_a_code_span_keeps_pins_and_breaks_mentions() -> None:
    assert escape.code(PIN) == f"`{PIN}`"
    assert escape.code("by @mira, é@mira and a@b.cd") == "`by @\u200bmira, é@\u200bmira and a@b.cd`"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://github.com/a/b/issues/1", "https://redirect.github.com/a/b/issues/1"),
        ("https://github.com/a/b/pull/1#issuecomment-2", "https://redirect.github.com/a/b/pull/1#issuecomment-2"),
        ("https://github.com/a/b/commit/1a2b3c4", "https://redirect.github.com/a/b/commit/1a2b3c4"),
        ("https://github.com/a/b/blob/1a2b3c4/x.ts#L1", "https://github.com/a/b/blob/1a2b3c4/x.ts#L1"),
        ("https://github.com/a/b/compare/a...b", "https://github.com/a/b/compare/a...b"),
        ("https://github.example.org/a/b/issues/1", "https://github.example.org/a/b/issues/1"),
    ],
)
def test_only_addresses_that_add_a_back_reference_are_redirected(url: str, expected: str) -> None:
    assert escape.redirected(url) == expected


def test_an_address_that_is_not_on_the_web_is_not_linked() -> None:
    assert escape.link("x", "javascript:alert(1)") == "x"
    assert escape.link("x_y", "") == "`x_y`"
    assert escape.link("", "https://github.com/a") == ""


def test_an_address_cannot_end_its_link() -> None:
    page = Page(escape.link("x", "https://h.test/a)<b>|`@octocat"))
    assert page.tags == ["p", "a"]
    assert page.active_text == []


def test_plain_words_need_no_code_span() -> None:
    assert escape.inline("17 of 28 days, 3 releases (2 minors)") == "17 of 28 days, 3 releases (2 minors)"
    assert escape.inline("see 041885d838") == "see `041885d838`"
    assert escape.inline("fix [b] @o/t, twice") == "fix `[b]` `@\u200bo/t`, twice"
    assert escape.inline("changed since 041885d838.") == "changed since `041885d838`."
    assert escape.inline("fix the lease (#13473).") == "fix the lease `(#13473)`."
    assert escape.inline("low churn (changed since 041885d838).") == "low churn (changed since `041885d838`)."
    assert escape.inline("in (src/a.ts or `b c`), so") == "in (`src/a.ts` or `b c`), so"
    assert escape.inline("match settle\\( or f(x/y)") == "match `settle\\(` or `f(x/y)`"
    assert escape.inline("src/a.ts, src/b.ts and src/c.ts exist") == "`src/a.ts`, `src/b.ts` and `src/c.ts` exist"
    assert escape.inline("a.ts matches 'x{1, 3}, [y]', b.ts") == "`a.ts` matches `'x{1, 3}, [y]'`, `b.ts`"
    assert escape.inline("the line v2.*; pre-releases") == "the line `v2.*`; pre-releases"
    assert escape.inline("writes `x_y`, then `a b c`.") == "writes `x_y`, then `a b c`."
    assert escape.inline("`@o/t|#1`;", cell=True) == "`@\u200bo/t\\|#1`;"
    assert escape.inline("an open ` here") == "an open `` ` `` here"
    assert escape.inline("rate limit: again at 14:02") == "rate limit: again at 14:02"
    # A quotation of code is one span.
    assert escape.inline("a.ts matches '^class Command'; x") == "`a.ts` matches `'^class Command'`; x"
    assert escape.inline("""matches "it's [a b]", so""") == """matches `"it's [a b]"`, so"""
    assert escape.inline("the 'old path' of users' data") == "the 'old path' of users' data"
    assert escape.inline("don't use [a] and 'b") == "don't use `[a]` and 'b"
    assert escape.inline('it says "met"') == 'it says "met"'


def test_a_fenced_block_contains_its_lines() -> None:
    block = escape.diff_block(["+```", " @ana fixes #1 <b>", "-a\nb"])
    assert block.split("\n") == ["````diff", "+```", " @\u200bana fixes #1 <b>", "-a b", "````"]
