"""The made-up repository: ids follow the content, and its past can be read as of any time."""

import datetime as dt

from pawtui.demo.demo_repository import DemoRepository, FileEdit

START = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
# Names that begin alike as folders and files, a move, a deletion that empties a folder, another alphabet.
STEPS: tuple[dict[str, FileEdit], ...] = (
    {"a/b/c.ts": "one\n", "a-b": "two\n", "a.txt": "three\n", "src/ünïcode.md": "vier\n", "empty": ""},
    {"a/b/c.ts": lambda text: text + "more\n", "z": "new\n"},
    {"moved/c.ts": "one\nmore\n", "a/b/c.ts": None},
)


def built() -> DemoRepository:
    repository = DemoRepository("o/n")
    for number, edits in enumerate(STEPS):
        repository.commit("main", START + dt.timedelta(days=number), "Heddle", f"step {number}", edits)
    return repository


def test_equal_content_has_equal_ids() -> None:
    repository = DemoRepository("o/n")
    files: dict[str, FileEdit] = {"old/a/x.ts": "one\n", "new/a/x.ts": "one\n", "new/a.ts": "one\n"}
    first = repository.entries(repository.commit("main", START, "Heddle", "first", files))
    assert first["old/a"] == first["new/a"]
    assert len({first[path].sha for path in ("old", "new", "new/a", "new/a.ts")}) == 4
    assert {path: entry.type for path, entry in first.items()} == {
        "new": "tree",
        "new/a": "tree",
        "new/a.ts": "blob",
        "new/a/x.ts": "blob",
        "old": "tree",
        "old/a": "tree",
        "old/a/x.ts": "blob",
    }
    second = repository.entries(repository.commit("main", START, "Heddle", "second", {"old/a/x.ts": "two\n"}))
    assert {path for path in first if first[path].sha != second[path].sha} == {"old", "old/a", "old/a/x.ts"}
    third = repository.entries(repository.commit("main", START, "Heddle", "third", {"old/a/x.ts": "one\n"}))
    assert third == first


def test_a_folder_without_files_is_gone() -> None:
    repository = built()
    newest = repository.entries(repository.branches["main"].tip)
    assert [path for path in newest if path.startswith(("a", "moved"))] == ["a-b", "a.txt", "moved", "moved/c.ts"]
    assert repository.blobs[newest["moved/c.ts"].sha] == b"one\nmore\n"
    assert newest["moved/c.ts"].size == 9


def test_commits_with_equal_content_differ_by_parent_time_author_or_message() -> None:
    repository = DemoRepository("o/n")
    repository.commit("main", START, "Heddle", "first", {"x": "one\n"})
    repository.commit("main", START, "Heddle", "first", {"x": "one\n"})
    repository.commit("side", START, "Bobbin", "first", {"x": "one\n"})
    repository.commit("else", START, "Heddle", "other", {"x": "one\n"})
    repository.commit("late", START + dt.timedelta(days=1), "Heddle", "first", {"x": "one\n"})
    assert len(repository.commits) == 5


def test_changes_distinguish_a_move_from_a_deletion() -> None:
    repository = built()
    newest, second, first = repository.history(repository.branches["main"].tip)
    kinds = {change.path: (change.status, change.before) for change in repository.changes(second.sha, newest.sha)}
    assert kinds == {"moved/c.ts": ("renamed", "a/b/c.ts")}
    kinds = {change.path: (change.status, change.before) for change in repository.changes(newest.sha, first.sha)}
    assert kinds == {"a/b/c.ts": ("added", ""), "moved/c.ts": ("removed", ""), "z": ("removed", "")}


def test_a_branch_is_read_as_of_a_time() -> None:
    repository = built()
    repository.branch("side", "main", START + dt.timedelta(days=5))
    repository.delete_branch("main", START + dt.timedelta(days=9))
    shas = [commit.sha for commit in repository.history(repository.branches["side"].tip)]

    def head(branch: str, days: float) -> str | None:
        commit = repository.resolve(branch, START + dt.timedelta(days=days))
        return commit.sha if commit else None

    assert [head("main", days) for days in (-1, 0, 1.5, 8)] == [None, shas[2], shas[1], shas[0]]
    assert [head("main", 9), head("side", 4.9), head("side", 5)] == [None, None, shas[0]]
