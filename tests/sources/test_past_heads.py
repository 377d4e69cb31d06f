"""The past head of a branch: from first parents, recorded refreshes, or the list of pushes."""

import datetime as dt
from collections.abc import Callable

import pytest

from pawtui.sources.facts import PastHead, RecordedHead
from pawtui.sources.source_errors import BeginsLater, Undetermined
from tests.sources.ref_head import ref_head
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource
from tests.support.git_repo import GitRepo

START = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


@pytest.fixture
def up(fake: FakeGitHub, make_repo: Callable[..., GitRepo]) -> FakeRepo:
    """250 commits, one every 12 hours; every tenth merges a side branch's commit that is five days older."""
    git = make_repo("up")
    for number in range(250):
        at = START + dt.timedelta(hours=12 * number)
        files = {"a": f"{number}"}
        if number % 10 == 5:
            git.branch("side", "main")
            side = git.commit({"b": f"{number}"}, branch="side", at=at - dt.timedelta(days=5))
            git.commit({**files, "b": f"{number}"}, at=at, merge=[side], message="Merge side")
        else:
            git.commit(files, at=at)
    return fake.add("up/stream", git)


def head_at(git: GitRepo, when: dt.datetime) -> str:
    """Return git's newest first parent that is not later."""
    lines = (line.split() for line in git.git("log", "--first-parent", "--format=%H %ct", "main").split("\n"))
    return next(sha for sha, at in lines if int(at) <= when.timestamp())


async def past_head(
    open_source: OpenSource, when: dt.datetime, *recorded: RecordedHead, budget: int | None = 45
) -> PastHead:
    async with open_source(clock=lambda: NOW, budget=budget) as source:
        head = await ref_head(source, "up/stream", "main")
        return await source.past_head(head, when, recorded)


@pytest.mark.parametrize("day", [0, 1, 2.4, 5, 30.5, 62, 100, 124, 200])
async def test_the_past_head_is_the_newest_earlier_first_parent(
    up: FakeRepo, open_source: OpenSource, day: float
) -> None:
    when = START + dt.timedelta(days=day)
    up.has_activity = False
    assert await past_head(open_source, when) == PastHead(sha=head_at(up.git, when), found_by="first parents")


async def test_a_commit_of_a_side_branch_is_never_the_past_head(up: FakeRepo, open_source: OpenSource) -> None:
    # The newest ancestor by date is the side branch's commit, five days before the merge.
    when = START + dt.timedelta(hours=12 * 235, days=-5, minutes=1)
    newest = up.git.git("log", "-1", "--format=%H", f"--until={when.isoformat()}", "main")
    found = await past_head(open_source, when)
    assert found.sha == head_at(up.git, when) != newest


async def test_before_the_first_commit_there_is_no_head(up: FakeRepo, open_source: OpenSource) -> None:
    with pytest.raises(BeginsLater, match="The history of up/stream begins on 2026-06-01, after 2026-05-31"):
        await past_head(open_source, START - dt.timedelta(minutes=1), budget=None)


async def test_the_chain_is_read_once(up: FakeRepo, open_source: OpenSource, fake: FakeGitHub) -> None:
    up.has_activity = False
    when = START + dt.timedelta(days=30)
    found = await past_head(open_source, when)
    pages_read = len(pages(fake))
    assert pages_read >= 2
    assert await past_head(open_source, when) == found
    assert len(pages(fake)) == pages_read
    # New commits on top cost one page.
    up.git.commit({"a": "more"}, at="2026-11-01")
    assert await past_head(open_source, when) == found
    assert len(pages(fake)) == pages_read + 1


async def test_a_head_older_than_the_time_costs_no_request(
    up: FakeRepo, open_source: OpenSource, fake: FakeGitHub
) -> None:
    assert (await past_head(open_source, NOW)).sha == up.git.sha("main")
    assert not pages(fake)


def pages(fake: FakeGitHub) -> list[str]:
    """Return the first commits of the requested history pages."""
    return [request.query["sha"] for request in fake.requests("/commits") if "sha" in request.query]


def moment(git: GitRepo, ref: str, at: dt.datetime) -> RecordedHead:
    committed_at = dt.datetime.fromisoformat(git.git("log", "-1", "--format=%cI", ref))
    return RecordedHead(sha=git.sha(ref), at=at, committed_at=committed_at)


