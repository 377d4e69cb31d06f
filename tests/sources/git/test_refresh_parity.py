"""Complete refreshes with every kind of probe: equal from both sources, and equal on a day and measured later."""

import datetime as dt
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pawtui.probes.probe_facts import IssuesFacts
from pawtui.refresh.refresh_types import Refresh
from pawtui.tracker.read_tracker import builtin_text
from pawtui.tracker.tracker_types import Tracker
from tests.probes.measuring import World, recorded_refresh, refreshed
from tests.probes.opencode import DOWN, UP, make_issues
from tests.sources.git.clones import git, git_source
from tests.support.fake_github import FakeGitHub
from tests.support.git_repo import GitRepo

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
MORE = """
[[signals]]
id = "more"
title = "Every other kind, and other windows"
[[signals.probes]]
kind = "soak"
date = 2026-05-05
surfaces = ["runner", "compaction"]
breaking = '^refactor'
[[signals.probes]]
kind = "soak"
line = "v1.*"
surfaces = ["tools"]
breaking = '^refactor'
[[signals.probes]]
kind = "release"
line = "v1.*"
[[signals.probes]]
kind = "release"
line = "v*"
[[signals.probes]]
kind = "churn"
surfaces = ["core"]
days = 9
met = 1
[[signals.probes]]
kind = "subjects"
surfaces = ["core", "globbed"]
pattern = 'keep'
days = 70
[[signals.probes]]
kind = "names"
files = ["packages/core/src/session/event.ts", "packages/schema/src/session-event.ts"]
pattern = '(?m)^export const (\\w+)'
days = 10
[[signals.probes]]
kind = "new-files"
paths = ["packages/core", "specs/**"]
days = 33
[[signals.probes]]
kind = "text"
files = ["specs/v2/*.md", "package.json | README.md"]
pattern = 'restart'
[[signals.probes]]
kind = "paths"
exist = ["packages/*/src/**/runner", "specs/v2/todo.md"]
absent = ["packages/opencode"]
[[signals.probes]]
kind = "paths"
side = "downstream"
exist = ["app.ts"]
[[signals.probes]]
kind = "issues"
watch = [30701, 33447, 41217, 49641]
query = "is:open label:bug"
query_met = 3
"""
SURFACES = '[surfaces]\ncore = ["packages/core/src"]\nglobbed = ["packages/core/src/session/**"]'


@pytest.fixture(scope="module")
def tracker() -> Tracker:
    return msgspec.convert(tomllib.loads(builtin_text().replace("[surfaces]", SURFACES) + MORE), Tracker)


def facts_of(found: Refresh) -> dict[str, Any]:
    """Return the facts of a refresh, without its cost and source."""
    facts: dict[str, Any] = msgspec.to_builtins(found)
    for name in ("id", "duration", "source", "requests", "at"):
        del facts[name]
    for side in ("upstream", "downstream"):
        del facts[side]["source"]
    return facts


def differences(first: Any, second: Any, at: str = "") -> Iterator[str]:
    """Yield the differences of two nested values, with their keys."""
    if isinstance(first, dict) and isinstance(second, dict) and first.keys() == second.keys():
        for key in first:
            yield from differences(first[key], second[key], f"{at}.{key}")
    elif isinstance(first, list | tuple) and isinstance(second, list | tuple) and len(first) == len(second):
        for number, pair in enumerate(zip(first, second, strict=True)):
            yield from differences(*pair, f"{at}.{number}")
    elif first != second:
        yield f"{at}: {first!r} != {second!r}"


# Before the branch of version 2; around a merge of older commits; after the first release.
DAYS = ("2026-05-20", "2026-07-01", "2026-08-12", "2026-10-22")


async def both_sources(opencode: World, tracker: Tracker, when: dt.datetime | None) -> Refresh:
    """Measure a time with both sources, which must agree, and return the refresh."""
    async with opencode.source(budget=500) as api:
        from_api = recorded_refresh(await refreshed(tracker, api, at=NOW, as_of=when))
    clones = ((UP, opencode.up.git), (DOWN, opencode.down.git))
    async with git_source(*clones, api=opencode.source()) as source:
        from_clone = recorded_refresh(await refreshed(tracker, source, at=NOW, as_of=when))
    assert list(differences(facts_of(from_clone), facts_of(from_api))) == []
    assert not from_clone.errors
    # Only comments, issues, pull requests and searches come from GitHub, no history.
    assert from_clone.requests.sent <= 20
    return from_clone


