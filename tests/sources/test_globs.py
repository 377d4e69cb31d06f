"""Globs that a tracker accepts match as in git."""

import random
import subprocess
from pathlib import Path

from pawtui.sources import globs
from pawtui.tracker.path_mistakes import path_mistake

NAMES = ("a", "b", "z", "-", "!", "^", "]", "[", "ab", "a-z", "a]", "x/a", "x/y/a", ".a", "a.b", "[a]", "\\", "a&&b", "~")


def test_an_accepted_glob_matches_as_in_git(tmp_path: Path) -> None:
    rng = random.Random(5)  # noqa: S311 - not for secrets
    drawn = {"".join(rng.choices("[]!^-azb\\*?/.&~", k=rng.randint(1, 6))) for _ in range(3_000)}
    accepted = sorted(glob for glob in drawn if globs.is_glob(glob) and not path_mistake(glob))
    assert len(accepted) > 200
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    for name in NAMES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    for glob in accepted[::20]:
        listed = subprocess.run(
            ["git", "-C", tmp_path, "ls-files", "-z", "--others", "--", f":(glob){glob}"],
            capture_output=True,
            check=True,
            text=True,
        )
        assert {name for name in NAMES if globs.matches(glob, name)} == {*filter(None, listed.stdout.split("\0"))}, glob
    # The rest must at least be usable.
    assert all(isinstance(globs.matches(glob, "x/y/a"), bool) for glob in accepted)
