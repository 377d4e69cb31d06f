"""Copies of a watched folder: the work may continue there."""

import pytest

from pawtui.probes.copies import find_copies
from pawtui.sources.facts import EMPTY_FILE_SHA, Tree, TreeEntry
from pawtui.tracker.probe_types import ChurnProbe
from tests.probes.measuring import MeasureBoth
from tests.support.fake_repo import FakeRepo

FILES = {"a.ts": "1", "in/b.ts": "2", "in/c.ts": "3"}


def tree_of(*folders: tuple[str, dict[str, str]]) -> Tree:
    entries = {
        f"{folder}/{path}": TreeEntry(sha=sha, type="blob") for folder, files in folders for path, sha in files.items()
    }
    return Tree(sha="t", entries=entries)


@pytest.mark.parametrize(
    ("files", "copied", "is_copy"),
    [
        (FILES, FILES, True),
        # A changed and a further file.
        (FILES, FILES | {"a.ts": "9", "d.ts": "4"}, True),
        (FILES, FILES | {"a.ts": "9", "in/b.ts": "9"}, False),
        # The same texts at other places.
        (FILES, {"in/a.ts": "1", "b.ts": "2", "c.ts": "3"}, False),
        # Too few files, and empty files.
        ({"a.ts": "1", "b.ts": "2"}, {"a.ts": "1", "b.ts": "2"}, False),
        (dict.fromkeys("abc", EMPTY_FILE_SHA), dict.fromkeys("abc", EMPTY_FILE_SHA), False),
    ],
)
def test_a_copy_has_most_files_at_the_same_places(files: dict[str, str], copied: dict[str, str], is_copy: bool) -> None:
    found = find_copies(tree_of(("src/run", files), ("lib/run", copied)), "src/run")
    assert ("lib/run" in found) == is_copy


def test_files_of_folders_with_a_longer_name_do_not_count() -> None:
    longer = {"d.ts": "4", "e.ts": "5", "f.ts": "6", "g.ts": "7"}
    tree = tree_of(("src/run", FILES), ("src/run0", longer), ("src/runner", longer), ("lib/run", FILES))
    assert find_copies(tree, "src/run") == ["src/run", "lib/run"]


async def test_a_surface_with_a_copy_is_unknown(up: FakeRepo, both: MeasureBoth) -> None:
    surfaces = {"runner": ("src/run",)}
    probe = ChurnProbe(surfaces=("runner",), met=5)
    up.git.commit({f"src/run/{path}": text for path, text in FILES.items()}, at="2026-06-01")
    assert (await both(probe, surfaces)).state == "met"
    up.git.commit({f"lib/run/{path}": text for path, text in FILES.items()}, at="2026-10-01")
    found = await both(probe, surfaces)
    cause = "lib/run is a copy of src/run, and its commits are not counted: add it to `surfaces`"
    assert (found.state, found.cause) == ("unknown", cause)
    # Two surfaces with the same path have one cause.
    twice = await both(ChurnProbe(surfaces=("runner", "loop"), met=5), {**surfaces, "loop": ("src/run",)})
    assert twice.gaps.count(cause) == 1
    assert (await both(probe, {"runner": ("src/run", "lib/run")})).state == "met"
    assert (await both(probe, {"runner": ("src/run", "lib/run/**")})).state == "met"
