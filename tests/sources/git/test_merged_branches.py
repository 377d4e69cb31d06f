"""The past heads of a branch that was moved to a merge of the branch itself, from both sources."""

import datetime as dt
from collections.abc import Callable

import pytest

from tests.sources.git.clones import UP, git_source
from tests.sources.ref_head import ref_head
from tests.support.fake_github import FakeGitHub
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo

_FORK = "Merge branch 'main' of https://github.com/origin/stream into main"


@pytest.mark.parametrize(
    ("message", "ref", "held"),
    [
        ("Merge branch 'main' of github.com:up/stream", "main", "pushed"),
        ("Merge branch 'main' into dev\n\nThen main was moved to dev.", "main", "pushed"),
        # `dev` has no other past heads than its first parents, nor has a branch that another project's was merged into.
        ("Merge branch 'main' into dev", "dev", "local"),
        (_FORK, "main", "local"),
        ("feat: unite both", "main", "local"),
    ],
)
async def test_a_branch_that_was_moved_to_a_merge_of_it_had_the_second_parent(
    fake: FakeGitHub, make_repo: Callable[..., GitRepo], open_source: OpenSource, message: str, ref: str, held: str
) -> None:
    repo = make_repo("up")
    repo.commit({"a": "1"}, at="2026-06-01")
    repo.branch("dev", "main")
    local = repo.commit({"b": "1"}, branch="dev", at="2026-06-03")
    pushed = repo.commit({"a": "2"}, at="2026-06-05")
    repo.commit({"a": "2"}, branch="dev", at="2026-06-10", merge=[pushed], message=message)
    repo.branch("main", "dev")
    repo.commit({"c": "1"}, branch=ref, at="2026-06-12")
    fake.add(UP, repo)
    expected = {"local": local, "pushed": pushed}[held].sha
    when = dt.datetime(2026, 6, 7, tzinfo=dt.UTC)
    async with open_source() as api, git_source((UP, repo)) as source:
        heads = [await reader.past_head(await ref_head(reader, UP, ref), when) for reader in (api, source)]
    assert [head.sha for head in heads] == [expected] * 2
    # The cache knows the merge, too.
    async with open_source() as cached:
        assert (await cached.past_head(await ref_head(cached, UP, ref), when)).sha == expected
