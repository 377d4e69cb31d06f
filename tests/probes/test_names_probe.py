"""`names`: removing an event name breaks stored data."""

import datetime as dt

import pytest

from pawtui.probes.kinds import names_probe
from pawtui.probes.probe_facts import NamesFacts
from pawtui.sources.facts import Tree
from pawtui.tracker.probe_types import Contract, NamesProbe
from pawtui.tracker.tracker_types import Policy
from tests.probes.measuring import MeasureBoth, facts_of, measure
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource

PATTERN = r'type:\s*"(session\.[^"]+)"(?:[^{}]*?version:\s*(\d+))?'
PROBE = NamesProbe(files=("schema/event.ts", "src/event.ts"), pattern=PATTERN, days=28, met=0, partial=1)


def schema(*names: str) -> str:
    return "// events\n" + "".join(f'define({{ type: "session.{name}", version: 1 }})\n' for name in names)


async def test_untouched_names_are_met(fake: FakeGitHub, up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"schema/event.ts": schema("a", "b")}, at="2026-06-01")
    up.git.commit({"README": "new"}, at="2026-11-19")
    found = (await measure(open_source(), PROBE)).reading
    assert (found.state, found.summary) == ("met", "2 names, none changed in 28 days")
    assert found.evidence[0].url.endswith("/schema/event.ts")
    assert "/compare/" in found.evidence[1].url
    assert facts_of(found, NamesFacts).pattern == PATTERN
    # The trees of the head and of the past; the unchanged text is read once.
    assert len(fake.requests("/git/trees/")) == 2
    assert len(fake.requests("/git/blobs/")) == 1


async def test_a_name_removed_renamed_or_with_another_version(up: FakeRepo, open_source: OpenSource) -> None:
    before = up.git.commit({"schema/event.ts": schema("a", "b", "c")}, at="2026-10-01")
    bumped = schema("a", "d").replace('"session.a", version: 1', '"session.a", version: 2')
    up.git.commit({"schema/event.ts": bumped}, at="2026-11-10")
    found = (await measure(open_source(), PROBE)).reading
    assert found.state == "unmet"
    facts = facts_of(found, NamesFacts)
    assert facts.removed == ("session.a@1", "session.b@1", "session.c@1")
    assert facts.added == ("session.a@2", "session.d@1")
    assert (facts.before_sha, facts.before_source) == (before.sha, "first parents")
    assert facts.met_on == dt.date(2026, 12, 9)
    assert found.summary == "3 names removed of 3 names, 2 added"
    assert found.evidence[1].pin == f"up/stream@{before.sha}:schema/event.ts#L3"
    assert found.evidence[3].pin == f"up/stream@{up.git.sha('main')}:schema/event.ts#L2"
    assert found.evidence[-1].url.endswith(f"/compare/{before.sha}...{up.git.sha('main')}")


@pytest.mark.parametrize(("now", "state"), [("// {b}", "partial"), ("/*\n{b}*/", "partial"), ("// the b\n{b}", "met")])
async def test_a_name_that_is_only_in_a_comment_now_was_removed(
    up: FakeRepo, open_source: OpenSource, now: str, state: str
) -> None:
    a, b = "export const a = 'https://x'\n", "export const b = 1\n"
    up.git.commit({"a.ts": a + b}, at="2026-10-01")
    up.git.commit({"a.ts": a + now.format(b=b)}, at="2026-11-10")
    probe = NamesProbe(files=("a.ts",), pattern=r"export const (\w+)", days=28)
    found = (await measure(open_source(), probe)).reading
    removed = () if state == "met" else ("b",)
    assert (found.state, facts_of(found, NamesFacts).removed, found.gaps) == (state, removed, ())


async def test_a_name_that_was_only_in_a_comment_before_is_not_doubted(up: FakeRepo, open_source: OpenSource) -> None:
    for day, text in (("2026-10-01", "export const a = 1\n"), ("2026-11-10", "export const a = 2\n")):
        up.git.commit({"a.ts": f"{text}// export const b = 1\n"}, at=day)
    found = (await measure(open_source(), NamesProbe(files=("a.ts",), pattern=r"export const (\w+)", days=28))).reading
    assert (found.state, found.gaps) == ("met", ())


