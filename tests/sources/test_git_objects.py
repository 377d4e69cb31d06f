"""Single commits, trees, blobs, tags and comparisons are equal to git's."""

import asyncio
import datetime as dt
from collections.abc import Callable
from functools import partial

import pytest

from pawtui.sources.facts import Tag
from pawtui.sources.sanitize import MAX_LINE
from pawtui.sources.source_errors import BadResponse, NotFound, Refused, Undetermined
from tests.support.fake_github import FakeGitHub
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo, Submodule

MakeRepo = Callable[..., GitRepo]


async def test_a_commit_equals_gits(up: GitRepo, open_source: OpenSource) -> None:
    sha = up.sha("main~3")
    async with open_source() as source:
        found = [await source.commit("up/stream", name) for name in (sha, sha[:10])]
        listed = (await source.commits("up/stream", up.sha("main"), "src", dt.date(2026, 1, 1))).items
    assert found[0] == found[1]
    assert found[0] in listed
    assert found[0].sha == sha
    assert f"{found[0].at:%s}" == up.git("log", "-1", "--format=%ct", sha)
    assert (found[0].subject, found[0].author) == (up.git("log", "-1", "--format=%s", sha), "Ada Lovelace")


async def test_a_commit_that_does_not_exist_is_not_found(up: GitRepo, open_source: OpenSource) -> None:
    async with open_source() as source:
        for sha in ("0" * 40, "nothing"):
            with pytest.raises(NotFound, match=f"Commit {sha[:10]} of up/stream does not exist. Check the SHA"):
                await source.commit("up/stream", sha)


async def test_a_commit_of_another_sha_is_refused(up: GitRepo, open_source: OpenSource, fake: FakeGitHub) -> None:
    shas = up.sha("main~1"), up.sha("main")
    async with open_source() as source:
        right = await source.commit("up/stream", shas[0])
        assert right.sha == shas[0]
        fake.fail(f"/commits/{shas[1]}", 200, body=up_commit(shas[0]))
        with pytest.raises(BadResponse, match=f"with another commit \\({shas[0][:10]}\\). Try again."):
            await source.commit("up/stream", shas[1])


def up_commit(sha: str) -> dict[str, object]:
    """Return a commit as in the API."""
    person = {"name": "Ada", "date": "2026-06-01T12:00:00Z"}
    return {"sha": sha, "commit": {"message": "x", "author": person, "committer": person}}


async def test_a_moved_tag_names_another_commit(up: GitRepo, open_source: OpenSource, fake: FakeGitHub) -> None:
    for ref, requests in (("side", 1), ("main", 1), ("main", 0)):
        up.tag("v9", ref)
        fake.clear()
        async with open_source() as source:
            assert (await source.commit("up/stream", "v9")).sha == up.sha(ref)
            # The commit of a full SHA is immutable.
            fake.clear()
            await source.commit("up/stream", up.sha(ref))
        assert len(fake.log) == requests


@pytest.mark.parametrize(("files", "more"), [(299, False), (300, True)])
async def test_a_commit_is_read_once_with_at_most_300_files(
    fake: FakeGitHub, make_repo: MakeRepo, open_source: OpenSource, files: int, more: bool
) -> None:
    repo = make_repo("wide")
    made = repo.commit({f"f{number}": "x" for number in range(files)}, message="feat: x\n\nA body.")
    fake.add("up/wide", repo)
    for _ in range(2):
        async with open_source() as source:
            found = await source.commit_detail("up/wide", made.sha)
        assert (len(found.files), found.more_files) == (files, more)
        assert found.message.strip() == "feat: x\n\nA body."
    assert len(fake.log) == 1


async def test_a_tree_equals_gits(up: GitRepo, open_source: OpenSource, fake: FakeGitHub) -> None:
    up.commit({"lib": Submodule("1" * 40), "odd\nname": "x", "ünï": "y", "d/\x1b[31m": "z"})
    async with open_source() as source:
        tree = await source.tree("up/stream", up.sha("main"))
    lines = [line.split("\t") for line in up.git("ls-tree", "-r", "-t", "-l", "-z", "main").split("\0") if line]
    expected = {path: head.split() for head, path in lines}
    assert tree.entries.keys() == {path.replace("\n", "␊").replace("\x1b", "␛") for path in expected}
    for path in ("src", "src/a/f0.py", "lib", "ünï"):
        _, kind, sha, size = expected[path]
        assert (tree.entries[path].type, tree.entries[path].sha) == (kind, sha)
        assert tree.entries[path].size == (0 if size == "-" else int(size))
    assert (tree.sha, tree.truncated) == (up.sha("main"), False)
    # Immutable: the next refresh needs no request.
    async with open_source() as source:
        assert await source.tree("up/stream", up.sha("main")) == tree
    assert len(fake.log) == 1


