"""`subjects`: commits whose subject mentions a breaking change."""

import datetime as dt

import pytest
from msgspec.structs import replace

from pawtui.probes.kinds import subjects_probe
from pawtui.probes.probe_facts import SubjectsFacts
from pawtui.tracker.probe_types import SubjectsProbe
from pawtui.tracker.tracker_types import Policy
from tests.probes.measuring import facts_of, measure
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource

SURFACES = {"runner": ("src/runner",), "tools": ("src/tool",)}
PATTERN = r"(?i)\b(rename|reset|drop|remove|replace|collapse|breaking)\b|^\w+(\([^)]*\))?!:"
PROBE = SubjectsProbe(surfaces=("runner", "tools"), pattern=PATTERN, days=28, met=1, partial=3)


async def test_matching_subjects_are_counted_once_each(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    git.commit({"src/runner/a": "0", "src/tool/a": "0"}, at="2026-10-20", message="feat!: outside the window")
    both = git.commit({"src/runner/a": "1", "src/tool/a": "1"}, at="2026-11-01", message="refactor: Rename the step")
    git.commit({"src/runner/a": "2"}, at="2026-11-02", message="fix: presets and renames stay")
    git.commit({"README": "2"}, at="2026-11-03", message="feat!: elsewhere")
    last = git.commit({"src/tool/a": "3"}, at="2026-11-04", message="feat(tool)!: settle\n\nremove nothing")
    found = (await measure(open_source(), PROBE, surfaces=SURFACES)).reading
    assert found.state == "partial"
    assert found.summary == "2 of 3 subjects in 28 days mention a breaking change"
    assert [item.pin for item in found.evidence] == [f"up/stream@{last.sha}", f"up/stream@{both.sha}"]
    facts = facts_of(found, SubjectsFacts)
    assert facts.pattern == PATTERN
    assert found.rule == "met up to 1 commit subject that mentions a breaking change in 28 days, partial up to 3"
    since = f"--since={facts.since}T00:00:00Z"
    assert facts.commits == int(git.git("rev-list", "--count", since, "main", "--", "src/runner", "src/tool"))


async def test_a_pattern_without_breaking_words_is_not_called_breaking(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/runner/a": "0", "src/tool/a": "0"}, at="2026-06-01")
    up.git.commit({"src/runner/a": "1"}, at="2026-11-04", message="fix: a crash")
    probe = SubjectsProbe(surfaces=("runner", "tools"), pattern="crash", met=0)
    found = (await measure(open_source(), probe, surfaces=SURFACES)).reading
    assert found.summary == "1 of 1 subject in 28 days matches the pattern"
    assert found.rule == "met up to 0 commit subjects that match the pattern in 28 days, partial up to 2"
    breaking = replace(probe, pattern="crash|BREAKING CHANGE")
    found = (await measure(open_source(), breaking, surfaces=SURFACES)).reading
    assert found.summary == "1 of 1 subject in 28 days mentions a breaking change"


@pytest.mark.parametrize(("breaks", "state"), [(0, "met"), (1, "met"), (2, "partial"), (3, "partial"), (4, "unmet")])
async def test_thresholds_and_the_day_it_is_met(up: FakeRepo, open_source: OpenSource, breaks: int, state: str) -> None:
    up.git.commit({"src/runner/a": "0", "src/tool/a": "0"}, at="2026-06-01")
    for number in range(breaks):
        up.git.commit({"src/runner/a": f"{number + 1}"}, at=f"2026-11-{10 + number}", message="fix!: it")
    found = (await measure(open_source(), PROBE, surfaces=SURFACES)).reading
    subjects, verb = ("subject", "mentions") if breaks == 1 else ("subjects", "mention")
    summary = f"{breaks} of {breaks} {subjects} in 28 days {verb} a breaking change"
    assert (found.state, found.summary) == (state, summary)
    if state == "met":
        assert facts_of(found, SubjectsFacts).met_on is None
        return
    day = facts_of(found, SubjectsFacts).met_on
    assert day is not None
    assert (await measure(open_source(), PROBE, surfaces=SURFACES, today=day)).reading.state == "met"
    before = await measure(open_source(), PROBE, surfaces=SURFACES, today=day - dt.timedelta(days=1))
    assert before.reading.state == "partial"


@pytest.mark.parametrize(
    ("commit_subjects", "state"),
    [
        (["fix: rename it"], "met"),
        (["fix!: it"], "partial"),
        (["fix!: it", "fix: rename it"], "partial"),
        (["fix: rename it", "fix!: it"], "partial"),
        (["fix!: it"] * 4, "unmet"),
        (["fix: it"] * 5, "met"),
        (["fix: rename it"] * 4, "unmet"),
    ],
)
async def test_a_breaking_commit_subject_is_never_met(
    up: FakeRepo, open_source: OpenSource, commit_subjects: list[str], state: str
) -> None:
    up.git.commit({"src/runner/a": "0", "src/tool/a": "0"}, at="2026-06-01")
    for number, commit_subject in enumerate(commit_subjects):
        up.git.commit({"src/runner/a": f"{number + 1}"}, at=f"2026-11-{10 + number}", message=commit_subject)
    strict = SubjectsProbe(surfaces=PROBE.surfaces, pattern=PATTERN, breaking=r"^\w+(\([^)]*\))?!:", met=1, partial=3)
    found = (await measure(open_source(), strict, surfaces=SURFACES)).reading
    facts = facts_of(found, SubjectsFacts)
    assert (found.state, facts.breaks) == (state, sum("!" in text for text in commit_subjects))
    assert facts.breaking == strict.breaking
    # A breaking commit subject matches in any case.
    other = SubjectsProbe(surfaces=PROBE.surfaces, pattern="nothing", breaking=strict.breaking, met=9, partial=9)
    matching = facts_of((await measure(open_source(), other, surfaces=SURFACES)).reading, SubjectsFacts).matching
    assert matching == facts.breaks
    assert ", none of them marked as breaking, partial up to 3" in found.rule
    if facts.met_on is None:
        assert state == "met"
        return
    assert (await measure(open_source(), strict, surfaces=SURFACES, today=facts.met_on)).reading.state == "met"
    day_before = facts.met_on - dt.timedelta(days=1)
    assert (await measure(open_source(), strict, surfaces=SURFACES, today=day_before)).reading.state != "met"


@pytest.mark.parametrize(("breaks", "state"), [(0, "unknown"), (3, "unknown"), (4, "unmet")])
async def test_few_subjects_on_a_young_surface_are_unknown(
    up: FakeRepo, open_source: OpenSource, breaks: int, state: str
) -> None:
    up.git.commit({"src/tool/a": "0"}, at="2026-06-01")
    up.git.commit({"src/runner/a": "0"}, at="2026-11-01")
    for number in range(breaks):
        up.git.commit({"src/runner/a": f"{number + 1}"}, at=f"2026-11-{10 + number}", message="fix!: it")
    found = (await measure(open_source(), PROBE, surfaces=SURFACES)).reading
    facts = facts_of(found, SubjectsFacts)
    assert (found.state, facts.matching, facts.met_on is None) == (state, breaks, state == "unknown")
    young = "surface runner was not in the branch on 2026-10-23"
    assert (found.cause, facts.incomplete) == (young if state == "unknown" else "", (young,))


async def test_a_missing_surface_is_unknown(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/runner/a": "0", "src/tool/a": "0"}, at="2026-06-01")
    up.git.commit({"src/tool/a": None}, at="2026-06-02")
    found = (await measure(open_source(), PROBE, surfaces=SURFACES)).reading
    assert (found.state, found.gaps) == ("unknown", (found.cause,))
    assert found.cause.startswith("path missing: src/tool does not exist at main @ ")


async def test_only_some_subjects_are_listed(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/runner/a": "0", "src/tool/a": "0"}, at="2026-06-01")
    for number in range(14):
        up.git.commit({"src/runner/a": f"{number + 1}"}, at=f"2026-11-{number + 1:02}", message="fix!: it")
    found = (await measure(open_source(), PROBE, surfaces=SURFACES)).reading
    assert (len(found.evidence), found.gaps) == (12, ("2 older commits not listed",))


async def test_subjects_of_a_late_merge_are_unknown(up: FakeRepo, open_source: OpenSource) -> None:
    git = up.git
    base = git.commit({"src/runner/a": "0", "src/tool/a": "0"}, at="2026-06-01")
    git.branch("side", base)
    side = git.commit({"src/runner/a": "1"}, branch="side", at="2026-07-01", message="feat!: rename all")
    git.commit({"src/runner/a": "1"}, at="2026-11-01", message="Merge side", merge=[side])
    found = (await measure(open_source(), PROBE, surfaces=SURFACES)).reading
    assert found.state == "unknown"
    assert found.cause == "src/runner changed since 2026-10-23 by a merge of older commits, which are not counted"


async def test_a_slow_pattern_is_unknown(
    up: FakeRepo, open_source: OpenSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pawtui.probes.pattern.TIME_LIMIT", 0.05)
    up.git.commit({"src/runner/a": "0", "src/tool/a": "0"}, at="2026-11-01", message="a" * 60 + "b")
    runaway = SubjectsProbe(surfaces=("runner",), pattern="(?:a|a|a|a|a|a|a|a)+$")
    found = await measure(open_source(), runaway, surfaces=SURFACES)
    assert found.reading.state == "unknown"
    assert found.reading.cause.endswith("took over 0.05 s: make it simpler")
    assert not found.errors


async def test_a_pattern_that_does_not_compile_is_unknown(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/runner/a": "0"}, at="2026-11-01")
    found = await measure(open_source(), SubjectsProbe(surfaces=("runner",), pattern="(open"), surfaces=SURFACES)
    assert found.reading.state == "unknown"
    assert "'(open' does not compile" in found.reading.cause


@pytest.mark.parametrize(
    ("breaking", "end"), [("", "28 days"), ("b", "28 days, none of them marked as breaking, partial up to 2")]
)
def test_the_rule_names_what_can_be_partial(breaking: str, end: str) -> None:
    probe = SubjectsProbe(surfaces=("a",), pattern="a", breaking=breaking, met=2, partial=2)
    assert subjects_probe.rule(probe, Policy()).endswith(end)