@pytest.mark.parametrize(
    ("now", "added"), [("// gone\n", ()), ("export const b = 1\n", ("b",)), ("// export const b = 1\n", ())]
)
async def test_a_name_that_was_only_in_a_comment_was_not_there(
    up: FakeRepo, open_source: OpenSource, now: str, added: tuple[str, ...]
) -> None:
    for day, text in (("2026-10-01", "// export const b = 1\n"), ("2026-11-10", now)):
        up.git.commit({"a.ts": f"export const a = 1\n{text}"}, at=day)
    found = (await measure(open_source(), NamesProbe(files=("a.ts",), pattern=r"export const (\w+)", days=28))).reading
    facts = facts_of(found, NamesFacts)
    assert (found.state, facts.removed, facts.added, facts.names) == ("met", (), added, 1 + len(added))


async def test_the_names_of_a_script_that_cannot_be_read_are_not_known(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"a.ts": "export const a = 1\n"}, at="2026-10-01")
    up.git.commit({"a.ts": "export const a = 1\nexport const b = '\n"}, at="2026-11-10")
    found = (await measure(open_source(), NamesProbe(files=("a.ts",), pattern=r"export const (\w+)"))).reading
    cause = "a.ts cannot be read: line 2: the syntax is wrong or not known"
    assert (found.state, found.cause) == ("unknown", cause)


async def test_definitions_are_read_in_files_with_jsx(up: FakeRepo, open_source: OpenSource) -> None:
    text = "const a = <p>it's</p>\ndefine({ type: 'b', schema: {} })\n"
    up.git.commit({"a.tsx": text}, at="2026-10-01")
    probe = NamesProbe(files=("a.tsx",), contract=Contract(block=r"\bdefine\(", name="type", fields="schema"))
    assert (await measure(open_source(), probe)).reading.state == "met"


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ("# 'Extra',", "partial"),
        ("'Extra',  # v1", "met"),
        ("'#', 'Extra',", "met"),
    ],
)
async def test_a_name_that_is_only_in_a_python_comment_now_was_removed(
    up: FakeRepo, open_source: OpenSource, now: str, state: str
) -> None:
    up.git.commit({"a.py": "__all__ = [\n    'Field',\n    'Extra',\n]\n"}, at="2026-10-01")
    up.git.commit({"a.py": f"__all__ = [\n    'Field',\n    {now}\n]\n"}, at="2026-11-10")
    probe = NamesProbe(files=("a.py",), pattern=r"'(\w+)',", days=28)
    found = (await measure(open_source(), probe)).reading
    removed = () if state == "met" else ("Extra",)
    assert (found.state, facts_of(found, NamesFacts).removed) == (state, removed)


@pytest.mark.parametrize(
    ("name", "is_known"), [("a.vue", False), ("a.RS", True), ("a.PY", True), ("a.ts", True), ("a.json", True)]
)
async def test_the_comments_of_other_languages_are_not_known(
    up: FakeRepo, open_source: OpenSource, name: str, is_known: bool
) -> None:
    up.git.commit({name: '"a"\n'}, at="2026-10-01")
    up.git.commit({name: '"a"; "b"\n'}, at="2026-11-10")
    found = (await measure(open_source(), NamesProbe(files=(name,), pattern=r'"(\w+)"'))).reading
    doubt = () if is_known else (f"a match may be in a comment: pawtui does not know the comments of {name}",)
    assert (found.state, found.gaps) == ("met", doubt)


async def test_the_names_of_python_with_wrong_syntax_are_not_known(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"a.py": "a = 'Field',\n"}, at="2026-10-01")
    # The comment comes after the error.
    up.git.commit({"a.py": "if a:\n    b\n  c\n# a = 'Field',\n"}, at="2026-11-10")
    found = (await measure(open_source(), NamesProbe(files=("a.py",), pattern=r"'(\w+)',"))).reading
    cause = "a.py cannot be read: the Python syntax after line 2 is wrong or not known"
    assert (found.state, found.cause) == ("unknown", cause)


