"""The source of the demo implements the protocol, for the state of the world at the requested time."""

import datetime as dt
import json

import pytest

from pawtui.demo import demo_downstream, demo_upstream
from pawtui.demo.demo_git_source import DemoHost, demo_world
from pawtui.demo.demo_repository import DemoCommit, DemoRepository
from pawtui.demo.demo_source import DemoSource
from pawtui.sources.facts import Issue, MissingRef
from pawtui.sources.source_errors import BeginsLater, NotFound
from tests.sources.ref_head import ref_head

NOW = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC)
WORLD = demo_world(NOW.date())
UP = WORLD.repositories[demo_upstream.REPO]
TIP = UP.branches["v2"].tip
DAY = dt.timedelta(days=1)


def source_at(moment: dt.datetime = NOW) -> DemoSource:
    """Return a source with a separate made-up GitHub."""
    return DemoSource(DemoHost(WORLD, clock=lambda: moment))


def touching(repo: DemoRepository, tip: str, path: str) -> list[DemoCommit]:
    """Return the commits whose trees differ from their parents' at a path: a second way to count them."""

    def at(commit: DemoCommit | None) -> str:
        entry = repo.entries(commit.sha).get(path) if commit else None
        return entry.sha if entry else ""

    history = list(repo.history(tip))
    parents = [*history[1:], None]
    return [commit for commit, parent in zip(history, parents, strict=True) if at(commit) != at(parent)]


@pytest.mark.parametrize("repo", [UP, WORLD.repositories[demo_downstream.REPO]], ids=lambda repo: repo.name)
def test_every_object_that_a_commit_names_exists(repo: DemoRepository) -> None:
    for commit in repo.commits.values():
        assert not commit.parent or commit.parent in repo.commits
        assert set(commit.blobs.values()) <= set(repo.blobs)
    assert all(tag.commit in repo.commits for tag in repo.tags.values())


@pytest.mark.parametrize(
    "path", [demo_upstream.RUNNER, demo_upstream.EVENTS, demo_upstream.SETTLEMENT, "packages", "pack"]
)
async def test_the_commits_of_a_path_are_those_that_changed_it(path: str) -> None:
    source, changed = source_at(), touching(UP, TIP, path)
    listed = await source.commits(demo_upstream.REPO, TIP, path, dt.date(2020, 1, 1))
    assert [commit.sha for commit in listed.items] == [commit.sha for commit in changed]
    assert listed.has_first
    since = NOW.date() - 60 * DAY
    recent = await source.commits(demo_upstream.REPO, TIP, path, since)
    assert [commit.sha for commit in recent.items] == [commit.sha for commit in changed if commit.at.date() >= since]
    assert recent.has_first == (len(recent.items) == len(changed))


async def test_refs_tags_and_issues_are_those_of_the_requested_time() -> None:
    past = source_at(NOW - 60 * DAY)
    before, now = await ref_head(past, demo_upstream.REPO, "v2"), await ref_head(source_at(), demo_upstream.REPO, "v2")
    assert before.committed_at <= NOW - 60 * DAY < now.committed_at
    assert await past.tags(demo_upstream.REPO, "v2.0.0") == (
        *(tag for tag in await source_at().tags(demo_upstream.REPO, "v2.0.0-beta")),
    )
    assert "v2.0.0" in {tag.name for tag in await source_at().tags(demo_upstream.REPO, "v2.")}
    then, today = (
        (await past.issues(demo_upstream.REPO, [503]))[503],
        (await source_at().issues(demo_upstream.REPO, [503]))[503],
    )
    assert isinstance(then, Issue)
    assert isinstance(today, Issue)
    assert (then.state, today.state) == ("open", "closed")
    assert today.reason == "completed"


async def test_a_deleted_branch_is_missing_after_its_deletion() -> None:
    ended = dt.timedelta(days=-demo_downstream.DEV_DELETED)
    assert await source_at().ref_head(demo_downstream.REPO, "dev") == MissingRef(name="dev")
    assert (await ref_head(source_at(NOW - ended - DAY), demo_downstream.REPO, "dev")).sha


async def test_the_tip_of_a_branch_is_its_newest_commit_at_a_time() -> None:
    head, when = await ref_head(source_at(), demo_upstream.REPO, "v2"), NOW - 28 * DAY
    past = await source_at().past_head(head, when)
    assert UP.commits[past.sha].at <= when
    newest = next(commit for commit in UP.history(TIP) if commit.at <= when)
    assert past.sha == newest.sha
    with pytest.raises(BeginsLater):
        await source_at().past_head(head, NOW - 400 * DAY)


async def test_a_comparison_counts_commits_and_files() -> None:
    shas = [commit.sha for commit in UP.history(TIP)]
    found = await source_at().compare(demo_upstream.REPO, shas[9], TIP)
    assert (found.commits, found.behind, found.ancestor) == (9, 0, True)
    old, new = UP.commits[shas[9]].blobs, UP.commits[TIP].blobs
    assert found.files == sum(old.get(path) != new.get(path) for path in {*old, *new}) > 0
    back = await source_at().compare(demo_upstream.REPO, TIP, shas[9])
    assert (back.commits, back.behind, back.ancestor) == (0, 9, False)


async def test_files_of_a_tree_can_be_read() -> None:
    source = source_at()
    tree = await source.tree(demo_upstream.REPO, TIP)
    entry = tree.entries[demo_upstream.EVENTS]
    assert len(await source.blob(demo_upstream.REPO, entry.sha)) == entry.size
    assert tree.entries[demo_upstream.RUNNER].type == "tree"


async def test_the_update_service_offers_the_newest_stable_version() -> None:
    document = await source_at().web_document(demo_upstream.UPDATE_SERVICE)
    assert json.loads(document.body) == {"version": "2.2.0"}
    with pytest.raises(NotFound):
        await source_at().web_document("https://elsewhere.example/")


async def test_open_pull_requests_come_with_their_paths() -> None:
    source = source_at()
    pulls = await source.open_pulls(demo_upstream.REPO, "v2")
    assert [pull.number for pull in pulls.items] == [591, 588]
    assert await source.pull_files(demo_upstream.REPO, 588, pulls.items[1].head) == (
        f"{demo_upstream.RUNNER}/index.ts",
    )


async def test_a_comment_is_posted_edited_and_listed() -> None:
    source = source_at()
    before = await source.comments(demo_downstream.REPO, 77)
    posted = await source.post_comment(demo_downstream.REPO, 77, "first")
    edited = await source.edit_comment(demo_downstream.REPO, posted.id, "second")
    assert (await source.comments(demo_downstream.REPO, 77)) == (*before, edited)
    assert edited.body == "second"
    with pytest.raises(NotFound):
        await source.post_comment(demo_downstream.REPO, 99999, "nowhere")


async def test_the_same_request_is_sent_once() -> None:
    source = source_at()
    for _ in range(3):
        await source.tree(demo_upstream.REPO, TIP)
    assert source.usage().sent == 1


async def test_a_missing_object_raises_a_message() -> None:
    for reading in (
        source_at().tree("example-upstream/nothing", TIP),
        source_at().commit(demo_upstream.REPO, "0" * 40),
        source_at().blob(demo_upstream.REPO, "0" * 40),
    ):
        with pytest.raises(NotFound, match=r"\.$"):
            await reading
