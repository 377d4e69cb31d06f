"""The drift of one pin by the tree at the head, without the lines of the file."""

import pytest

from pawtui.refresh.file_drift import PinnedFile
from pawtui.refresh.pins import parse_pin
from pawtui.sources.facts import Tree, TreeEntry
from tests.refresh.daily_workspace import head_files

# Neither the first nor the last digits of the head are those of the earlier commit.
HEAD, EARLIER = "1" * 20 + "2" * 20, "3" * 40
OLD, OTHER = "a" * 40, "b" * 40
TREE = Tree(
    sha="c" * 40,
    entries={
        "same": TreeEntry(OLD, "blob", 3),
        "twin": TreeEntry(OLD, "blob", 3),
        "other": TreeEntry(OTHER, "blob", 3),
        "one": TreeEntry("d" * 40, "blob", 1),
        "unknown": TreeEntry("e" * 40, "blob"),
        "folder": TreeEntry("f" * 40, "tree"),
    },
)


def pinned(text: str, pinned_state: str | None, tree: Tree = TREE) -> PinnedFile:
    """Return a pinned file to compare with the tree. `pinned_state` is its blob SHA when it was pinned."""
    return PinnedFile(text, parse_pin(text), head_files("Up/stream", HEAD, tree), pinned_state)


@pytest.mark.parametrize(
    ("pin", "old", "state", "summary"),
    [
        (f"up/Stream@{HEAD[:7]}:same", OLD, "fresh", "pinned at 1111111111"),
        (f"up/Stream@{HEAD[:7]}:same#L3", OLD, "fresh", "pinned at 1111111111"),
        (f"up/Stream@{HEAD[:7]}:same#L4", OLD, "gone", "the file ends before these lines at 1111111111"),
        (f"up/Stream@{HEAD[:7]}:one#L1-L2", "d" * 40, "gone", "the file ends before these lines at 1111111111"),
        (f"up/Stream@{HEAD[:7]}:unknown#L4", "e" * 40, "fresh", "pinned at 1111111111"),
        (f"up/Stream@{HEAD[:7]}:folder", "f" * 40, "fresh", "pinned at 1111111111"),
        (f"up/Stream@{HEAD[:7]}:folder#L4", "f" * 40, "gone", "not a file at 1111111111"),
        (f"up/Stream@{HEAD[:7]}:none#L4", "-", "gone", "the path did not exist at 1111111"),
        (f"up/stream@{HEAD[-7:]}:same", None, "unchecked", "the content at the pinned commit is not known yet"),
        (f"up/stream@{EARLIER}:same", OLD, "fresh", "the same at 1111111111"),
        (f"up/stream@{EARLIER}:same#L3", OLD, "fresh", "the same at 1111111111"),
        (f"up/stream@{EARLIER}:same#L4", OLD, "gone", "the file ends before these lines at 1111111111"),
        (f"up/stream@{EARLIER}:other", OLD, "changed", "changed since 3333333333"),
        (f"up/stream@{EARLIER}:none", OLD, "gone", "does not exist at 1111111111"),
        (f"up/stream@{EARLIER}:none", "-", "gone", "the path did not exist at 3333333333"),
    ],
)
def test_a_pin_is_compared_with_the_tree_at_the_head(pin: str, old: str | None, state: str, summary: str) -> None:
    drift = pinned(pin, old).compare_trees()
    assert drift is not None
    assert (drift.pin, drift.state, drift.summary) == (pin, state, summary)


def test_a_drift_names_the_place_at_the_head_and_a_page() -> None:
    pins = [f"up/stream@{EARLIER}:{path}" for path in ("same#L1-L2", "other", "none")]
    found = [drift for pin in pins if (drift := pinned(pin, OLD).compare_trees()) is not None]
    assert [drift.place for drift in found] == [f"up/stream@{HEAD}:same#L1-L2", f"up/stream@{HEAD}:other", ""]
    difference = f"https://git.example/up/stream/compare/{EARLIER}...{HEAD}"
    assert [drift.url for drift in found] == ["", difference, difference]


def test_a_moved_pin_names_its_new_place() -> None:
    file = pinned(f"up/stream@{EARLIER}:none#L1-L2", OLD)
    drift = file.moved_to("same", (1, 2))
    assert (drift.state, drift.summary) == ("moved", "the same text is now same#L1-L2")
    assert (drift.place, drift.url) == (
        f"up/stream@{HEAD}:same#L1-L2",
        f"https://git.example/up/stream/blob/{HEAD}/same#L1-L2",
    )
    assert file.moved_to("none", (3, 3)).summary == "the same text is now L3"


@pytest.mark.parametrize(
    ("old", "state"),
    [
        # The same content at another path does not prove that the file was moved.
        (OLD, None),
        (None, None),
        ("-", "gone"),
    ],
)
def test_a_cut_list_of_paths_proves_nothing(old: str | None, state: str | None) -> None:
    cut = Tree(sha=HEAD, entries={"copy": TreeEntry(OLD, "blob")}, truncated=True)
    drift = pinned(f"up/stream@{EARLIER}:lost", old, cut).compare_trees()
    assert (drift and drift.state) == state


def test_the_new_files_are_found_once_for_each_earlier_commit() -> None:
    files, empty = head_files("up/stream", HEAD, TREE), Tree(sha=EARLIER, entries={})
    assert not files.new_files_since(TREE)
    assert files.new_files_since(empty).keys() == {p for p, entry in TREE.entries.items() if entry.type == "blob"}
    assert files.new_files_since(empty) is files.new_files_since(empty)
