"""The made-up repository has the same ids and results as Git for the same commits."""

import datetime as dt
import os
import subprocess
from pathlib import Path

from pawtui.demo.demo_repository import MADE_UP_MAIL, DemoRepository, FileEdit, MovedFrom

START = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
# Names that sort differently as folders and files, a move, a deletion that empties a folder, another alphabet.
STEPS: tuple[dict[str, FileEdit], ...] = (
    {"a/b/c.ts": "one\n", "a-b": "two\n", "a.txt": "three\n", "src/ünïcode.md": "vier\n", "empty": ""},
    {"a/b/c.ts": lambda text: text + "more\n", "z": "new\n"},
    {"moved/c.ts": MovedFrom("a/b/c.ts"), "a/b/c.ts": None},
)


def built() -> DemoRepository:
    repository = DemoRepository("o/n")
    for number, edits in enumerate(STEPS):
        repository.commit("main", START + dt.timedelta(days=number), "Heddle", f"step {number}", edits)
    return repository


def git(folder: Path, *words: str, when: dt.datetime = START) -> str:
    date = f"{int(when.timestamp())} +0000"
    actor = {"NAME": "Heddle", "EMAIL": MADE_UP_MAIL, "DATE": date}
    env = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in actor.items()}
    env |= {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(["git", *words], cwd=folder, env=env, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_ids_equal_the_ids_of_git(tmp_path: Path) -> None:
    repository = built()
    git(tmp_path, "init", "-q")
    for number, commit in enumerate(reversed(list(repository.history(repository.branches["main"].tip)))):
        for path in STEPS[number]:
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            entry = repository.entries(commit.tree).get(path)
            if entry is None:
                (tmp_path / path).unlink()
            else:
                (tmp_path / path).write_bytes(repository.blobs[entry.sha])
        git(tmp_path, "add", "-A")
        git(tmp_path, "commit", "-q", "-m", commit.message, when=commit.at)
        assert git(tmp_path, "rev-parse", "HEAD") == commit.sha


def test_changes_distinguish_a_move_from_a_deletion() -> None:
    repository = built()
    newest, second, first = repository.history(repository.branches["main"].tip)
    kinds = {path: (status, earlier) for path, status, _, earlier in repository.changes(second.sha, newest.sha)}
    assert kinds == {"moved/c.ts": ("renamed", "a/b/c.ts")}
    kinds = {path: (status, earlier) for path, status, _, earlier in repository.changes(newest.sha, first.sha)}
    assert kinds == {"a/b/c.ts": ("added", ""), "moved/c.ts": ("removed", ""), "z": ("removed", "")}


def test_a_branch_is_read_as_of_a_time() -> None:
    repository = built()
    repository.branch("side", "main", START + dt.timedelta(days=5))
    repository.end_branch("main", START + dt.timedelta(days=9))
    shas = [commit.sha for commit in repository.history(repository.branches["side"].tip)]

    def head(branch: str, days: float) -> str | None:
        commit = repository.head(branch, START + dt.timedelta(days=days))
        return commit.sha if commit else None

    assert [head("main", days) for days in (-1, 0, 1.5, 8)] == [None, shas[2], shas[1], shas[0]]
    assert [head("main", 9), head("side", 4.9), head("side", 5)] == [None, None, shas[0]]
