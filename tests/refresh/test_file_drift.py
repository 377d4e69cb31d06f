"""The drift of one pin by the tree at the head, without the lines of the file."""

import pytest

from pawtui.refresh.file_drift import baseline_of, drift_of
from pawtui.sources.facts import Tree, TreeEntry

# Neither the first nor the last digits of the head are those of the earlier commit.
HEAD, EARLIER = "1" * 20 + "2" * 20, "3" * 40
OLD, OTHER = "a" * 40, "b" * 40
TREE = Tree(
    sha="c" * 40,
    entries={
        "same": TreeEntry(OLD, "blob", 3),
        "other": TreeEntry(OTHER, "blob", 3),
        "one": TreeEntry("d" * 40, "blob", 1),
        "unknown": TreeEntry("e" * 40, "blob"),
        "folder": TreeEntry("f" * 40, "tree"),
    },
)
BASELINES = {"up/stream": baseline_of("Up/stream", HEAD, TREE, "https://git.example")}


@pytest.mark.parametrize(
    ("pin", "old", "state", "summary"),
    [
        (f"up/Stream@{HEAD[:7]}:same", None, "fresh", "pinned at 1111111111"),
        (f"up/Stream@{HEAD[:7]}:same#L3", None, "fresh", "pinned at 1111111111"),
        (f"up/Stream@{HEAD[:7]}:same#L4", None, "gone", "the file ends before these lines at 1111111111"),
        (f"up/Stream@{HEAD[:7]}:one#L1-L2", None, "gone", "the file ends before these lines at 1111111111"),
        (f"up/Stream@{HEAD[:7]}:unknown#L4", None, "fresh", "pinned at 1111111111"),
        (f"up/Stream@{HEAD[:7]}:folder", None, "fresh", "pinned at 1111111111"),
        (f"up/Stream@{HEAD[:7]}:folder#L4", None, "gone", "not a file at 1111111111"),
        (f"up/Stream@{HEAD[:7]}:none", None, "gone", "the path does not exist at 1111111111"),
        (f"up/Stream@{HEAD[:7]}:none#L4", None, "gone", "the path does not exist at 1111111111"),
        (f"up/stream@{HEAD[-7:]}:same", None, "unchecked", "the content at the pinned commit is not known yet"),
        (f"up/stream@{EARLIER}:same", OLD, "fresh", "the same at 1111111111"),
        (f"up/stream@{EARLIER}:same#L3", OLD, "fresh", "the same at 1111111111"),
        (f"up/stream@{EARLIER}:same#L4", OLD, "gone", "the file ends before these lines at 1111111111"),
        (f"up/stream@{EARLIER}:other", OLD, "changed", "changed since 3333333333"),
        (f"up/stream@{EARLIER}:none", OLD, "moved", "the same text is now same"),
        (f"up/stream@{EARLIER}:none", "-", "gone", "the path did not exist at 3333333333"),
        (f"up/stream@{HEAD[:7]}", None, "fresh", "a commit never changes"),
        (f"up/stream@{HEAD[-7:]}", None, "unchecked", "the commit was not read yet"),
        ("up/stream#7", None, "unchecked", "links are never checked"),
        ("https://git.example/up/stream", None, "unchecked", "links are never checked"),
        (f"else/where@{HEAD}:same", None, "unchecked", "else/where is not one of the tracker's repositories"),
    ],
)
def test_a_pin_is_compared_with_the_tree_at_the_head(pin: str, old: str | None, state: str, summary: str) -> None:
    drift = drift_of(pin, BASELINES, {} if old is None else {pin: old})
    assert (drift.pin, drift.state, drift.summary) == (pin, state, summary)


def test_a_text_that_is_no_pin_is_unchecked_with_its_mistake() -> None:
    drift = drift_of("main.py", BASELINES, {})
    assert (drift.pin, drift.state, drift.failed) == ("main.py", "unchecked", False)
    assert "is not a pin: it has no commit" in drift.summary


def test_a_drift_names_the_place_at_the_head_and_a_page() -> None:
    pins = [f"up/stream@{EARLIER}:{path}" for path in ("same#L1-L2", "other", "none#L1-L2")]
    found = [drift_of(pin, BASELINES, {pin: OLD}) for pin in pins]
    assert [drift.place for drift in found] == [
        f"up/stream@{HEAD}:{path}" for path in ("same#L1-L2", "other", "same#L1-L2")
    ]
    assert [drift.url for drift in found] == [
        "",
        f"https://git.example/up/stream/compare/{EARLIER}...{HEAD}",
        f"https://git.example/up/stream/blob/{HEAD}/same#L1-L2",
    ]
