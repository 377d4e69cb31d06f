"""The comments of languages with simple tokens."""

import re

import pytest

from pawtui.probes.parsers.comments import WITH_COMMENTS, blank_comments
from pawtui.probes.parsers.script import SCRIPTS


@pytest.mark.parametrize(
    ("path", "text"),
    [
        # Comments are between « and ».
        ("a.h", 'int a; «// b»\n«/* c\n// d */» e("//f"); g(\'"\'); «/* h»'),
        ("a.c", "«// a \\\nb»\nc «/*/ d */» e"),
        ("A.CPP", 'R"x(// "a" )y" )x" «// b»'),
        ("a.cc", "x = 1'000; «// a»\n#error don't\n«// b»"),
        ("a.go", "`// a\n\\` + '\\'' + '\"' «// b»"),
        ("a.java", '"""\n// "a" \\""" b""" «// c»'),
        ("a.proto", "a = '\\'//'; «// b»\nc"),
        ("a.rs", "fn a<'b>(c: &'b str) {} «// d»"),
        ("a.rs", '«/* a /* b */ c */» d("//\n//") r#"/* "x" "# «// e»'),
        ("a.toml", "a = '\\' «# 'b'»\nc = \"#\" «# d»\ne = '''\n# f''' «# g»"),
        ("a.toml", 'a = "/* b" «# c»'),
        ("a.toml", 'a = """b"""" «# "c" "»\nd = \'\'\'e\'\'\'\'\' «# f\'»'),
        ("a.c", 'STR"(" «// a»\nb(")")'),
        ("a.cpp", 'u8R"(// ")" «// a»'),
        ("a.rs", 'cr#"a " // b"# br"//" «// c»'),
    ],
)
def test_comments_are_blanked_but_not_texts(path: str, text: str) -> None:
    wanted = re.sub("«(.*?)»", lambda found: re.sub(r"[^\n]", " ", found[1]), text, flags=re.DOTALL)
    assert blank_comments(re.sub("[«»]", "", text), path) == wanted


SIMPLE = [suffix for suffix in WITH_COMMENTS if suffix not in (*SCRIPTS, ".py", ".pyi")]


@pytest.mark.parametrize("part", ['"', "/*", "'\\", 'R"a(', 'r#"', "`'#", "//\\\n"])
def test_a_broken_file_is_read(part: str) -> None:
    text = part * 500
    assert {suffix for suffix in SIMPLE if len(blank_comments(text, f"a{suffix}")) != len(text)} == set()
