"""What a reader requests from its source, and the evidence of its files, commits and tags."""

import datetime as dt
from typing import cast

import pytest

from pawtui.probes.probe_evidence import commit_evidence, file_evidence, folder_evidence, tag_evidence
from pawtui.probes.reading import Evidence
from pawtui.probes.repo_reader import RepoReader
from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.sources.dates import day_start
from pawtui.sources.facts import Commit, Commits, DatedTag, Head, PastHead, Tree, TreeEntry
from pawtui.sources.protocol import MAX_BLOB, Source

TODAY = dt.date(2026, 11, 20)
START = dt.date(2026, 8, 28)
WHEN = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
HEAD = Head(repo="up/stream", requested_repo="up/stream", ref="main", sha="c" * 40, committed_at=WHEN)
BASE = "b" * 40
ENTRIES = {
    "src": TreeEntry("5" * 40, "tree"),
    "src/kept.sql": TreeEntry("6" * 40, "blob"),
    "src/folder.sql": TreeEntry("7" * 40, "tree"),
}
TREE = Tree(sha=HEAD.sha, entries=ENTRIES)
COMMIT = Commit(sha="1" * 40, at=WHEN, subject="x")


class RecordingSource:
    """A source that records its requests."""

    def __init__(self) -> None:
        self.requests: list[tuple[object, ...]] = []

    async def tree(self, repo: str, sha: str, *, optional: bool = False) -> Tree:
        self.requests.append(("tree", optional))
        return TREE

    async def blob(self, repo: str, sha: str, *, optional: bool = False) -> bytes:
        self.requests.append(("blob", optional))
        return b"\xef\xbb\xbfone\r\ntwo\r"

    async def past_head(self, head: Head, when: dt.datetime, recorded: object) -> PastHead:
        self.requests.append(("past head", when))
        return PastHead(sha=BASE, found_by="first parents")

    async def commits(self, repo: str, head: str, path: str, since: dt.date) -> Commits:
        self.requests.append((path, since))
        return Commits(path=path, since=since, items=(), complete=True)

    def requests_left(self) -> int:
        return 7


def reader_of(source: RecordingSource) -> RepoReader:
    return RepoReader(cast(Source, source), HEAD, today=TODAY, history_start=START, web="https://github.com")


@pytest.mark.parametrize(("since", "start"), [(None, START), (dt.date(2026, 9, 1), START), (dt.date(2026, 8, 1), None)])
async def test_a_list_of_commits_begins_with_the_history_or_earlier(
    since: dt.date | None, start: dt.date | None
) -> None:
    source = RecordingSource()
    await reader_of(source).commits("src", since)
    assert source.requests == [("src", start or since)]


@pytest.mark.parametrize("mark", ["␀", "␛", "␟", "␡", "⟨U+202E⟩"])
async def test_the_commits_of_a_path_with_control_characters_are_not_requested(mark: str) -> None:
    source = RecordingSource()
    with pytest.raises(Unmeasurable, match="is not the name in git: it contains control characters"):
        await reader_of(source).commits(f"src/a{mark}b")
    assert source.requests == []


async def test_only_optional_facts_are_requested_as_optional() -> None:
    source = RecordingSource()
    reader = reader_of(source)
    assert (await reader.past(TODAY, optional=True)).sha == BASE
    await reader.past(TODAY)
    entry = TreeEntry("6" * 40, "blob", MAX_BLOB)
    assert await reader.blob_text("a", entry, optional=True) == "one\ntwo\r"
    await reader.blob_text("a", entry)
    past_head = ("past head", day_start(TODAY))
    assert source.requests == [
        past_head,
        ("tree", True),
        past_head,
        ("tree", False),
        ("blob", True),
        ("blob", False),
    ]


@pytest.mark.parametrize(("at", "where"), [("", "main @ cccccccccc"), ("then", "then")])
async def test_a_file_over_1_mb_is_not_read(at: str, where: str) -> None:
    source = RecordingSource()
    with pytest.raises(Unmeasurable, match=f"a is larger than 1 MB at {where}: it is not read"):
        await reader_of(source).blob_text("a", TreeEntry("6" * 40, "blob", MAX_BLOB + 1), at)
    assert source.requests == []


def test_addresses_and_pins_are_at_the_head_or_at_a_commit() -> None:
    reader = reader_of(RecordingSource())
    root = "https://github.com/up/stream"
    assert file_evidence(reader, "x", "a b") == Evidence(
        text="x", url=f"{root}/blob/{HEAD.sha}/a%20b", pin=f"up/stream@{HEAD.sha}:a b"
    )
    assert file_evidence(reader, "x", "a", 3, BASE) == Evidence(
        text="x", url=f"{root}/blob/{BASE}/a#L3", pin=f"up/stream@{BASE}:a#L3"
    )
    assert folder_evidence(reader, "x", "a") == Evidence(
        text="x", url=f"{root}/tree/{HEAD.sha}/a", pin=f"up/stream@{HEAD.sha}:a"
    )
    sha = COMMIT.sha
    (commit,) = commit_evidence(reader, [COMMIT, COMMIT], 1)
    assert commit == Evidence(text=f"{sha[:10]}  x", url=f"{root}/commit/{sha}", pin=f"up/stream@{sha}", at=WHEN)
    assert tag_evidence(reader, DatedTag(name="v1", sha=BASE, at=WHEN), "is out") == Evidence(
        text="v1  is out", url=f"{root}/releases/tag/v1", pin=f"up/stream@{BASE}", at=WHEN
    )


async def test_a_similar_path_is_searched_once_for_all_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[str] = []

    def search(tree: Tree, path: str) -> str:
        searched.append(path)
        return "src" if path == "srcc" else ""

    monkeypatch.setattr("pawtui.probes.repo_reader.similar_path", search)
    reader = reader_of(RecordingSource())
    causes = [str(await reader.path_missing_error(["lib", "srcc", "*.ts"])) for _ in range(2)]
    assert [cause.partition(". ")[2] for cause in causes] == ["Similar path: src"] * 2
    causes = [str(await reader.path_missing_error(["lib"])) for _ in range(2)]
    assert [cause.partition(". ")[2] for cause in causes] == [""] * 2
    assert searched == ["lib", "srcc", "lib"]
