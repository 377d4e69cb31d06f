"""The facts that differ between the two sources."""

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from pawtui.sources.facts import PastHead, RecordedHead
from pawtui.sources.source_errors import NoCommonAncestor, Undetermined
from pawtui.tracker.probe_types import TextProbe
from tests.probes.measuring import measure
from tests.sources.git.clones import UP, git, git_source, opened
from tests.sources.ref_head import ref_head
from tests.support.fake_github import FakeGitHub
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo

MakeRepo = Callable[..., GitRepo]


async def test_github_counts_300_files_of_a_comparison_and_a_clone_counts_all(
    fake: FakeGitHub, make_repo: MakeRepo, open_source: OpenSource
) -> None:
    repo = make_repo("up")
    repo.commit({"a": "1"}, at="2026-06-01")
    repo.commit({f"many/{number}": f"{number}" for number in range(321)}, at="2026-06-02")
    fake.add(UP, repo)
    ends = repo.sha("main~1"), repo.sha("main")
    async with open_source() as api, git_source((UP, repo)) as source:
        from_api, from_clone = await api.compare(UP, *ends), await source.compare(UP, *ends)
    assert (from_api.files, from_api.files_at_least) == (300, True)
    assert (from_clone.files, from_clone.files_at_least) == (321, False)
    assert (from_clone.commits, from_clone.behind) == (from_api.commits, from_api.behind) == (1, 0)


async def test_a_partial_clone_counts_a_renamed_and_changed_file_twice(make_repo: MakeRepo, tmp_path: Path) -> None:
    lines = "".join(f"line {number}\n" for number in range(50))
    repo = make_repo("up")
    repo.commit({"changed": lines, "same": "the same\n"}, at="2026-06-01")
    moved = {"changed": None, "to/changed": lines + "one more\n", "same": None, "to/same": "the same\n"}
    repo.commit(moved, at="2026-06-02")
    ends = repo.sha("main~1"), repo.sha("main")
    repo.git("config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--bare", "--filter=blob:none", f"file://{repo.path}", "partial")
    async with opened(repo) as whole, opened(tmp_path / "partial") as partial:
        assert (await whole.compare(*ends)).files == 2
        assert (await partial.compare(*ends)).files == 3


async def test_github_may_truncate_a_tree_and_a_clone_never_does(
    fake: FakeGitHub, make_repo: MakeRepo, open_source: OpenSource
) -> None:
    repo = make_repo("up")
    repo.commit({f"many/{number}": f"{number}" for number in range(30)}, at="2026-06-01")
    fake.add(UP, repo).responses.tree_limit = 20
    sha = repo.sha("main")
    async with open_source() as api, git_source((UP, repo)) as source:
        from_api, from_clone = await api.tree(UP, sha), await source.tree(UP, sha)
    assert (len(from_api.entries), from_api.truncated) == (20, True)
    assert (len(from_clone.entries), from_clone.truncated) == (31, False)


async def test_a_clone_lists_no_sizes_and_a_large_file_has_the_same_reading(
    fake: FakeGitHub, make_repo: MakeRepo, open_source: OpenSource
) -> None:
    repo = make_repo("up")
    repo.commit({"large": "x" * 1_234_567, "a": "1"}, at="2026-06-01")
    fake.add(UP, repo)
    sha, probe = repo.sha("main"), TextProbe(file="large", pattern="x")
    from_api = await measure(open_source(), probe)
    async with git_source((UP, repo)) as source:
        assert (await source.tree(UP, sha)).entries["large"].size == 0
        from_clone = await measure(source, probe)
    assert from_clone.reading == from_api.reading
    assert from_clone.reading.cause == f"large is larger than 1 MB at main @ {sha[:10]}: it is not read"


async def test_only_github_knows_the_pushes_to_a_rewritten_branch(
    fake: FakeGitHub, make_repo: MakeRepo, open_source: OpenSource
) -> None:
    repo = make_repo("up")
    first = repo.commit({"a": "1"}, at="2026-06-01")
    lost = repo.commit({"a": "lost"}, at="2026-06-05")
    lost_sha = repo.sha(lost)
    repo.branch("main", first)
    repo.commit({"a": "2"}, at="2026-06-20")
    published = fake.add(UP, repo)
    when = dt.datetime(2026, 6, 10, tzinfo=dt.UTC)
    seen = RecordedHead(sha=lost_sha, at=when - dt.timedelta(days=2), committed_at=when - dt.timedelta(days=5))
    published.activity["main"] = [
        {"ref": "refs/heads/main", "before": before, "after": after, "timestamp": f"2026-06-{day:02}T12:00:00Z"}
        for before, after, day in ((repo.sha(first), lost_sha, 5), (lost_sha, repo.sha("main"), 20))
    ]
    now = dt.datetime(2026, 6, 25, tzinfo=dt.UTC)
    fake.now = lambda: now
    async with open_source(clock=lambda: now) as api, git_source((UP, repo)) as source:
        from_api = await api.past_head(await ref_head(api, UP, "main"), when, (seen,))
        head = await ref_head(source, UP, "main")
        with pytest.raises(Undetermined, match=r"the branch was rewritten after 2026-06-08, when it was at"):
            await source.past_head(head, when, (seen,))
    assert from_api == PastHead(sha=lost_sha, found_by="activity")