async def test_the_line_of_a_name_is_that_of_its_group(up: FakeRepo, open_source: OpenSource) -> None:
    before = up.git.commit({"a.py": "x\n\n\ndef one():\n\n\n  @cache\n  def two():\n"}, at="2026-10-01")
    up.git.commit({"a.py": "x\n"}, at="2026-11-10")
    up.git.commit({"a.py": "\n\ndef three():\n"}, at="2026-11-11")
    probe = NamesProbe(files=("a.py",), pattern=r"^\s*(?:@cache\s+)?def (\w+)", days=28)
    found = (await measure(open_source(), probe)).reading
    assert [item.text for item in found.evidence[:3]] == ["- one  a.py:4", "- two  a.py:8", "+ three  a.py:3"]
    assert found.evidence[1].pin == f"up/stream@{before.sha}:a.py#L8"
    # Without a group, the line is that of the first text.
    probe = NamesProbe(files=("a.py",), pattern=r"^\s*def \w+", days=28)
    assert (await measure(open_source(), probe)).reading.evidence[2].text.endswith("a.py:3")


async def test_new_names_break_nothing_and_one_removed_is_partial(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"schema/event.ts": schema("a")}, at="2026-10-01")
    up.git.commit({"schema/event.ts": schema("a", "b")}, at="2026-11-01")
    assert (await measure(open_source(), PROBE)).reading.state == "met"
    up.git.commit({"schema/event.ts": schema("b")}, at="2026-11-02T23:30")
    found = (await measure(open_source(), PROBE)).reading
    assert found.state == "partial"
    day = facts_of(found, NamesFacts).met_on
    assert day is not None
    assert (await measure(open_source(), PROBE, today=day)).reading.state == "met"
    assert (await measure(open_source(), PROBE, today=day - dt.timedelta(days=1))).reading.state == "partial"


async def test_the_day_is_not_searched_with_the_last_requests(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"schema/event.ts": schema("a", "b")}, at="2026-10-01")
    up.git.commit({"schema/event.ts": schema("b")}, at="2026-11-02")
    few, many = [(await measure(open_source(budget=budget), PROBE)).reading for budget in (20, 45)]
    assert (few.state, many.state) == ("partial", "partial")
    assert (facts_of(few, NamesFacts).met_on, facts_of(many, NamesFacts).met_on) == (None, dt.date(2026, 12, 1))


