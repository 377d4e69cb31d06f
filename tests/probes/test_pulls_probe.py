"""`pulls`: pull requests that touch the surfaces, merged in the window or open now."""

import datetime as dt

import pytest

from pawtui.probes.kinds.pulls_probe import pull_number, touched_surfaces
from pawtui.probes.probe_facts import PullFacts, PullsFacts
from pawtui.sources.facts import Pulls
from pawtui.tracker.probe_types import PullsProbe
from tests.probes.measuring import facts_of, measure
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource

SURFACES = {"runner": ("src/runner",), "events": ("schema/event.ts",)}
PROBE = PullsProbe(surfaces=("runner", "events"), days=28, met=1, partial=2)


@pytest.fixture
def begun(up: FakeRepo) -> FakeRepo:
    up.git.commit({"src/runner/a": "0", "schema/event.ts": "0"}, at="2026-06-01", message="feat: begin (#1)")
    return up


@pytest.mark.parametrize(
    ("commit_subject", "number"),
    [
        ("feat: resume (#71)", 71),
        ("Merge pull request #8 from ada/branch", 8),
        ("fix: what #9 broke", None),
        ("feat: (#71) resume", None),
        ("revert: (#0)", None),
    ],
)
def test_the_pull_request_is_read_from_the_commit_subject(commit_subject: str, number: int | None) -> None:
    assert pull_number(commit_subject) == number


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("a.ts", ("file",)),
        ("a.ts/b", ("file",)),
        ("a.tsx", ()),
        ("lib/a.ts", ("files",)),
        ("lib/deep/a.ts", ()),
    ],
)
def test_a_pull_request_touches_the_surfaces_of_its_files(path: str, names: tuple[str, ...]) -> None:
    assert touched_surfaces(["README", path], {"file": ("a.ts",), "files": ("none", "lib/*.ts")}) == names


async def test_both_merged_and_open_pull_requests_count(begun: FakeRepo, open_source: OpenSource) -> None:
    git = begun.git
    git.commit({"src/runner/a": "1"}, at="2026-11-01", message="feat: resume (#71)")
    git.commit({"schema/event.ts": "1"}, at="2026-11-02", message="fix: no number")
    git.commit({"README": "1"}, at="2026-11-03", message="docs: elsewhere (#72)")
    begun.pull(80, "another runner", "src/runner/b", "README", at="2026-11-10").draft = True
    begun.pull(81, "events and runner", "schema/event.ts", "src/runner/a", at="2026-11-11")
    begun.pull(82, "elsewhere", "schema/deep/x.ts", "src/runner2", at="2026-11-12")
    begun.pull(83, "into another branch", "src/runner/a", base="v1")
    found = (await measure(open_source(), PROBE, surfaces=SURFACES)).reading
    facts = facts_of(found, PullsFacts)
    day = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
    assert facts.merged == (PullFacts(number=71, title="feat: resume (#71)", at=day),)
    assert [(pull.number, pull.surfaces, f"{pull.at:%m-%d}") for pull in facts.open] == [
        (81, ("runner", "events"), "11-11"),
        (80, ("runner",), "11-10"),
    ]
    assert (facts.unnumbered, facts.since) == (1, dt.date(2026, 10, 23))
    assert found.summary == (
        "2 open pull requests on these surfaces, 1 merged in 28 days, 1 commit without a pull request number"
    )
    assert found.state == "unmet"
    *pulls, commit = found.evidence
    assert [(item.text, item.pin, f"{item.at:%m-%d}") for item in pulls] == [
        ("#81 open, touches runner, events  events and runner", "up/stream#81", "11-11"),
        ("#80 open, draft, touches runner  another runner", "up/stream#80", "11-10"),
        ("#71 merged  feat: resume (#71)", "up/stream#71", "11-01"),
    ]
    pages = [item.url.partition("/up/stream/")[2] for item in pulls]
    assert pages == ["issues/81", "issues/80", "issues/71"]
    assert commit.text.endswith("  fix: no number")


async def test_only_some_pull_requests_and_commits_are_listed(begun: FakeRepo, open_source: OpenSource) -> None:
    for number in range(18):
        commit_subject = f"feat: it (#{number + 10})" if number < 13 else "fix: it"
        begun.git.commit({"src/runner/a": f"{number + 1}"}, at=f"2026-11-01T{number:02}:00", message=commit_subject)
        if number < 14:
            begun.pull(80 + number, "a change", "src/runner/a")
    found = (await measure(open_source(), PROBE, surfaces=SURFACES)).reading
    assert len(found.evidence) == 12 + 12 + 4
    assert found.gaps == (
        "2 open pull requests not listed",
        "1 merged pull request not listed",
        "1 further commit not listed",
    )


