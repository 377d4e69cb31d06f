"""The text of a script without comments, and its code without the contents of literals."""

import sys

import pytest

from pawtui.probes.file_text import without_comments
from pawtui.probes.parsers.script import Script, line_of
from pawtui.probes.unmeasurable import Unmeasurable

COMMENTS = [
    ("a // b\n", "a     \n"),
    ("a; /* b\nc */ d", "a;     \n     d"),
    ("#!/usr/bin/env bun\n<!-- a\nb", " " * 18 + "\n      \nb"),
    ("a = 'b // c' + `/* ${d /* e */} */` + /\\/\\/* f/g", "a = 'b // c' + `/* ${d        } */` + /\\/\\/* f/g"),
    ("a = b /* c */ / d // e", "a = b         / d     "),
]


@pytest.mark.parametrize(("text", "wanted"), COMMENTS, ids=[text for text, _ in COMMENTS])
async def test_comments_are_spaces(text: str, wanted: str) -> None:
    for suffix in ("js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "TS"):
        assert await without_comments(f"a.{suffix}", text) == wanted
    assert await without_comments("a.md", text) == text


async def test_the_text_of_jsx_has_no_comments() -> None:
    text = "<p title='a'>it's // no {/* b */} comment</p>"
    assert await without_comments("a.jsx", text) == text.replace("/* b */", " " * 7)
    assert Script(text, "a.jsx").code == "<p title=' '>" + " " * 11 + "{" + " " * 7 + "}" + " " * 8 + "</p>"


@pytest.mark.parametrize(
    "text",
    [
        *("interface A<in B> {}", "type A = { in: B\n in: C }", "const a: { b: B\n in: C } = d"),
        *("export type * as a from ''", "export type * from '';\nexport const a = b"),
        *("let a: import('b').C[] = d", "let a = b as import('c').default.D"),
        "const a = await b<typeof import('c')>()",
    ],
)
def test_unknown_syntax_of_types_does_not_matter(text: str) -> None:
    assert Script(text).code == text


@pytest.mark.parametrize("row", ["{ a: string }[]", "string[]", "\n  A[]\n"])
def test_a_template_may_have_a_type(row: str) -> None:
    script = Script(f"const a = sql<{row}>`DROP TABLE b`\nconst c = `d`")
    assert [script.text_of(node) for node in script.nodes("template_string")] == ["`DROP TABLE b`", "`d`"]
    assert line_of(script.nodes("template_string")[-1]) == 2 + row.count("\n")


def test_the_path_of_an_import_is_a_string() -> None:
    script = Script('const { a } = (await import("./a")).default')
    assert [script.text_of(node) for node in script.nodes("string")] == ['"./a"']


@pytest.mark.parametrize(
    "text",
    [
        "interface A { b: 'c }",
        "const a: { b: {",
        "type A = { in: B\n /* c\n in: D }",
        "const a = b c",
        "a(<b",
        "export typo * from ''",
    ],
)
def test_wrong_syntax_is_refused(text: str) -> None:
    with pytest.raises(Unmeasurable, match=r"^line \d: the syntax is wrong or not known$"):
        Script(text)


async def test_a_library_that_cannot_be_loaded_leaves_scripts_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tree_sitter", None)
    message = r"^a\.ts cannot be read: tree-sitter cannot be loaded .* Install the package tree-sitter$"
    with pytest.raises(Unmeasurable, match=message):
        await without_comments("a.ts", "a")


def test_code_has_no_comments_and_no_contents_of_literals() -> None:
    text = "a('x\\'y') // b\n/* c\n*/ d(`e${f(\"g\")}h\ni`), /j'/g\n"
    assert Script(text, "a.ts").code == "a('    ')     \n    \n   d(` ${f(\" \")} \n `), /  /g\n"
