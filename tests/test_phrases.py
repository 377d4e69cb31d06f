"""Counts with their noun, lists of names, and shortened texts."""

from pawtui.phrases import counted, join_names, shortened


def test_a_count_has_its_noun() -> None:
    assert counted(1, "commit") == "1 commit"
    assert counted(1204, "commit") == "1,204 commits"
    assert counted(0, "entry", "entries") == "0 entries"
    assert counted(300, "file", at_least=True) == "at least 300 files"


def test_the_last_of_several_names_follows_and() -> None:
    assert join_names(["a"]) == "a"
    assert join_names(["a", "b"]) == "a and b"
    assert join_names(["a", "b", "c"]) == "a, b and c"


def test_a_long_text_is_cut_to_the_limit() -> None:
    assert shortened("abcd", 4) == "abcd"
    assert shortened("abcde", 4) == "abc…"
