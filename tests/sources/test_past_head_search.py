"""The start of a search for the commit of a branch, from recorded commits."""

import datetime as dt

import pytest

from pawtui.sources.facts import Head, PastHead, RecordedHead
from pawtui.sources.past_head_search import PastHeadSearch, begin_search, is_unordered, merged_branch

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
HEAD = Head(repo="up/stream", requested_repo="up/stream", ref="main", sha="f" * 40, committed_at=NOON + 9 * DAY)


def recorded(letter: str, day: int) -> RecordedHead:
    """Return a commit that a refresh recorded on that day."""
    return RecordedHead(sha=letter * 40, at=NOON + day * DAY, committed_at=NOON + day * DAY)


def test_a_commit_recorded_at_the_time_itself_needs_no_search() -> None:
    found = begin_search(HEAD, NOON + 2 * DAY, [recorded("a", 1), recorded("b", 2), recorded("c", 3)])
    assert found == PastHead(sha="b" * 40, found_by="refresh")


def test_the_same_commit_before_and_after_needs_no_search() -> None:
    found = begin_search(HEAD, NOON + 2 * DAY, [recorded("a", 1), recorded("a", 3)])
    assert found == PastHead(sha="a" * 40, found_by="refresh")


def test_without_a_recorded_commit_a_search_starts_at_the_head() -> None:
    assert begin_search(HEAD, NOON + 2 * DAY, []) == PastHeadSearch(HEAD.sha, HEAD.committed_at, None)


def test_a_search_starts_at_the_next_recorded_commit_and_knows_the_last_one_before() -> None:
    earlier, later = recorded("a", 1), recorded("c", 3)
    found = begin_search(HEAD, NOON + 2 * DAY, [recorded("e", 8), later, earlier, recorded("d", 0)])
    assert found == PastHeadSearch("c" * 40, later.committed_at, earlier)


SECONDS = int(NOON.timestamp())
YEAR = 366 * 86_400


@pytest.mark.parametrize(
    ("later", "unordered"),
    [((), False), ((-9, 0), False), ((86_400,), False), ((0, 86_401), True), ((YEAR,), True), ((YEAR + 1,), False)],
)
def test_an_earlier_commit_with_a_later_date_contradicts_the_order(later: tuple[int, ...], unordered: bool) -> None:
    assert is_unordered((SECONDS + seconds for seconds in later), NOON) is unordered


@pytest.mark.parametrize(
    ("subject", "branch"),
    [
        ("Merge branch 'dev'", "dev"),
        ("Merge branch 'dev' into feature", "dev"),
        ("Merge remote-tracking branch 'origin/dev'", "dev"),
        ("Merge branch 'maint/v1' of github.com:Up/stream into maint/v1", "maint/v1"),
        ("Merge branch 'dev' of https://github.com/up/stream.git", "dev"),
        ("Merge branch 'dev' of ssh://git@github.com/up/stream/ into dev", "dev"),
        # The second parent is a branch of another repository.
        ("Merge branch 'dev' of https://github.com/origin/stream into dev", ""),
        ("Merge remote-tracking branch 'upstream/dev' into dev", "upstream/dev"),
        ("Merge pull request #1 from up/dev", ""),
        ("Revert \"Merge branch 'dev'\"", ""),
        ("Merge branch 'dev': the end", ""),
    ],
)
def test_the_subject_of_a_merge_names_the_branch_of_its_second_parent(subject: str, branch: str) -> None:
    assert merged_branch(subject, "up/stream") == branch