async def test_a_tree_that_was_cut_off_is_truncated(up: GitRepo, open_source: OpenSource, fake: FakeGitHub) -> None:
    fake.repos["up/stream"].responses.tree_limit = 5
    async with open_source() as source:
        tree = await source.tree("up/stream", up.sha("main"))
    assert (len(tree.entries), tree.truncated) == (5, True)


@pytest.mark.parametrize("content", [b"", b"text\n", bytes(range(256)) * 50, b"x" * 1_000_000])
async def test_a_blob_equals_its_file(up: GitRepo, open_source: OpenSource, fake: FakeGitHub, content: bytes) -> None:
    up.commit({"blob": content})
    for _ in range(2):
        async with open_source() as source:
            assert await source.blob("up/stream", up.sha("main:blob")) == content
    assert len(fake.log) == 1


@pytest.mark.parametrize("size", [1_000_001, 3_000_000])
async def test_a_blob_above_a_megabyte_is_not_read(up: GitRepo, open_source: OpenSource, size: int) -> None:
    up.commit({"blob": b"x" * size})
    async with open_source() as source:
        with pytest.raises(Refused, match="MB and is not read"):
            await source.blob("up/stream", up.sha("main:blob"))


async def test_a_blob_that_does_not_match_its_sha_is_refused(
    up: GitRepo, open_source: OpenSource, fake: FakeGitHub
) -> None:
    sha = up.sha("main:one.txt")
    for content in ("b3RoZXI=", "not base64!", "a", "ü"):
        fake.fail("/git/blobs", 200, body={"content": content, "encoding": "base64", "size": 5})
        async with open_source() as source:
            with pytest.raises(BadResponse, match="does not match its SHA"):
                await source.blob("up/stream", sha)


async def test_a_required_tree_or_file_is_read_while_an_optional_request_for_it_is_refused(
    up: GitRepo, open_source: OpenSource
) -> None:
    head, file = up.sha("main"), up.sha("main:one.txt")
    async with open_source(cache=None, budget=0) as source:
        for read in (partial(source.tree, "up/stream", head), partial(source.blob, "up/stream", file)):
            optional, required = await asyncio.gather(read(optional=True), read(), return_exceptions=True)
            assert isinstance(optional, Undetermined)
            assert not isinstance(required, BaseException)


async def test_a_folder_or_a_missing_blob_is_not_found(up: GitRepo, open_source: OpenSource) -> None:
    async with open_source() as source:
        for sha in (up.sha("main:src"), "0" * 40):
            with pytest.raises(NotFound, match=f"Cannot find file {sha[:10]} of up/stream on"):
                await source.blob("up/stream", sha)


async def test_all_tags_of_a_line_are_listed_with_their_dates(
    up: GitRepo, open_source: OpenSource, fake: FakeGitHub
) -> None:
    for number in range(120):
        up.tag(f"v2.{number}", "main" if number % 2 else "side", annotated=number % 3 == 0)
    up.tag("v20")
    up.tag("v3.0")
    async with open_source() as source:
        tags = await source.tags("up/stream", "v2.")
        assert {tag.name for tag in tags} == set(up.git("tag", "--list", "v2.*").split())
        for tag in (tags[0], tags[1], tags[-1]):
            dated = await source.dated_tag("up/stream", tag)
            assert dated.sha == up.sha(f"{tag.name}^{{commit}}")
            assert tag.annotated == (up.git("cat-file", "-t", f"refs/tags/{tag.name}") == "tag")
        assert await source.tags("up/stream", "v4.") == ()
    # Tags may change, so the list is requested again; the tag objects are cached.
    fake.clear()
    async with open_source() as source:
        renewal = await source.tags("up/stream", "v2.")
        for tag in (renewal[0], renewal[1], renewal[-1]):
            await source.dated_tag("up/stream", tag)
    assert renewal == tags
    assert [request.status for request in fake.log] == [304]