async def test_recorded_refreshes_are_used(up: FakeRepo, open_source: OpenSource, fake: FakeGitHub) -> None:
    git = up.git
    early = moment(git, "main~100", START + dt.timedelta(days=76))
    late = moment(git, "main~100", START + dt.timedelta(days=90))
    # The same commit was recorded before and after.
    found = await past_head(open_source, START + dt.timedelta(days=80), early, late)
    assert found == PastHead(sha=git.sha("main~100"), found_by="refresh")
    assert not pages(fake)
    # Recorded only later: the chain starts there instead of at the head.
    when = START + dt.timedelta(days=60)
    assert (await past_head(open_source, when, late)).sha == head_at(git, when)
    assert pages(fake) == [git.sha("main~100")]


async def test_the_past_head_of_a_rewritten_branch_is_unknown(up: FakeRepo, open_source: OpenSource) -> None:
    git, when = up.git, START + dt.timedelta(days=110)
    before = moment(git, "main", START + dt.timedelta(days=109))
    git.branch("main", "side")
    git.commit({"a": "another"}, at="2026-11-01")
    up.has_activity = False
    # Also if the head is older than that time.
    for when_known in (when, dt.datetime(2026, 11, 2, tzinfo=dt.UTC)):
        with pytest.raises(Undetermined, match=f"the branch was rewritten after .* when it was at {before.sha[:10]}"):
            await past_head(open_source, when_known, before)


def push(before: str, after: str, at: dt.datetime) -> dict[str, object]:
    return {
        "id": 1,
        "before": before,
        "after": after,
        "ref": "refs/heads/main",
        "timestamp": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "activity_type": "push",
        "actor": {"login": "ada"},
    }


@pytest.fixture
def busy(fake: FakeGitHub, make_repo: Callable[..., GitRepo]) -> FakeRepo:
    """2,000 commits in 32 days, pushed twice a day: many pages of commits, few pushes."""
    git = make_repo("busy")
    start = NOW - dt.timedelta(days=32)
    step = dt.timedelta(days=32) / 2000
    commits = [git.commit({"a": f"{number}"}, at=start + step * number) for number in range(2000)]
    repo = fake.add("up/stream", git)
    fake.now = lambda: NOW
    ends = [(commits[number].sha, start + step * number + dt.timedelta(minutes=1)) for number in range(24, 2000, 25)]
    befores = ["0" * 40, *(sha for sha, _ in ends)]
    repo.activity["main"] = [push(before, sha, at) for before, (sha, at) in zip(befores, ends, strict=False)]
    return repo


# Near the start of the last month, the period of GitHub's list of pushes.
LONG_AGO = NOW - dt.timedelta(days=29)


async def test_the_list_of_pushes_is_used_if_it_is_shorter(
    busy: FakeRepo, open_source: OpenSource, fake: FakeGitHub
) -> None:
    found = await past_head(open_source, LONG_AGO)
    last = [move for move in busy.activity["main"] if dt.datetime.fromisoformat(str(move["timestamp"])) <= LONG_AGO][-1]
    assert found == PastHead(sha=str(last["after"]), found_by="activity")
    assert len(fake.requests("/activity")) == 1
    assert len(pages(fake)) == 2


# `test_server.py` has more addresses of other hosts.
@pytest.mark.network
@pytest.mark.parametrize("link", ["http://[", "{elsewhere}/next"])
async def test_a_link_to_another_host_is_not_followed(
    busy: FakeRepo, open_source: OpenSource, fake: FakeGitHub, link: str
) -> None:
    with FakeGitHub() as elsewhere:
        address = link.format(elsewhere=elsewhere.url)
        fake.fail("/activity", 200, body=[], headers={"Link": f'<{address}>; rel="next"'})
        found = await past_head(open_source, LONG_AGO)
        assert found == PastHead(sha=head_at(busy.git, LONG_AGO), found_by="first parents")
        assert elsewhere.log == []
    assert len(fake.requests("/activity")) == 1


async def test_inconsistent_pushes_are_not_used(busy: FakeRepo, open_source: OpenSource, fake: FakeGitHub) -> None:
    later = [move for move in busy.activity["main"] if dt.datetime.fromisoformat(str(move["timestamp"])) > LONG_AGO]
    busy.activity["main"].remove(later[0])
    found = await past_head(open_source, LONG_AGO)
    assert found == PastHead(sha=head_at(busy.git, LONG_AGO), found_by="first parents")
    assert len(fake.requests("/activity")) == 1


