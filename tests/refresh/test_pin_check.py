"""The check of pins with a source in memory: names and branches, and the number of requests."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import cast

import msgspec
import pytest

from pawtui.probes.context import ProbeContext
from pawtui.probes.error_log import ErrorLog
from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.refresh.pin_check import MAX_OLD_TREES, HeadTree, check_pins
from pawtui.refresh.refresh_types import Drift, RefreshBaseline
from pawtui.sources.facts import Commit, Commits, Head, Issue, RequestUsage, Tree, TreeEntry
from pawtui.sources.source_errors import NotFound, SourceError
from tests.review.review_samples import NOON, refresh

# Neither the first nor the last digits of a head are those of another commit.
UP, DOWN, EARLIER = "1" * 20 + "2" * 20, "4" * 20 + "5" * 20, "3" * 40
DAY = NOON.date()
A, B = "a" * 40, "b" * 40


def head(repo: str, sha: str, requested: str = "") -> Head:
    return Head(repo=repo, requested_repo=requested or repo, ref="main", sha=sha, committed_at=NOON)


def tree(truncated: bool = False, **blobs: str) -> Tree:
    """Return a tree of these paths with their blobs."""
    entries = {path: TreeEntry(sha, "blob") for path, sha in blobs.items()}
    return Tree(sha="c" * 40, entries=entries, truncated=truncated)


class MemorySource:
    """A source of older trees and commits. `cost` is the number of requests that each costs."""

    def __init__(
        self,
        trees: Mapping[str, Tree] | None = None,
        commits: Mapping[str, str] | None = None,
        *,
        cost: int = 1,
        listing: SourceError | Unmeasurable | None = None,
    ) -> None:
        self._trees = trees or {}
        self._commits = commits or {}
        self._cost = cost
        self._listing = listing
        self.read: list[str] = []

    def usage(self) -> RequestUsage:
        return RequestUsage(sent=self._cost * len(self.read))

    def requests_left(self) -> int:
        return 0

    async def tree(self, repo: str, sha: str, *, optional: bool = False) -> Tree:
        self.read.append(f"tree {repo} {sha}")
        if sha not in self._trees:
            raise NotFound(f"no tree {sha}")
        return self._trees[sha]

    async def commit(self, repo: str, sha: str) -> Commit:
        self.read.append(f"commit {sha}")
        if sha not in self._commits:
            raise NotFound(f"no commit {sha}")
        return Commit(sha=self._commits[sha], at=NOON, subject="s")

    async def blob(self, repo: str, sha: str, *, optional: bool = False) -> bytes:
        raise NotFound(f"no blob {sha}")

    async def issues(self, repo: str, numbers: Sequence[int]) -> Mapping[int, Issue | SourceError]:
        return {}

    async def commits(self, repo: str, sha: str, path: str, since: dt.date) -> Commits:
        return self.listed(f"down {path}", path)

    def listed(self, request: str, path: str) -> Commits:
        """Return the list of one commit; an empty one for `README`."""
        self.read.append(request)
        if self._listing is not None:
            raise self._listing
        items = () if path == "README" else (Commit(sha="9" * 40, at=NOON, subject=f"change {path}"),)
        return Commits(path=path, since=DAY, items=items)


async def check(
    source: MemorySource,
    *pins: str,
    heads: Sequence[HeadTree],
    states: Mapping[str, str] | None = None,
    before: Iterable[Drift] | None = None,
    errors: ErrorLog | None = None,
    baseline: RefreshBaseline | None = None,
    doubt: str = "",
) -> tuple[dict[str, Drift], Mapping[str, str]]:
    """Return the drift of these pins, and the new pinned states. `doubt` is why the upstream was not read."""

    async def commits(path: str) -> Commits:
        return source.listed(f"up {path}", path)

    upstream = SimpleNamespace(
        web="https://git.example", head=heads[0][0], history_start=DAY, commits=commits, doubt=doubt
    )
    tracker = SimpleNamespace(surfaces={"spec": ("SPEC", "specs")})
    context = SimpleNamespace(source=source, upstream=upstream, tracker=tracker, error_log=errors or ErrorLog())
    known = baseline or RefreshBaseline()
    if before is not None:
        known = msgspec.structs.replace(known, refreshes=(refresh(drift=tuple(before)),))
    known = msgspec.structs.replace(known, pins=pins, pinned_states=states or {})
    drifts, found = await check_pins(known, cast(ProbeContext, context), heads)
    return {drift.pin: drift for drift in drifts}, found


def heads(up: Tree | None, down: Tree | None) -> tuple[HeadTree, HeadTree]:
    return (head("Up/Stream", UP, "old/name"), up), (head("down/stream", DOWN), down)


async def test_a_repository_has_its_names_in_any_case() -> None:
    pins = [f"{repo}@{sha}:SPEC" for repo in ("up/stream", "Old/Name") for sha in (UP, EARLIER)]
    commits = [f"{repo}@{sha}" for repo in ("up/stream", "Old/Name") for sha in (UP, EARLIER)]
    source = MemorySource({EARLIER: tree(SPEC=A)}, {EARLIER: EARLIER})
    found, states = await check(source, *pins, *commits, heads=heads(tree(SPEC=B), tree()))
    assert [found[pin].state for pin in pins] == ["fresh", "changed"] * 2
    assert [found[pin].state for pin in commits] == ["fresh"] * 4
    assert states == dict(zip(pins, [B, A] * 2, strict=True)) | dict(zip(commits, [UP, EARLIER] * 2, strict=True))
    changed = f"changed since {EARLIER[:10]}; last commit on the file: 9999999999 change SPEC"
    assert [found[pin].summary for pin in pins] == ["pinned at 1111111111", changed] * 2


async def test_other_pins_are_unchecked_with_the_reason() -> None:
    elsewhere = "else/where is not one of the tracker's repositories"
    reasons = {
        f"up/stream@{EARLIER}": "the commit was not read yet",
        f"up/stream@{UP[-9:]}": "the commit was not read yet",
        "https://git.example": "links are never checked",
        f"else/where@{UP}:a": elsewhere,
        f"else/where@{UP}": elsewhere,
    }
    for trees in ((tree(), None), (None, tree())):
        found, _ = await check(MemorySource(), *reasons, "main.py", heads=heads(*trees))
        assert {pin: drift.summary for pin, drift in found.items() if pin in reasons} == reasons
        assert "is not a pin. Write up:" in found["main.py"].summary
        assert {drift.state for drift in found.values()} == {"unchecked"}
        # A commit that was not read is not known, the others do not change.
        assert [found[pin].failed for pin in (*reasons, "main.py")] == [True, True, False, False, False, False]


async def test_a_pin_of_an_upstream_in_doubt_has_the_doubt_as_its_reason() -> None:
    pins = [f"{repo}@{EARLIER}:SPEC" for repo in ("Up/stream", "down/stream")]
    states, doubt = dict.fromkeys(pins, A), "main does not contain v2.1"
    found, _ = await check(MemorySource(), *pins, heads=heads(None, None), states=states, doubt=doubt)
    assert [found[pin].summary for pin in pins] == [
        "could not be checked: main does not contain v2.1",
        'could not be checked: see "Not available"',
    ]


async def test_a_pinned_commit_is_fresh_if_it_is_the_head_or_was_read() -> None:
    pins = (f"up/stream@{UP[:9]}", f"else/where@{EARLIER}")
    found, states = await check(MemorySource(), *pins, heads=heads(None, tree()), states={pins[1]: EARLIER})
    assert [found[pin].state for pin in pins] == ["fresh", "fresh"]
    assert states == {pins[0]: UP}


@pytest.mark.parametrize("up", [None, tree(truncated=True, b=B)])
async def test_without_a_complete_tree_a_pin_whose_path_is_not_listed_failed(up: Tree | None) -> None:
    lost, there = (f"Up/stream@{EARLIER}:{path}" for path in ("lost", "b"))
    before = [Drift(pin=lost, state="moved", summary="it moved")]
    states = {lost: A, there: B}
    found, _ = await check(MemorySource(), *states, heads=heads(up, None), states=states, before=before)
    assert (found[lost].state, found[lost].failed) == ("unchecked", True)
    reason = 'see "Not available"' if up is None else f"the list of paths at {UP[:10]} was cut short"
    assert found[lost].summary == f"could not be checked: {reason}"
    assert (found[there].state, found[there].failed) == (("unchecked", True) if up is None else ("fresh", False))


async def test_an_older_tree_is_read_for_file_pins_whose_blob_is_not_known() -> None:
    known, at_head, short = f"up/stream@{'5' * 40}:a", f"up/stream@{UP[:9]}:a", f"up/stream@{UP[-9:]}:a"
    others = (f"up/stream@{'6' * 40}", "up/stream#7", "not a pin", f"else/where@{'7' * 40}:a", f"else/where@{'7' * 40}")
    source = MemorySource(cost=0)
    await check(source, known, at_head, short, *others, heads=heads(tree(a=A), tree()), states={known: A})
    assert source.read == [f"tree Up/Stream {UP[-9:]}", f"commit {'6' * 40}"]


async def test_one_older_tree_that_costs_a_request_is_read_the_one_with_the_most_pins() -> None:
    pins = [f"up/stream@{'5' * 40}:a", *(f"up/stream@{'6' * 40}:{path}" for path in "ab")]
    source = MemorySource({"6" * 40: tree(a=A)})
    _, states = await check(source, *pins, heads=heads(tree(), tree()))
    assert source.read == [f"tree Up/Stream {'6' * 40}"]
    assert states == {pins[1]: A, pins[2]: "-"}


async def test_older_trees_that_cost_nothing_have_a_limit_and_may_fail_or_be_cut() -> None:
    pins = [f"up/stream@{number:040}:a" for number in range(MAX_OLD_TREES + 1)]
    source = MemorySource({f"{number:040}": tree(truncated=number == 1, a=A) for number in range(1, 99)}, cost=0)
    _, states = await check(source, *pins, heads=heads(tree(a=A), tree()))
    assert list(states) == pins[1:-1]


@pytest.mark.parametrize(("count", "is_logged"), [(20, False), (21, True)])
async def test_twenty_new_commits_are_read_in_one_refresh(count: int, is_logged: bool) -> None:
    shas = [f"{number:040}" for number in range(30)]
    pins = [f"up/stream@{sha}" for sha in shas]
    errors, source = ErrorLog(), MemorySource(commits={sha: sha for sha in shas})
    _, states = await check(
        source, *pins[: count + 1], heads=heads(tree(), tree()), states={pins[0]: shas[0]}, errors=errors
    )
    assert list(states) == pins[1:21]
    assert errors.messages == (
        ["Some pinned commits were not read yet. Refresh again to read more of them."] if is_logged else []
    )


async def test_a_branch_with_the_name_of_a_short_sha_is_not_the_pinned_commit() -> None:
    pin = "up/stream@abcdef1"
    _, states = await check(MemorySource(commits={"abcdef1": f"{'8' * 33}abcdef1"}), pin, heads=heads(tree(), tree()))
    assert states == {}
    at_head = f"up/stream@{UP[:7]}"
    source = MemorySource()
    await check(source, at_head, f"down/stream@{DOWN[:7]}", heads=heads(tree(), tree()))
    assert source.read == []


async def test_the_commit_of_a_changed_file_is_named_with_one_request() -> None:
    pins = [f"{repo}@{EARLIER}:{path}" for repo in ("up/stream", "down/stream") for path in ("SPEC", "a", "b")]
    at_head = tree(SPEC=B, a=B, b=B)
    source = MemorySource()
    found, _ = await check(source, *pins, heads=heads(at_head, at_head), states=dict.fromkeys(pins, A))
    # The probes list `SPEC` of the upstream anyway.
    assert source.read == ["up SPEC"]
    assert [bool(found[pin].by) for pin in pins] == [True] + [False] * 5
    source = MemorySource()
    found, _ = await check(source, *pins[1:], pins[0], heads=heads(at_head, at_head), states=dict.fromkeys(pins, A))
    assert source.read == ["up a", "up SPEC"]
    assert [bool(found[pin].by) for pin in pins] == [True, True] + [False] * 4
    source = MemorySource()
    await check(source, *pins[4:], *pins[:1], heads=heads(at_head, at_head), states=dict.fromkeys(pins, A))
    assert source.read == ["down a", "up SPEC"]


async def test_pins_to_one_file_share_the_request_and_keep_their_branch() -> None:
    pins = [f"{repo}@{sha}:a" for repo in ("up/stream", "down/stream") for sha in (EARLIER, "6" * 40)]
    source = MemorySource(cost=0)
    found, _ = await check(source, *pins, heads=heads(tree(a=B), tree(a=B)), states=dict.fromkeys(pins, A))
    assert source.read == ["up a", "down a"]
    assert {drift.by for drift in found.values()} == {"9" * 40}


@pytest.mark.parametrize("path", ["SPEC", "README"])
@pytest.mark.parametrize("error", [NotFound("gone"), Unmeasurable("no list"), None])
async def test_a_changed_file_without_a_commit_has_changed(path: str, error: SourceError | Unmeasurable | None) -> None:
    pin = f"up/stream@{EARLIER}:{path}"
    at_head = tree(SPEC=B, README=B)
    found, _ = await check(MemorySource(listing=error), pin, heads=heads(at_head, tree()), states={pin: A})
    is_named = error is None and path == "SPEC"
    assert (found[pin].state, bool(found[pin].by)) == ("changed", is_named)


@pytest.mark.parametrize(
    ("commit", "is_fresh"),
    [
        # The commit of the upstream's or the downstream's branch, or of an unknown one: the worst of both counts.
        (UP[:9], True),
        (DOWN[:9], False),
        (EARLIER, False),
        (UP[-9:], False),
    ],
)
@pytest.mark.parametrize("repo", ["up/stream", "Old/Name"])
async def test_a_pin_to_one_of_two_branches_of_a_repository_is_compared_with_it(
    commit: str, is_fresh: bool, repo: str
) -> None:
    pin, other = f"{repo}@{commit}:a", f"else/where@{DOWN}:a"
    both = (head("Up/Stream", UP), tree(a=A)), (head("up/Stream", DOWN, "old/name"), tree(b=B))
    states = {pin: A, other: A}
    found, _ = await check(MemorySource(), pin, other, "not a pin", heads=both, states=states)
    assert found[pin].state == ("fresh" if is_fresh else "gone")
    assert found[other].state == "unchecked"
    turned, _ = await check(MemorySource(), pin, other, heads=(both[1], both[0]), states=states)
    assert turned[pin].state == ("fresh" if is_fresh else "gone")


async def test_a_pin_to_a_commit_of_both_branches_is_compared_with_both() -> None:
    pin = f"up/stream@{EARLIER}:a"
    both = (head("up/stream", UP), tree(a=A)), (head("up/stream", DOWN), tree(b=B))
    seen = RefreshBaseline(ordinary=(refresh(up=EARLIER, down=EARLIER),))
    for sides in (both, both[::-1]):
        found, _ = await check(MemorySource(), pin, heads=sides, states={pin: A}, baseline=seen)
        assert found[pin].state == "gone"


async def test_a_pin_of_two_branches_fails_if_one_of_them_cannot_be_compared() -> None:
    pin = f"up/stream@{EARLIER}:a#L1"
    # In one branch the file is the same; in the other one it has changed, and cannot be read.
    both = (head("up/stream", UP), tree(a=A)), (head("up/stream", DOWN), tree(a=B))
    for sides in (both, both[::-1]):
        found, _ = await check(MemorySource(), pin, heads=sides, states={pin: A})
        assert (found[pin].state, found[pin].failed) == ("unchecked", True)


async def test_a_pin_that_is_stale_in_one_of_two_branches_is_stale_if_the_other_one_cannot_be_compared() -> None:
    pin = f"up/stream@{EARLIER}:a#L1"
    both = (head("up/stream", UP), tree(b=B)), (head("up/stream", DOWN), tree(a=B))
    for sides in (both, both[::-1]):
        found, _ = await check(MemorySource(), pin, heads=sides, states={pin: A})
        assert found[pin].state == "gone"
