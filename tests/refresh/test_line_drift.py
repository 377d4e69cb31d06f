"""The drift of lines of a text, tested on texts with known edits."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pawtui.refresh.line_drift import LineDrift, find_block, line_drift, split_lines

FUNCTION = ["function alpha(input) {", "  const total = input.reduce(add)", "  return total", "}", ""]
OTHER = ["function beta(input) {", "  const mean = average(input)", "  return mean", "}", ""]
THIRD = ["function gamma(input) {", "  const most = maximum(input)", "  return most", "}", ""]
FILE = [*FUNCTION, *OTHER]


def test_shifted_lines_are_fresh_at_their_new_place() -> None:
    assert line_drift(FILE, FILE, (6, 9)) == LineDrift(state="fresh", lines=(6, 9))
    assert line_drift(FILE, ["// new", *FILE], (6, 9)) == LineDrift(state="fresh", lines=(7, 10))
    assert line_drift(FILE, FILE[2:], (6, 9)).lines == (4, 7)
    assert line_drift(FILE, [*FILE, "more"], (6, 10)).lines == (6, 10)


@pytest.mark.parametrize("pinned", [(1, 4), (1, 5), (4, 4), (5, 5), (6, 9), (9, 10)])
def test_a_function_added_next_to_pinned_lines_does_not_change_them(pinned: tuple[int, int]) -> None:
    # A difference may match the added function's last lines with those of the previous function.
    new = [*FUNCTION, *THIRD, *OTHER]
    found = line_drift(FILE, new, pinned)
    assert found.state == "fresh"
    assert found.lines is not None
    assert new[found.lines[0] - 1 : found.lines[1]] == FILE[pinned[0] - 1 : pinned[1]]


def test_changed_lines_have_the_place_and_the_hunk() -> None:
    new = ["// new", *FILE]
    new[7] = "  const mean = average(input, weights)"
    found = line_drift(FILE, new, (7, 8))
    assert (found.state, found.lines) == ("changed", (8, 9))
    assert "-  const mean = average(input)" in found.hunk
    assert "+  const mean = average(input, weights)" in found.hunk
    assert not [line for line in found.hunk if "new" in line], "a change elsewhere is not part of the hunk"


def test_a_line_added_or_removed_inside_changes_them() -> None:
    grown = [*FILE[:7], "  log(mean)", *FILE[7:]]
    assert line_drift(FILE, grown, (6, 9)) == LineDrift(
        state="changed", lines=(6, 10), hunk=line_drift(FILE, grown, (6, 9)).hunk
    )
    assert line_drift(FILE, [*FILE[:6], *FILE[7:]], (6, 9)).lines == (6, 8)


def test_lines_that_were_cut_and_pasted_have_moved() -> None:
    old, new = [*FUNCTION, *OTHER, *THIRD], [*OTHER, *THIRD, *FUNCTION]
    moved = line_drift(old, new, (1, 4))
    assert (moved.state, moved.lines) == ("moved", (11, 14))
    assert line_drift(old, new, (6, 9)) == LineDrift(state="fresh", lines=(1, 4))
    moved = line_drift(old, [*THIRD, *FUNCTION[1:], *OTHER], (11, 14))
    assert (moved.state, moved.lines) == ("moved", (1, 4))


def test_lines_that_changed_places_with_equally_many_lines_are_fresh() -> None:
    # One shortest difference moves the first lines, another one the second lines.
    new = [*OTHER, *FUNCTION, *THIRD]
    assert line_drift([*FILE, *THIRD], new, (1, 4)) == LineDrift(state="fresh", lines=(6, 9))
    assert line_drift([*FILE, *THIRD], new, (6, 9)) == LineDrift(state="fresh", lines=(1, 4))


def test_one_of_two_copies_is_unchanged_if_the_other_was_removed() -> None:
    # The end is equal in both texts, so the remaining copy can be either of them.
    old, new = [*FUNCTION, *THIRD, *FUNCTION, *OTHER], [*FUNCTION, *OTHER]
    assert line_drift(old, new, (1, 4)) == LineDrift(state="fresh", lines=(1, 4))
    assert line_drift(old, new, (11, 14)).state == "gone"


SAME_END = ["const total = sum(input)", "  return total", "}", ""]


@pytest.mark.parametrize("pinned", [(8, 8), (7, 8), (8, 9), (8, 10), (9, 9)])
@pytest.mark.parametrize(("end", "new_end"), [([], []), (["end"], ["end"]), (["end"], ["new end"])])
def test_lines_of_a_removed_function_are_not_those_of_the_previous_function(
    pinned: tuple[int, int], end: list[str], new_end: list[str]
) -> None:
    # Equally short differences remove the second function, or the end of the first and the beginning of the second.
    old = ["one", "function alpha() {", *SAME_END, "function beta() {", *SAME_END, *end]
    new = ["two", "function alpha() {", *SAME_END, *new_end]
    assert line_drift(old, new, pinned).state in ("gone", "changed")
    assert line_drift(old, new, (pinned[0] - 5, pinned[1] - 5)).state == "fresh"


def test_removed_lines_are_gone() -> None:
    found = line_drift(FILE, FUNCTION, (6, 10))
    assert (found.state, found.lines) == ("gone", None)
    assert [line for line in found.hunk if line.startswith("-")] == [f"-{line}" for line in OTHER]
    assert line_drift(FILE, [], (1, 1)).state == "gone"


def test_too_large_texts_are_unknown() -> None:
    old, new = [f"a{n}" for n in range(30_000)], [f"b{n}" for n in range(30_000)]
    assert line_drift(old, new, (15_000, 15_000)).state == "unknown"
    for new in ([*old[:-1], "x"], ["x", *old[1:]]):
        assert line_drift(old, new, (15_000, 15_000)).state == "fresh"


def test_a_hunk_is_short() -> None:
    old = [f"old line {number}" for number in range(400)]
    assert len(line_drift(old, ["new"], (1, 400)).hunk) <= 16


def test_a_block_is_found_if_it_is_unique_and_more_than_braces() -> None:
    assert find_block(FUNCTION, [*OTHER, *FUNCTION]) == (6, 10)
    assert find_block(FUNCTION, [*FUNCTION, *FUNCTION]) is None
    assert find_block(["}", ""], [*FUNCTION]) is None
    for size, place in ((12, (1, 1)), (11, None)):
        assert find_block(["a" * size], ["a" * size]) == place


def test_equal_lines_are_found_at_the_place_with_the_most_equal_lines_above_then_below() -> None:
    assert line_drift(list("1xwpy2"), list("3xwpqpy4"), (4, 4)) == LineDrift(state="fresh", lines=(4, 4))
    assert line_drift(list("1xpyz2"), list("3xpqpyz4"), (3, 3)) == LineDrift(state="fresh", lines=(3, 3))
    assert line_drift(list("1xpyz2"), list("3pqpyz4"), (3, 3)) == LineDrift(state="fresh", lines=(4, 4))
    # The beginning is equal in both texts.
    assert line_drift(list("ap_rb"), list("ap_fq_gp_rb"), (2, 2)) == LineDrift(state="fresh", lines=(2, 2))


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        (["alpha", "gamma"], ["beta", "alpha", "delta"], (2, 3)),
        (["alpha", "gamma"], ["beta", "gamma", "gamma"], (1, 2)),
        (["alpha", "gamma"], ["beta", "alpha", "alpha"], (3, 3)),
        (["}", "beta"], ["}", "gamma"], (1, 2)),
        (["alpha", "alpha"], ["alpha", ""], (1, 1)),
        (["alpha", "}"], ["}"], (1, 1)),
        (["}", "}"], ["}"], (1, 1)),
    ],
)
def test_the_place_of_changed_lines_has_no_lines_that_were_added_before_or_after(
    old: list[str], new: list[str], lines: tuple[int, int]
) -> None:
    found = line_drift(old, new, (1, 2))
    assert (found.state, found.lines) == ("changed", lines)


@pytest.mark.parametrize(
    ("old", "new", "pinned", "state", "now"),
    [
        # The only copy in the new text is that of other lines, which do not overlap: the nearest that fits better.
        ("bb", "b", (2, 2), "gone", None),
        ("aa", "ba", (2, 2), "fresh", (2, 2)),
        ("bbb", "bb", (2, 3), "fresh", (1, 2)),
        ("babc", "bc", (3, 4), "fresh", (1, 2)),
        ("abbab", "yab", (3, 3), "gone", None),
        ("aaaabaa", "aaa", (6, 6), "fresh", (3, 3)),
        # The new text has a copy of lines below or above the pinned ones, which are on the other side of it.
        ("abba", "bab", (1, 1), "gone", None),
        ("bbc", "xbbbc", (1, 1), "fresh", (2, 2)),
        ("abaa", "aa", (3, 3), "fresh", (2, 2)),
        ("}}", "}a", (2, 2), "changed", (2, 2)),
        # A brace may be another one.
        ("cb", "c}", (2, 2), "gone", None),
        ("ba", "}a", (1, 1), "gone", None),
        # The equal lines above are removed, or are compared too.
        ("cac", "cy", (2, 2), "changed", (2, 2)),
        ("cc}", "c}", (2, 3), "fresh", (1, 2)),
    ],
)
def test_the_place_of_lines_among_equal_lines(
    old: str, new: str, pinned: tuple[int, int], state: str, now: tuple[int, int] | None
) -> None:
    found = line_drift(list(old), list(new), pinned)
    assert (found.state, found.lines) == (state, now)


def test_the_place_of_changed_lines_ends_before_the_same_line_as_the_pinned_lines() -> None:
    old = ["row.push(", "  names()", "", "table.push(row)"]
    new = ["row.push(", "  names = set()", "", "  row.append(names)", "", "table.push(row)"]
    assert line_drift(old, new, (2, 3)).lines == (2, 5)
    assert line_drift(old[::-1], new[::-1], (2, 3)).lines == (2, 5)


def test_lines_with_other_spaces_changed_at_their_own_place() -> None:
    old = [f"value{number} = compute({number})" for number in range(9)]
    for spaced in ([f"    {line}" for line in old], [line.replace(" = ", "\t= ") for line in old]):
        new = ["if enabled:", *spaced]
        found = line_drift(old, new, (3, 4))
        assert (found.state, found.lines) == ("changed", (4, 5))
        assert {f"-{old[2]}", f"+{new[3]}"} <= set(found.hunk)
    # The equal line is the first one.
    found = line_drift([old[0], "}", old[0]], [f"    {old[0]}", old[0], "}"], (3, 3))
    assert (found.state, found.lines) == ("gone", None)
    # Without the spaces, only one of the lines is equal: the place is that of the line with equal spaces.
    found = line_drift([f"    {old[0]}", old[1]], [old[1], old[0]], (1, 2))
    assert (found.state, found.lines) == ("changed", (1, 1))
    # A brace may be another one.
    assert line_drift(["a", "  }"], ["a", "}"], (2, 2)).state == "gone"


def test_a_changed_copy_did_not_move_to_another_copy() -> None:
    old = [*FUNCTION, *OTHER, *FUNCTION]
    new = [*FUNCTION, *OTHER, "another", "text"]
    assert line_drift(old, new, (11, 14)).state != "moved"


def test_moved_lines_have_a_hunk_with_two_lines_of_context() -> None:
    found = line_drift([*FUNCTION, *OTHER, *THIRD], [*OTHER, *THIRD, *THIRD, *FUNCTION], (1, 4))
    assert found.state == "moved"
    assert found.hunk


def test_a_hunk_has_two_lines_before_and_after() -> None:
    old = [f"line {number}" for number in range(9)]
    found = line_drift(old, [*old[:4], *old[5:]], (5, 5))
    assert found.hunk == ("@@ -3,5 +3,4 @@", " line 2", " line 3", "-line 4", " line 5", " line 6")
    new = ["new", *old[1:4], "new", *old[5:]]
    for pinned in ((5, 5), (5, 8)):
        hunk = line_drift(old, new, pinned).hunk
        assert hunk[1:] == (" line 2", " line 3", "-line 4", "+new", " line 5", " line 6")
    assert line_drift(old, new, (1, 1)).hunk[1:] == ("-line 0", "+new", " line 1", " line 2")


def test_a_hunk_has_the_line_numbers_of_both_texts() -> None:
    old = [f"line {number}" for number in range(90)]
    new = [*(f"new {number}" for number in range(30)), *old[:49], "changed", *old[50:]]
    assert line_drift(old, new, (50, 50)).hunk[0] == "@@ -48,5 +78,5 @@"
    assert line_drift(old, [*old[:49], *old[50:]], (50, 50)).hunk[0] == "@@ -48,5 +48,4 @@"


def test_lines_are_counted_as_in_git() -> None:
    assert split_lines(b"a\nb\n") == ["a", "b"]
    assert split_lines(b"a\nb") == ["a", "b"]
    assert split_lines(b"") == []
    assert split_lines("a\x0cb\u2028c\r\nd\re".encode()) == ["a\x0cb\u2028c", "d\re"]
    assert split_lines(b"\x89PNG\0") is None
    assert split_lines(b"a" * 7_999 + b"\0") is None
    assert split_lines(b"a" * 8_000 + b"\0") == ["a" * 8_000 + "\0"]
    assert split_lines(b"\xff\n\xfe\n") != split_lines(b"\xfe\n\xff\n"), "bytes that are not text still differ"


def test_other_line_endings_do_not_change_lines() -> None:
    old, new = (split_lines(ending.join(FILE).encode()) for ending in ("\n", "\r\n"))
    assert old is not None
    assert new is not None
    assert line_drift(old, new, (2, 4)) == LineDrift(state="fresh", lines=(2, 4))


_LINES = st.lists(st.sampled_from(["", "}", "  return", "alpha beta gamma", "delta epsilon"]), max_size=12)


@settings(max_examples=50)
@given(before=_LINES, block=_LINES.filter(bool), after=_LINES, above=_LINES, below=_LINES)
def test_unchanged_lines_are_never_stale(
    before: list[str], block: list[str], after: list[str], above: list[str], below: list[str]
) -> None:
    # Lines are added only at the ends: a shortest difference keeps all old lines.
    old, new = [*before, *block, *after], [*above, *before, *block, *after, *below]
    found = line_drift(old, new, (len(before) + 1, len(before) + len(block)))
    assert found.state == "fresh"
    assert found.lines is not None
    assert new[found.lines[0] - 1 : found.lines[1]] == block


@settings(max_examples=50)
@given(old=_LINES.filter(bool), new=_LINES, data=st.data())
def test_each_state_is_true_for_the_texts(old: list[str], new: list[str], data: st.DataObject) -> None:
    first = data.draw(st.integers(1, len(old)))
    last = data.draw(st.integers(first, len(old)))
    found = line_drift(old, new, (first, last))
    now = [] if found.lines is None else new[found.lines[0] - 1 : found.lines[1]]
    if found.state in ("fresh", "moved"):
        assert now == old[first - 1 : last]
    elif found.state == "changed":
        assert now
        assert now != old[first - 1 : last]
    else:
        assert found.state == "gone"
        assert found.lines is None
    assert bool(found.hunk) == (found.state != "fresh")