async def test_both_sources_measure_the_same(opencode: World, tracker: Tracker) -> None:
    await both_sources(opencode, tracker, None)


@pytest.mark.parametrize("day", DAYS)
async def test_a_day_measured_later_by_both_sources_equals_the_refresh_of_that_day(
    opencode: World, tracker: Tracker, tmp_path: Path, day: str
) -> None:
    when = dt.datetime.fromisoformat(f"{day}T21:30:00+00:00")
    later = await both_sources(opencode, tracker, when)
    up, down = as_it_was(opencode.up.git, when, tmp_path / "up"), as_it_was(opencode.down.git, when, tmp_path / "down")
    with FakeGitHub() as fake:
        # The issues in their state of that day.
        then = World(fake, fake.add(UP, GitRepo(tmp_path / "a")), fake.add(DOWN, GitRepo(tmp_path / "b")))
        make_issues(then.up, then.down)
        forget_later(then, when)
        async with git_source((UP, up), (DOWN, down), api=then.source()) as source:
            live = recorded_refresh(await refreshed(tracker, source, at=when))
    assert list(differences(measured(live), measured(later))) == []
    assert watched(live) == watched(later)
    assert (
        later.upstream.sha
        == live.upstream.sha
        == opencode.up.git.git("rev-list", "-1", "--first-parent", f"--before={when.isoformat()}", later.upstream.ref)
    )


def measured(found: Refresh) -> dict[str, Any]:
    """Return the facts that can also be measured later. All others are removed here."""
    facts = facts_of(found)
    del facts["as_of"], facts["plan"], facts["related"], facts["errors"], facts["drift"]
    for signal in facts["signals"]:
        for probe in signal["probes"]:
            # Pre-releases have no dates; deleted tags are not listed.
            if probe["facts"] and "prereleases" in probe["facts"]:
                probe["facts"]["prereleases"] = None
            if probe["kind"] in ("release", "soak", "issues"):
                probe["gaps"] = []
            if probe["kind"] == "release":
                probe["summary"] = probe["summary"].partition(" (")[0]
        # Past searches, open pull requests and documents are unknown, and so is their signal.
        unknowable = {"issues", "pulls", "json"}
        if any(probe["kind"] in unknowable for probe in signal["probes"]):
            signal["state"] = "-"
        parts = {probe["part"] for probe in signal["probes"] if probe["kind"] in unknowable}
        signal["parts"] = [part for part in signal["parts"] if part["id"] not in parts]
        signal["probes"] = [probe for probe in signal["probes"] if probe["kind"] not in unknowable]
    return facts


def watched(found: Refresh) -> list[dict[str, str]]:
    """Return the states of watched issues, except those that were not open yet."""
    facts = [probe.facts for signal in found.signals for probe in signal.probes if isinstance(probe.facts, IssuesFacts)]
    return [{number: state for number, state in fact.watched.items() if state != "not opened yet"} for fact in facts]


def as_it_was(repo: GitRepo, when: dt.datetime, path: Path) -> Path:
    """Create a clone with the branches and tags of a past time, and return its path."""
    repo.flush()
    git(path.parent, "clone", "-q", "--bare", "--shared", str(repo.path), path.name)
    git(path, "remote", "remove", "origin")
    changes = []
    for line in git(path, "for-each-ref", "--format=%(creatordate:unix) %(refname)").splitlines():
        at, _, ref = line.partition(" ")
        is_later = int(at) > when.timestamp()
        if ref.startswith("refs/heads/") and is_later:
            sha = git(path, "rev-list", "-1", "--first-parent", f"--before={when.isoformat()}", ref)
            changes.append(f"update {ref} {sha}" if sha else f"delete {ref}")
        elif is_later:
            changes.append(f"delete {ref}")
    subprocess.run(["git", "update-ref", "--stdin"], cwd=path, input="\n".join([*changes, ""]), text=True, check=True)
    return path


def forget_later(world: World, when: dt.datetime) -> None:
    """Undo later changes to issues."""
    for repo in (world.up, world.down):
        for number, issue in list(repo.issues.items()):
            if issue.created_at > when:
                del repo.issues[number]
            elif issue.closed_at is not None and issue.closed_at > when:
                issue.state, issue.closed_at = "open", None
