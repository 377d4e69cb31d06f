"""Counts with their noun, lists of names, and shortened texts."""

import re

from pawtui.phrases import counted, join_names, shortened, spelled_spaces


def test_a_count_has_its_noun() -> None:
    assert counted(1, "commit") == "1 commit"
    assert counted(1204, "commit") == "1,204 commits"
    assert counted(0, "entry", "entries") == "0 entries"
    assert counted(300, "file", at_least=True) == "at least 300 files"


def test_the_last_of_several_names_follows_and() -> None:
    assert join_names(["a"]) == "a"
    assert join_names(["a", "b"]) == "a and b"
    assert join_names(["a", "b", "c"]) == "a, b and c"


def test_folded_spaces_of_a_pattern_are_spelled() -> None:
    assert spelled_spaces(r"a b\ c") == r"a b\ c"
    assert spelled_spaces("  a   b ") == r"\x20\x20a \x20\x20b\x20"
    assert spelled_spaces("") == ""
    pattern = r"^  (?:a|[  b])\ $"
    for text in ("  a ", "   \n", "  b ", " a"):
        assert bool(re.search(spelled_spaces(pattern), text)) == bool(re.search(pattern, text))


def test_a_long_text_is_cut_to_the_limit() -> None:
    assert shortened("abcd", 4) == "abcd"
    assert shortened("abcde", 4) == "abc…"