async def test_the_days_of_the_search_are_optional(
    up: FakeRepo, open_source: OpenSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    up.git.commit({"schema/event.ts": schema("a", "b")}, at="2026-10-01")
    up.git.commit({"schema/event.ts": schema("b")}, at="2026-11-02")
    source, optional_trees = open_source(), []
    read = source.tree

    async def tree(repo: str, sha: str, *, optional: bool = False) -> Tree:
        optional_trees.append(optional)
        return await read(repo, sha, optional=optional)

    monkeypatch.setattr(source, "tree", tree)
    assert (await measure(source, PROBE)).reading.state == "partial"
    # The head and the past decide the state.
    assert optional_trees == [False, False, True]


async def test_a_moved_file_keeps_its_names_and_is_partial(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/event.ts": schema("a", "b")}, at="2026-10-01")
    up.git.commit({"src/event.ts": None, "schema/event.ts": schema("a", "b")}, at="2026-11-01")
    found = (await measure(open_source(), PROBE)).reading
    facts = facts_of(found, NamesFacts)
    assert (found.state, facts.before, facts.file) == ("partial", "src/event.ts", "schema/event.ts")
    assert facts.since == dt.date(2026, 10, 23)
    assert (facts.removed, facts.added) == ((), ())
    assert found.summary == "2 names, none changed in 28 days; moved here from src/event.ts"
    assert facts.met_on == dt.date(2026, 11, 30)
    assert (await measure(open_source(), PROBE, today=facts.met_on)).reading.state == "met"
    # A new name changes nothing: the summary still has the reason of the state.
    up.git.commit({"schema/event.ts": schema("a", "b", "c")}, at="2026-11-02")
    found = (await measure(open_source(), PROBE)).reading
    summary = "0 names removed of 2 names, 1 added; moved here from src/event.ts"
    assert (found.state, found.summary) == ("partial", summary)
    # With removed names, it is not better.
    up.git.commit({"schema/event.ts": schema("c")}, at="2026-11-03")
    assert (await measure(open_source(), PROBE)).reading.state == "unmet"


@pytest.mark.parametrize("day", ["2026-10-20", "2026-10-30"])
async def test_a_removal_on_an_older_side_branch_counts_from_its_merge(
    up: FakeRepo, both: MeasureBoth, day: str
) -> None:
    git = up.git
    base = git.commit({"schema/event.ts": schema("a", "b")}, at="2026-06-01")
    git.branch("side", base)
    # Dated before the merge, but newer than the branch's commit at the start of the window.
    side = git.commit({"schema/event.ts": schema("a")}, branch="side", at=day)
    git.commit({"README": "1"}, at="2026-10-10")
    git.commit({"schema/event.ts": schema("a")}, at="2026-11-02", message="Merge side", merge=[side])
    found = await both(PROBE)
    facts = facts_of(found, NamesFacts)
    assert (found.state, facts.removed) == ("partial", ("session.b@1",))
    assert (facts.before_sha, facts.met_on) == (git.sha("main~1"), dt.date(2026, 12, 1))
    assert (await both(PROBE, today=dt.date(2026, 11, 30))).state == "partial"
    assert (await both(PROBE, today=dt.date(2026, 12, 1))).state == "met"
    assert found.summary == "1 name removed of 2 names, 0 added"


async def test_only_some_changed_names_are_listed(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"schema/event.ts": schema(*(f"a{number}" for number in range(13)))}, at="2026-10-01")
    up.git.commit({"schema/event.ts": schema(*(f"b{number}" for number in range(14)))}, at="2026-11-10")
    found = (await measure(open_source(), PROBE)).reading
    assert [item.text[0] for item in found.evidence[:-1]] == ["-"] * 12 + ["+"] * 12
    assert found.gaps == ("1 removed name not listed", "2 added names not listed")


CANNOT = [
    # the files before the window, the files now, a part of the cause
    ({"x": "1"}, {"x": "2"}, "path missing: schema/event.ts or src/event.ts does not exist at main @ "),
    ({"x": "1"}, {"schema/event.ts": schema("a")}, "did not exist on 2026-10-23"),
    ({"schema/event.ts": "none\n"}, {"schema/event.ts": schema("a")}, "had no name on 2026-10-23 that matches"),
    ({"schema/event.ts": schema("a")}, {"schema/event.ts": "none\n"}, "schema/event.ts has no name that matches"),
    ({"schema/event.ts/index": "1"}, {"x": "2"}, "schema/event.ts is a folder at main @ "),
    ({"schema/event.ts": b"a\0b"}, {"x": "2"}, "schema/event.ts is a binary file at main @ "),
    ({"schema/event.ts": b"a\0b"}, {"schema/event.ts": schema("a")}, "schema/event.ts is a binary file at "),
]


@pytest.mark.parametrize(("old", "new", "cause"), CANNOT, ids=[cause for _, _, cause in CANNOT])
async def test_files_that_cannot_be_compared_are_unknown(
    up: FakeRepo, open_source: OpenSource, old: dict[str, str], new: dict[str, str], cause: str
) -> None:
    up.git.commit(old, at="2026-06-01")
    up.git.commit(new, at="2026-11-01")
    found = await measure(open_source(), PROBE)
    assert found.reading.state == "unknown"
    assert cause in found.reading.cause
    assert found.reading.rule == "met up to 0 names removed in 28 days, partial up to 1 or where the file moved"
    assert not found.errors


async def test_a_window_before_the_repository_began_is_unknown(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"schema/event.ts": schema("a")}, at="2026-11-01")
    found = await measure(open_source(), PROBE)
    assert (found.reading.state, found.errors) == ("unknown", ())
    assert found.reading.cause == "The history of up/stream begins on 2026-11-01, after 2026-10-23."


@pytest.mark.parametrize(
    ("files", "partial", "clause"),
    [
        (("a",), 2, ""),
        (("a",), 3, ", partial up to 3"),
        (("a", "b"), 2, ", partial where the file moved"),
        (("a", "b"), 3, ", partial up to 3 or where the file moved"),
    ],
)
def test_the_rule_names_what_can_be_partial(files: tuple[str, ...], partial: int, clause: str) -> None:
    probe = NamesProbe(files=files, pattern="a", met=2, partial=partial)
    assert names_probe.rule(probe, Policy()) == f"met up to 2 names removed in 28 days{clause}"