async def test_an_incomplete_list_of_open_pull_requests_is_unknown(
    begun: FakeRepo, open_source: OpenSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = open_source()

    async def open_pulls(*_: object) -> Pulls:
        return Pulls(items=(), complete=False)

    monkeypatch.setattr(source, "open_pulls", open_pulls)
    found = (await measure(source, PROBE, surfaces=SURFACES)).reading
    cause = "only the most recently updated open pull requests are listed"
    assert (found.state, found.cause, found.gaps) == ("unknown", cause, (cause,))


@pytest.mark.parametrize(("count", "state"), [(0, "met"), (1, "met"), (2, "partial"), (3, "unmet")])
async def test_the_number_of_pull_requests_decides_the_state(
    begun: FakeRepo, open_source: OpenSource, count: int, state: str
) -> None:
    for number in range(count):
        begun.pull(80 + number, "a change", "src/runner/a")
    found = (await measure(open_source(), PROBE, surfaces=SURFACES)).reading
    pulls = "pull request" if count == 1 else "pull requests"
    assert (found.state, found.summary) == (state, f"{count} open {pulls} on these surfaces, 0 merged in 28 days")


@pytest.mark.parametrize(("count", "state"), [(1, "met"), (2, "partial"), (3, "unmet")])
@pytest.mark.parametrize("number", [" (#{})", ""])
async def test_merged_pull_requests_count_like_open_ones(
    begun: FakeRepo, open_source: OpenSource, count: int, state: str, number: str
) -> None:
    for day in range(count):
        message = f"feat: it{number.format(70 + day)}"
        begun.git.commit({"src/runner/a": f"{day + 1}"}, at=f"2026-11-0{day + 1}", message=message)
    assert (await measure(open_source(), PROBE, surfaces=SURFACES)).reading.state == state


async def test_commits_of_merged_branches_count(begun: FakeRepo, open_source: OpenSource) -> None:
    for day in (1, 2, 3):
        begun.git.branch("topic", "main")
        side = begun.git.commit({"src/runner/a": f"{day}"}, branch="topic", at=f"2026-11-0{day}", message="feat: it")
        commit_subject = f"Merge pull request #{day} from ada/topic"
        begun.git.commit({"src/runner/a": f"{day}"}, at=f"2026-11-0{day}T10:00", message=commit_subject, merge=[side])
    found = (await measure(open_source(), PROBE, surfaces=SURFACES)).reading
    assert found.state == "unmet"


async def test_a_pull_request_with_two_commits_counts_once(begun: FakeRepo, open_source: OpenSource) -> None:
    begun.git.commit({"src/runner/a": "1"}, at="2026-11-01", message="feat: it (#71)")
    begun.git.commit({"src/runner/a": "2"}, at="2026-11-02", message="feat: its end (#71)")
    found = (await measure(open_source(), PROBE, surfaces=SURFACES)).reading
    assert [pull.title for pull in facts_of(found, PullsFacts).merged] == ["feat: its end (#71)"]


async def test_files_beyond_the_budget_are_not_an_error(begun: FakeRepo, open_source: OpenSource) -> None:
    for number in range(80, 100):
        begun.pull(number, "elsewhere", "README")
    found = await measure(open_source(budget=20), PROBE, surfaces=SURFACES)
    unread = facts_of(found.reading, PullsFacts).unread
    assert 0 < unread < 20
    assert (found.reading.state, found.errors) == ("unknown", ())
    assert found.reading.cause == f"the files of {unread} open pull requests were not read"


@pytest.mark.parametrize(("count", "state"), [(1, "unknown"), (2, "unknown"), (3, "unmet")])
async def test_few_pull_requests_on_a_young_surface_are_unknown(
    up: FakeRepo, open_source: OpenSource, count: int, state: str
) -> None:
    up.git.commit({"README": "0"}, at="2026-06-01")
    for number in range(count):
        files: dict[str, str | None] = {"src/runner/a": f"{number}", "schema/event.ts": f"{number}"}
        up.git.commit(files, at=f"2026-11-{15 + number}", message=f"feat: it (#{number + 1})")
    found = (await measure(open_source(), PROBE, surfaces=SURFACES)).reading
    young = "surface runner was not in the branch on 2026-10-23"
    assert (found.state, found.cause) == (state, young if state == "unknown" else "")


async def test_a_past_day_that_was_busy_enough_is_unmet(begun: FakeRepo, open_source: OpenSource) -> None:
    for day in (1, 2, 3):
        begun.git.commit({"src/runner/a": f"{day}"}, at=f"2026-11-0{day}", message=f"feat: it (#{day})")
    when = dt.datetime(2026, 11, 10, tzinfo=dt.UTC)
    found = await measure(open_source(), PROBE, surfaces=SURFACES, today=when.date(), as_of=when)
    assert (found.reading.state, found.reading.cause) == ("unmet", "")
    assert found.reading.summary.startswith("open pull requests on these surfaces not known, ")
    assert "the pull requests open on 2026-11-10 are not known" in facts_of(found.reading, PullsFacts).incomplete


async def test_a_failed_list_of_pull_requests_is_an_error(
    fake: FakeGitHub, begun: FakeRepo, open_source: OpenSource
) -> None:
    fake.fail("/pulls?", 403, "Not yours", times=None)
    found = await measure(open_source(), PROBE, surfaces=SURFACES)
    assert (found.reading.state, [str(error) for error in found.errors]) == ("unknown", [found.reading.cause])
    assert found.reading.summary == "open pull requests on these surfaces not known, 0 merged in 28 days"


async def test_a_failed_list_of_files_leaves_the_state_unknown(
    fake: FakeGitHub, begun: FakeRepo, open_source: OpenSource
) -> None:
    for number in (80, 81, 82):
        begun.pull(number, "a change", "src/runner/a")
    fake.fail("/pulls/81/files", 503, times=None)
    found = await measure(open_source(), PROBE, surfaces=SURFACES)
    assert (found.reading.state, len(found.errors)) == ("unknown", 1)
    assert found.reading.cause == "the files of 1 open pull request were not read"
    assert facts_of(found.reading, PullsFacts).unread == 1
    # An unmet state does not change with more pull requests.
    for number in (83, 84):
        begun.pull(number, "a change", "src/runner/a")
    assert (await measure(open_source(), PROBE, surfaces=SURFACES)).reading.state == "unmet"


async def test_a_missing_surface_is_never_met(begun: FakeRepo, open_source: OpenSource) -> None:
    begun.git.commit({"src/runner/a": None}, at="2026-06-02")
    found = (await measure(open_source(), PROBE, surfaces=SURFACES)).reading
    assert found.state == "unknown"
    assert found.cause.startswith("path missing: src/runner does not exist at main @ ")
    # It is stated too if the open pull requests are not known.
    when = dt.datetime(2026, 11, 10, tzinfo=dt.UTC)
    past = (await measure(open_source(), PROBE, surfaces=SURFACES, today=when.date(), as_of=when)).reading
    assert past.gaps == ("the pull requests open on 2026-11-10 are not known", found.cause)


async def test_the_files_of_a_head_are_requested_once(
    fake: FakeGitHub, begun: FakeRepo, open_source: OpenSource
) -> None:
    begun.pull(80, "a change", "src/runner/a")
    for _ in range(2):
        assert (await measure(open_source(), PROBE, surfaces=SURFACES)).reading.state == "met"
    assert len(fake.requests("/pulls/80/files")) == 1
    begun.pulls[80].head = "f" * 40
    begun.pulls[80].files = ("README",)
    found = (await measure(open_source(), PROBE, surfaces=SURFACES)).reading
    assert facts_of(found, PullsFacts).open == ()
    assert len(fake.requests("/pulls/80/files")) == 2


async def test_all_pages_of_files_are_read(begun: FakeRepo, open_source: OpenSource) -> None:
    begun.pull(80, "a large change", *(f"docs/{number}" for number in range(250)), "src/runner/a")
    found = (await measure(open_source(), PROBE, surfaces=SURFACES)).reading
    assert [pull.number for pull in facts_of(found, PullsFacts).open] == [80]


async def test_a_pull_request_with_too_many_files_is_unknown(begun: FakeRepo, open_source: OpenSource) -> None:
    begun.pull(80, "a very large change", *(f"docs/{number}" for number in range(3000)))
    found = (await measure(open_source(), PROBE, surfaces=SURFACES)).reading
    assert (found.state, facts_of(found, PullsFacts).unread) == ("unknown", 1)


async def test_open_pull_requests_of_a_past_day_are_unknown(begun: FakeRepo, open_source: OpenSource) -> None:
    when = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
    found = await measure(open_source(), PROBE, surfaces=SURFACES, today=when.date(), as_of=when)
    assert found.reading.cause == "the pull requests open on 2026-07-01 are not known"
    assert not found.errors