async def test_an_annotated_tag_has_its_own_date(up: GitRepo, open_source: OpenSource) -> None:
    up.tag("v1.0", "main", annotated=True, on="2026-10-01T08:00")
    up.tag("v1.1", "main")
    async with open_source() as source:
        annotated, light = [await source.dated_tag("up/stream", tag) for tag in await source.tags("up/stream", "v1.")]
    sha = up.sha("main")
    assert (annotated.sha, light.sha) == (sha, sha)
    assert annotated.at == dt.datetime(2026, 10, 1, 8, tzinfo=dt.UTC)
    assert light.at == dt.datetime.fromisoformat(up.git("log", "-1", "--format=%cI", sha))


@pytest.mark.parametrize("target", ["tree", "tag"])
async def test_a_tag_of_another_object_is_not_found(open_source: OpenSource, fake: FakeGitHub, target: str) -> None:
    fake.fail("/git/tags/", 200, body={"tagger": None, "object": {"sha": "2" * 40, "type": target}})
    async with open_source() as source:
        with pytest.raises(NotFound, match=r"Tag v9 of up/stream is not a tag of a commit\. Leave it out"):
            await source.dated_tag("up/stream", Tag(name="v9", sha="1" * 40, annotated=True))


async def test_a_deleted_tag_is_not_found(up: GitRepo, open_source: OpenSource) -> None:
    async with open_source() as source:
        with pytest.raises(NotFound, match="Cannot find tag v9 of up/stream on"):
            await source.dated_tag("up/stream", Tag(name="v9", sha="1" * 40, annotated=True))
        with pytest.raises(NotFound, match=f"Tag v9 of up/stream: Commit {'1' * 10} of up/stream does not exist"):
            await source.dated_tag("up/stream", Tag(name="v9", sha="1" * 40))


async def test_the_commit_of_a_tag_comes_with_its_comparison(
    fake: FakeGitHub, up: GitRepo, open_source: OpenSource
) -> None:
    sha = up.sha("main~10")
    async with open_source() as source:
        await source.compare("up/stream", sha, up.sha("main"))
        fake.clear()
        tag = await source.dated_tag("up/stream", Tag(name="v9", sha=sha))
    assert tag.at == dt.datetime.fromisoformat(up.git("log", "-1", "--format=%cI", sha))
    assert not fake.log


async def test_the_commit_of_a_comparison_is_not_in_another_repository(
    fake: FakeGitHub, up: GitRepo, make_repo: MakeRepo, open_source: OpenSource
) -> None:
    down = make_repo("down")
    down.commit({"a": "1\n"})
    fake.add("down/fork", down)
    sha = up.sha("main~10")
    async with open_source() as source:
        await source.compare("up/stream", sha, up.sha("main"))
        with pytest.raises(NotFound, match=f"Commit {sha[:10]} of down/fork does not exist"):
            await source.commit("down/fork", sha)


@pytest.mark.parametrize(
    ("base", "head", "ancestor"),
    [("main~10", "main", True), ("main", "main", True), ("main", "main~5", False), ("side", "main~160", False)],
)
async def test_a_comparison_equals_gits(
    up: GitRepo, open_source: OpenSource, base: str, head: str, ancestor: bool
) -> None:
    ends = (up.sha(base), up.sha(head))
    async with open_source() as source:
        found = await source.compare("up/stream", *ends)
    assert found.ancestor == ancestor
    assert found.commits == int(up.git("rev-list", "--count", f"{ends[0]}..{ends[1]}"))
    assert found.behind == int(up.git("rev-list", "--count", f"{ends[1]}..{ends[0]}"))
    assert found.files == len(up.git("diff", "--name-only", f"{ends[0]}...{ends[1]}").split())
    assert not found.files_at_least
    # Beyond the first page, a commit may revert another.
    assert found.without_reverts == (found.commits <= 100)


@pytest.mark.parametrize(
    ("message", "plain"),
    [
        ("feat: x", True),
        ("fix: the callback", True),
        ('Revert "feat: x"', False),
        ("chore: y\n\nThis reverts commit 123.", False),
        ("fix: back out x", False),
        ("Undo x", False),
        ("feat: re-add x", False),
        ("fix: restore x", False),
    ],
)
async def test_a_revert_is_recognized_by_its_message(
    up: GitRepo, open_source: OpenSource, message: str, plain: bool
) -> None:
    base = up.sha("main")
    up.commit({"x": "1"}, message=message)
    up.commit({"x": "2"})
    async with open_source() as source:
        assert (await source.compare("up/stream", base, up.sha("main"))).without_reverts == plain


