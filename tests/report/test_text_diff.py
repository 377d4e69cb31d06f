"""The diff of two texts: each line of both once, with its numbers."""

from hypothesis import given
from hypothesis import strategies as st

from pawtui.report.text_diff import DiffLine, text_diff

LINES = st.lists(st.sampled_from(["a", "b", "", "}"]), max_size=12)


def test_removed_lines_come_before_their_replacement() -> None:
    assert text_diff(["a", "b", "c"], ["a", "x", "c", "d"]) == [
        DiffLine("same", "a", 1, 1),
        DiffLine("removed", "b", 2, 0),
        DiffLine("added", "x", 0, 2),
        DiffLine("same", "c", 3, 3),
        DiffLine("added", "d", 0, 4),
    ]


@given(old=LINES, new=LINES)
def test_the_diff_has_all_lines_of_both_texts(old: list[str], new: list[str]) -> None:
    found = text_diff(old, new)
    assert [line.text for line in found if line.kind != "added"] == old
    assert [line.text for line in found if line.kind != "removed"] == new
    assert [line.old for line in found if line.old] == list(range(1, len(old) + 1))
    assert [line.new for line in found if line.new] == list(range(1, len(new) + 1))


def test_texts_with_too_many_equal_lines_are_removed_and_added() -> None:
    found = text_diff(["same"] * 4_000, ["same"] * 4_000)
    assert [line.kind for line in found] == ["removed"] * 4_000 + ["added"] * 4_000