async def test_unrelated_histories_have_no_comparison(
    fake: FakeGitHub, make_repo: MakeRepo, open_source: OpenSource
) -> None:
    repo = make_repo("up")
    repo.commit({"a": "1"}, at="2026-06-01")
    repo.commit({"b": "1"}, branch="other", at="2026-06-02")
    fake.add(UP, repo)
    ends = repo.sha("main"), repo.sha("other")
    async with open_source() as api, git_source((UP, repo)) as source:
        for reader in (api, source):
            with pytest.raises(NoCommonAncestor, match="no common history"):
                await reader.compare(UP, *ends)


@pytest.mark.parametrize(
    ("dates", "day", "found"),
    [
        # The third commit is dated before its parent: on 06-06 the branch may have been at the first or at the third.
        (("2026-06-01", "2026-06-10", "2026-06-05", "2026-06-20"), 6, None),
        (("2026-06-01", "2026-06-10", "2026-06-05", "2026-06-20"), 12, 2),
        # A small difference between clocks is no contradiction.
        (("2026-06-01", "2026-06-05T18:00:00Z", "2026-06-05T12:00:00Z", "2026-06-20"), 5, 2),
        # A date after the head's, or of 1970, is a wrong clock.
        (("2026-06-01", "2030-01-01", "2026-06-05", "2026-06-20"), 6, 2),
        (("2026-06-01", "2026-06-05", "1970-01-01T00:00:00Z", "2026-06-20"), 6, 1),
        (("1970-01-01T00:00:00Z", "2026-06-20"), 6, 0),
    ],
    ids=["older than its parent", "after both", "clock skew", "future date", "no date", "first without a date"],
)
async def test_a_past_head_is_unknown_if_the_dates_contradict_it(
    fake: FakeGitHub, make_repo: MakeRepo, open_source: OpenSource, dates: Sequence[str], day: int, found: int | None
) -> None:
    repo = make_repo("up")
    shas = [repo.sha(repo.commit({"a": str(number)}, at=at)) for number, at in enumerate(dates)]
    fake.add(UP, repo)
    when = dt.datetime(2026, 6, day, 13, tzinfo=dt.UTC)
    async with open_source(budget=None) as api, git_source((UP, repo)) as source:
        for reader in (api, source):
            head = await ref_head(reader, UP, "main")
            if found is None:
                with pytest.raises(Undetermined, match="an earlier commit of the branch has a later date"):
                    await reader.past_head(head, when)
            else:
                assert (await reader.past_head(head, when)).sha == shas[found]


async def test_a_commit_that_is_dated_before_its_recorded_parent_is_no_rewrite(
    fake: FakeGitHub, make_repo: MakeRepo, open_source: OpenSource
) -> None:
    repo = make_repo("up")
    dates = ("2026-06-01", "2026-06-05T12:00:00Z", "2026-06-05T11:59:00Z", "2026-06-20")
    shas = [repo.sha(repo.commit({"a": str(number)}, at=at)) for number, at in enumerate(dates)]
    # Without it, GitHub, too, follows the first parents.
    fake.add(UP, repo).has_activity = False
    day = dt.datetime(2026, 6, 6, tzinfo=dt.UTC)
    seen = RecordedHead(sha=shas[1], at=day, committed_at=dt.datetime.fromisoformat(dates[1]))
    async with open_source(budget=None) as api, git_source((UP, repo)) as source:
        for reader in (api, source):
            head = await ref_head(reader, UP, "main")
            past = await reader.past_head(head, day + dt.timedelta(days=4), (seen,))
            assert past == PastHead(sha=shas[2], found_by="first parents")


async def test_a_head_that_is_dated_before_its_parent_has_no_known_past(
    fake: FakeGitHub, make_repo: MakeRepo, open_source: OpenSource
) -> None:
    repo = make_repo("up")
    for number, at in enumerate(("2026-06-01", "2026-06-10", "2026-04-16")):
        repo.commit({"a": str(number)}, at=at)
    fake.add(UP, repo)
    when = dt.datetime(2026, 5, 29, tzinfo=dt.UTC)
    async with git_source((UP, repo)) as source:
        head = await ref_head(source, UP, "main")
        with pytest.raises(Undetermined, match="an earlier commit of the branch has a later date"):
            await source.past_head(head, when)
    # GitHub is not asked for the parents of a head that is dated before that time.
    async with open_source() as api:
        assert (await api.past_head(head, when)).sha == head.sha