async def test_a_rewritten_branch_is_not_a_descendant(up: GitRepo, open_source: OpenSource) -> None:
    lost = up.sha("main")
    up.branch("main", "side")
    up.commit({"src/new.py": "x"})
    async with open_source() as source:
        found = await source.compare("up/stream", lost, up.sha("main"))
    assert not found.ancestor
    assert found.commits == int(up.git("rev-list", "--count", f"{lost}..main"))


@pytest.mark.parametrize(("files", "at_least"), [(299, False), (300, True), (450, True)])
async def test_a_comparison_counts_all_commits_and_at_most_300_files(
    fake: FakeGitHub, make_repo: MakeRepo, open_source: OpenSource, files: int, at_least: bool
) -> None:
    repo = make_repo("wide")
    base = repo.commit({"README": "x"})
    for number in range(450):
        repo.commit({f"f{number % files}": f"{number}"})
    fake.add("up/wide", repo)
    async with open_source() as source:
        found = await source.compare("up/wide", base.sha, repo.sha("main"))
    assert found.commits == 450
    assert (found.files, found.files_at_least) == (min(files, 300), at_least)
    # Immutable.
    async with open_source() as source:
        assert await source.compare("up/wide", base.sha, repo.sha("main")) == found
    assert len(fake.log) == 1


@pytest.mark.parametrize(("before", "requests"), [("2026-03-01", 1), ("2026-05-01", 2), ("2027-01-01", 3)])
async def test_the_late_commits_of_a_range_equal_those_of_git(
    up: GitRepo, open_source: OpenSource, fake: FakeGitHub, before: str, requests: int
) -> None:
    base, head = up.sha("main~298"), up.sha("main")
    lines = (line.split() for line in up.git("log", "--format=%H %ct", f"{base}..{head}").split("\n"))
    start = dt.datetime.fromisoformat(f"{before}T00:00:00+00:00")
    expected = {
        sha: at for sha, at in ((sha, dt.datetime.fromtimestamp(int(at), dt.UTC)) for sha, at in lines) if at < start
    }
    for _ in range(2):
        async with open_source() as source:
            assert await source.late_commits("up/stream", base, head, start.date()) == expected
    assert len(fake.log) == requests
    async with open_source() as source:
        with pytest.raises(Undetermined, match=r"dated before 2027-01-01 were not all read: there are more than 300"):
            await source.late_commits("up/stream", up.sha("main~350"), head, dt.date(2027, 1, 1))


async def test_a_comparison_with_a_missing_commit_is_not_found(up: GitRepo, open_source: OpenSource) -> None:
    async with open_source() as source:
        with pytest.raises(NotFound, match=r"Cannot find the comparison of 0{10} with "):
            await source.compare("up/stream", "0" * 40, up.sha("main"))


async def test_a_commit_subject_equals_gits(up: GitRepo, open_source: OpenSource) -> None:
    for message in ("one\ntwo\n\nbody", "one\r\n  two\r\n\r\nbody", "\n\none", "one\n \nbody", "one"):
        up.commit({"a": message}, message=message)
    async with open_source() as source:
        items = (await source.commits("up/stream", up.sha("main"), "a", dt.date(2026, 1, 1))).items
    expected = up.git("log", "--format=%s", "main", "--", "a").split("\n")
    assert [commit.subject for commit in items] == [" ".join(text.split()) for text in expected]


async def test_hostile_text_is_made_safe(fake: FakeGitHub, make_repo: MakeRepo, open_source: OpenSource) -> None:
    repo = make_repo("hostile")
    for message in ("\x1b]0;owned\x07 [/foo]", "x" * 10_000, "\n\n late \u202e subject", "bad \udcff utf-8"):
        repo.commit({"a": message.encode("utf-8", "replace")}, message=message, author="E\u202eve")
    fake.add("up/hostile", repo)
    async with open_source() as source:
        items = (await source.commits("up/hostile", repo.sha("main"), "a", dt.date(2026, 1, 1))).items
    commit_subjects = [commit.subject for commit in reversed(items)]
    assert commit_subjects[0] == "␛]0;owned␇ [/foo]"
    assert commit_subjects[1] == "x" * (MAX_LINE - 1) + "…"
    assert commit_subjects[2] == "late ⟨U+202E⟩ subject"
    assert commit_subjects[3] == "bad \ufffd utf-8"
    assert {commit.author for commit in items} == {"E⟨U+202E⟩ve"}