async def test_the_next_refresh_continues_a_chain_after_a_spent_budget(
    busy: FakeRepo, open_source: OpenSource, fake: FakeGitHub
) -> None:
    busy.has_activity = False
    with pytest.raises(Undetermined, match=r"main on 2026-10-22 is not known yet, read back to .* so far"):
        await past_head(open_source, LONG_AGO, budget=20)
    assert len(fake.log) <= 20
    pages_read = len(pages(fake))
    for _ in range(5):
        try:
            found = await past_head(open_source, LONG_AGO, budget=20)
        except Undetermined:
            continue
        break
    assert found.sha == head_at(busy.git, LONG_AGO)
    assert pages_read < len(pages(fake)) == len(set(pages(fake)))


async def test_without_a_budget_the_complete_chain_is_read(
    busy: FakeRepo, open_source: OpenSource, fake: FakeGitHub
) -> None:
    found = await past_head(open_source, LONG_AGO, budget=None)
    assert found == PastHead(sha=head_at(busy.git, LONG_AGO), found_by="first parents")
    assert not fake.requests("/activity")


WHEN = dt.datetime(2026, 9, 20, 12, tzinfo=dt.UTC)


@pytest.fixture
def rewritten(fake: FakeGitHub, make_repo: Callable[..., GitRepo]) -> FakeRepo:
    """A branch of three commits: the second was replaced by the third after `WHEN`."""
    git = make_repo("rewritten")
    base = git.commit({"a": "0"}, at="2026-06-01")
    git.commit({"a": "1"}, branch="lost", at="2026-09-01")
    git.branch("main", base)
    git.commit({"a": "2"}, at="2026-10-01")
    # The server counts the days of a period from its own clock.
    fake.now = lambda: NOW
    return fake.add("up/stream", git)


async def rewritten_head(
    open_source: OpenSource, git: GitRepo, now: dt.datetime = NOW, ref: str = "main"
) -> PastHead | str:
    """Return the head of the rewritten branch at `WHEN`, or the message that it is not known."""
    before = moment(git, "lost", WHEN - dt.timedelta(days=2))
    async with open_source(clock=lambda: now) as source:
        head = await ref_head(source, "up/stream", ref)
        try:
            return await source.past_head(head, WHEN, [before])
        except Undetermined as error:
            return str(error)


EARLIER, LATER = WHEN - dt.timedelta(days=19), WHEN + dt.timedelta(days=12)
PUSHES = [
    # The pushes as (before, after, time), and the name of the past head that they give; empty if they give none.
    ([("base", "lost", EARLIER), ("lost", "main", LATER)], "lost"),
    ([("base", "lost", WHEN), ("lost", "main", LATER)], "lost"),
    ([("base", "main", EARLIER)], "main"),
    ([("base", "lost", EARLIER)], ""),
    ([("base", "lost", EARLIER), ("base", "main", LATER)], ""),
    ([("lost", "main", LATER)], ""),
    ([("base", "none", EARLIER), ("none", "main", LATER)], ""),
    ([], ""),
]


@pytest.mark.parametrize(("pushes", "known"), PUSHES)
async def test_the_pushes_before_and_after_a_time_agree_on_the_past_head(
    rewritten: FakeRepo, open_source: OpenSource, pushes: list[tuple[str, str, dt.datetime]], known: str
) -> None:
    git = rewritten.git
    shas = {"base": git.sha("main~1"), "lost": git.sha("lost"), "main": git.sha("main"), "none": "0" * 40}
    other = push(shas["main"], shas["base"], WHEN) | {"ref": "refs/heads/other"}
    rewritten.activity["main"] = [other, *(push(shas[before], shas[after], at) for before, after, at in pushes)]
    rewritten.activity["main"].sort(key=lambda move: str(move["timestamp"]))
    found = await rewritten_head(open_source, git)
    if known:
        assert found == PastHead(sha=shas[known], found_by="activity")
        for ref in ("heads/main", "refs/heads/main"):
            assert await rewritten_head(open_source, git, ref=ref) == found
    else:
        assert "the branch was rewritten after 2026-09-18, when it was at " in str(found)


