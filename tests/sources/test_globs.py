"""Globs that a tracker accepts match as in git."""

import itertools
import subprocess
from pathlib import Path

import pytest

from pawtui.sources import globs
from pawtui.tracker.value_mistakes import value_mistakes
from pawtui.tracker.value_types import GlobPath

NAMES = sorted(("a", "b", "z", "-", "!", "]", "[", "ab", "a-z", "a\nb", "x/a", "x/y/a", ".a", "a.b", "[a]", "\\"))
PIECES = ("a", "b", "x/", ".", "-", "*", "**", "**/", "/**", "?", "/", "[ab]")
FOLDERS = ("*/a", "x/*", "x/**", "x/**/a", "x/**a", "**", "**a", "**/y/**", "?/a", "[^b]", "\\?", "x/*/?", "x?a")


def test_an_accepted_glob_matches_as_in_git(tmp_path: Path) -> None:
    drawn = [*PIECES, *FOLDERS, *map("".join, itertools.product(PIECES, repeat=2))]
    accepted = [glob for glob in drawn if globs.is_glob(glob) and not list(value_mistakes(glob, GlobPath))]
    assert len(accepted) > 60
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    for name in NAMES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    for glob in accepted:
        listed = subprocess.run(
            ["git", "-C", tmp_path, "ls-files", "-z", "--others", "--", f":(glob){glob}"],
            capture_output=True,
            check=True,
            text=True,
        )
        assert set(globs.filter_paths(glob, NAMES)) == {*filter(None, listed.stdout.split("\0"))}, glob


@pytest.mark.parametrize(
    ("glob", "fixed", "without_double_star"),
    [
        ("src", "src", "src"),
        ("src/**", "src", "src"),
        ("src/*", "src", "src/*"),
        ("src/a*/b", "src", "src/a*/b"),
        ("src/a/b?", "src/a", "src/a/b?"),
        ("s?c/b", "", "s?c/b"),
        ("s*/**", "", "s*/**"),
        ("**", "", "**"),
        ("/**", "", "/**"),
    ],
)
def test_a_glob_is_in_its_fixed_folder(glob: str, fixed: str, without_double_star: str) -> None:
    assert (globs.fixed_folder(glob), globs.without_double_star(glob)) == (fixed, without_double_star)


@pytest.mark.parametrize("glob", ["x/*", "x/**/a", "x/y/*", "**/a", "*a"])
def test_the_paths_within_a_glob_are_those_that_match(glob: str) -> None:
    assert globs.filter_paths(glob, NAMES) == [name for name in NAMES if globs.matches(glob, name)] != []