@pytest.mark.parametrize("count", [199, 201])
async def test_only_a_complete_list_of_pushes_names_the_head_of_today(
    rewritten: FakeRepo, open_source: OpenSource, count: int
) -> None:
    git, sha = rewritten.git, rewritten.git.sha("main")
    rewritten.activity["main"] = [push(sha, sha, EARLIER + dt.timedelta(minutes=number)) for number in range(count)]
    found = await rewritten_head(open_source, git)
    assert isinstance(found, PastHead) == (count < 200)


@pytest.mark.parametrize(
    ("days", "period"),
    [
        (1, "day"),
        (2, "week"),
        (7, "week"),
        (8, "month"),
        (31, "month"),
        (32, "quarter"),
        (92, "quarter"),
        (93, "year"),
        (365, "year"),
        (366, ""),
    ],
)
async def test_the_list_of_pushes_is_the_shortest_that_includes_the_time(
    rewritten: FakeRepo, fake: FakeGitHub, open_source: OpenSource, days: int, period: str
) -> None:
    now = WHEN + dt.timedelta(days=days)
    fake.now = lambda: now
    await rewritten_head(open_source, rewritten.git, now)
    queries = [request.query for request in fake.requests("/activity")]
    assert [query["time_period"] for query in queries] == ([period] if period else [])
    assert all((query["ref"], query["per_page"]) == ("refs/heads/main", "100") for query in queries)


@pytest.mark.parametrize("status", [401, 403, 404, 422, 500, 200])
async def test_a_list_of_pushes_that_cannot_be_read_is_no_failure(
    rewritten: FakeRepo, fake: FakeGitHub, open_source: OpenSource, status: int
) -> None:
    fake.fail("/activity", status, times=None, body=[])
    found = await rewritten_head(open_source, rewritten.git, NOW)
    assert "the branch was rewritten" in str(found)


async def test_the_late_commits_are_those_of_the_known_chain(
    up: FakeRepo, fake: FakeGitHub, open_source: OpenSource
) -> None:
    when = START + dt.timedelta(days=110)
    async with open_source(clock=lambda: NOW) as source:
        head = await ref_head(source, "up/stream", "main")
        past = await source.past_head(head, when)
        found = await source.late_commits("up/stream", past.sha, head.sha, when.date())
    lines = (line.split() for line in up.git.git("log", "--format=%H %ct", f"{past.sha}..main").split("\n"))
    assert {sha: int(at.timestamp()) for sha, at in found.items()} == {
        sha: int(at) for sha, at in lines if int(at) < when.timestamp()
    }
    assert len(found) == 1
    assert not fake.requests("/compare/")


@pytest.fixture
def odd(fake: FakeGitHub, make_repo: Callable[..., GitRepo]) -> FakeRepo:
    """An empty repository without a list of pushes."""
    repo = fake.add("up/stream", make_repo("odd"))
    repo.has_activity = False
    return repo


@pytest.mark.parametrize(("dates", "past"), [(("2026-06-01", "1970-01-01T00:00"), 0), (("1970-01-01T00:00",), 0)])
async def test_a_commit_without_a_date_is_no_past_head_unless_it_is_the_first(
    odd: FakeRepo, open_source: OpenSource, dates: tuple[str, ...], past: int
) -> None:
    made = [odd.git.commit({"a": day}, at=day) for day in (*dates, "2026-10-01")]
    found = await past_head(open_source, WHEN)
    assert found == PastHead(sha=made[past].sha, found_by="first parents")


async def test_a_branch_whose_commits_are_not_in_the_order_of_their_dates_has_no_past_head(
    odd: FakeRepo, open_source: OpenSource
) -> None:
    for day in ("2026-10-25", "2026-06-01", "2026-11-01"):
        odd.git.commit({"a": day}, at=day)
    message = "main on 2026-09-20 is not known: an earlier commit of the branch has a later date"
    for recorded in ((), (moment(odd.git, "main~1", WHEN - dt.timedelta(days=9)),)):
        with pytest.raises(Undetermined, match=message):
            await past_head(open_source, WHEN, *recorded)


async def test_a_list_of_other_commits_is_refused(up: FakeRepo, fake: FakeGitHub, open_source: OpenSource) -> None:
    fake.fail("/commits?sha", 200, body=[], times=None)
    with pytest.raises(Undetermined, match="listed other commits than those of"):
        await past_head(open_source, START, budget=None)
