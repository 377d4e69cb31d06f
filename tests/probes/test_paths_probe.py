"""`paths`: which paths exist at the head."""

import pytest

from pawtui.probes.probe_facts import PathsFacts
from pawtui.tracker.probe_types import ChurnProbe, PathsProbe, TextProbe
from tests.probes.measuring import facts_of, measure
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource


@pytest.mark.parametrize(
    "glob",
    ["src/*.ts", "src/**/*.ts", "**/b.ts", "src/?.ts", "src/?a?.*", "src/?ab?.*", "*.ts", "src/**", "**", "s*/a.ts"],
)
async def test_globs_match_as_in_git(up: FakeRepo, open_source: OpenSource, glob: str) -> None:
    up.git.commit({"src/a.ts": "1", "src/deep/b.ts": "2", "README": "3", "src/[ab].md": "4"}, at="2026-06-01")
    names = up.git.git("--no-literal-pathspecs", "log", "--name-only", "--format=", "main", "--", f":(glob){glob}")
    matched = sorted(names.split())
    for probe, met in ((PathsProbe(exist=(glob,)), bool(matched)), (PathsProbe(absent=(glob,)), not matched)):
        found = (await measure(open_source(), probe)).reading
        assert found.state == ("met" if met else "unmet")
        assert [item.pin.rpartition(":")[2] for item in found.evidence if item.pin] == matched
        missing = [item for item in found.evidence if not item.pin]
        assert all(bool(item.url) == ("the link shows its history" in item.text) for item in missing)
        assert all(bool(item.url) == ("/" in item.text.split()[0].split("*")[0]) for item in missing)


async def test_a_glob_that_matches_only_a_folder_exists(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/runner/a.ts": "1"}, at="2026-06-01")
    found = (await measure(open_source(), PathsProbe(absent=("src/run*",)))).reading
    assert (found.state, found.summary) == ("unmet", "src/run* still exists")
    assert [item.text for item in found.evidence] == ["src/runner  exists"]
    assert facts_of(found, PathsFacts).paths == {"src/run*": up.git.sha("main:src/runner")}


async def test_each_path_must_exist_or_be_absent(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/runner/a.ts": "1", "old.ts": "1", "new/home.ts": "1"}, at="2026-06-01")
    probe = PathsProbe(exist=("src/runner", "home.ts | new/home.ts", "gone.ts"), absent=("old.ts",))
    found = (await measure(open_source(), probe)).reading
    sha = up.git.sha("main")
    assert found.state == "partial"
    assert found.summary == "gone.ts is missing; old.ts still exists"
    assert facts_of(found, PathsFacts).paths == {
        "src/runner": up.git.sha("main:src/runner"),
        "home.ts | new/home.ts": up.git.sha("main:new/home.ts"),
        "gone.ts": None,
        "old.ts": up.git.sha("main:old.ts"),
    }
    assert [item.url.removeprefix("https://github.com/up/stream/") for item in found.evidence] == [
        f"tree/{sha}/src/runner",
        f"blob/{sha}/new/home.ts",
        f"commits/{sha}/gone.ts",
        f"blob/{sha}/old.ts",
    ]
    expected = "met when src/runner exists, home.ts or new/home.ts exists, gone.ts exists and old.ts does not exist"
    assert found.rule == expected


async def test_only_some_matches_of_a_glob_are_listed(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({f"src/{number}.ts": f"{number}" for number in range(8)}, at="2026-06-01")
    found = (await measure(open_source(), PathsProbe(exist=("src/*.ts",)))).reading
    assert (len(found.evidence), found.gaps) == (6, ("2 more files of src/*.ts not listed",))


@pytest.mark.parametrize(
    ("probe", "state", "summary"),
    [
        (PathsProbe(exist=("a",)), "met", "a exists"),
        (PathsProbe(exist=("a", "d")), "met", "a and d exist"),
        (PathsProbe(exist=("b",)), "unmet", "b is missing"),
        (PathsProbe(absent=("b",)), "met", "b does not exist"),
        (PathsProbe(absent=("a",)), "unmet", "a still exists"),
        (PathsProbe(exist=("a", "b")), "partial", "b is missing"),
        (PathsProbe(absent=("a", "b")), "partial", "a still exists"),
        (PathsProbe(exist=("a",), absent=("a*",)), "partial", "a* still exists"),
        # Nothing of what must exist is there.
        (PathsProbe(exist=("b",), absent=("c",)), "unmet", "b is missing"),
    ],
)
async def test_existing_paths_decide_the_state(
    up: FakeRepo, open_source: OpenSource, probe: PathsProbe, state: str, summary: str
) -> None:
    up.git.commit({"a": "1", "d": "1"}, at="2026-06-01")
    found = (await measure(open_source(), probe)).reading
    assert (found.state, found.summary) == (state, summary)


@pytest.mark.parametrize(
    ("probe", "summary"),
    [
        (PathsProbe(exist=("a",), absent=("x",)), "a exists"),
        (PathsProbe(exist=("a", "b")), "a and b exist"),
        (PathsProbe(absent=("x",)), "x does not exist"),
        (PathsProbe(absent=("x", "y | z")), "x and y | z do not exist"),
        (PathsProbe(exist=("x",), absent=("a",)), "x is missing; a still exists"),
    ],
)
async def test_the_summary_names_the_paths(
    up: FakeRepo, open_source: OpenSource, probe: PathsProbe, summary: str
) -> None:
    up.git.commit({"a": "1", "b": "1"}, at="2026-06-01")
    assert (await measure(open_source(), probe)).reading.summary == summary


@pytest.mark.parametrize("probe", [PathsProbe(exist=("z",)), PathsProbe(absent=("z",))])
async def test_a_cut_list_of_paths_leaves_a_path_unknown(
    up: FakeRepo, open_source: OpenSource, probe: PathsProbe
) -> None:
    up.git.commit({"a": "1", "b": "1"}, at="2026-06-01")
    up.responses.tree_limit = 1
    found = (await measure(open_source(), probe)).reading
    assert found.state == "unknown"
    assert "was cut short: z may or may not exist" in found.cause
    assert (await measure(open_source(), PathsProbe(exist=("a",)))).reading.state == "met"


@pytest.mark.parametrize(
    "probe",
    [
        PathsProbe(exist=("z*",)),
        PathsProbe(absent=("z*",)),
        # More files may match the glob and contain the pattern.
        TextProbe(files=("*",), pattern="2", expect="absent"),
        TextProbe(file="z | a*", pattern="1", expect="absent"),
    ],
)
async def test_a_cut_list_of_paths_leaves_a_glob_unknown(
    up: FakeRepo, open_source: OpenSource, probe: PathsProbe | TextProbe
) -> None:
    up.git.commit({"a": "1", "b": "2", "z": "1"}, at="2026-06-01")
    up.responses.tree_limit = 1
    found = (await measure(open_source(), probe)).reading
    assert found.state == "unknown"
    assert "was cut short" in found.cause
    assert "gone" not in found.cause + found.summary


async def test_a_path_with_control_characters_is_never_requested(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/a\x1b[31m\nb.ts": "1", "src/\u202e.ts": "2"}, at="2026-06-01")
    found = (await measure(open_source(), PathsProbe(exist=("src/*.ts",)))).reading
    assert found.state == "met"
    shown = "".join(item.text + item.url + item.pin for item in found.evidence) + found.summary + found.rule
    assert shown.isprintable()
    # The shown path is not the name in git: its commits cannot be listed.
    probe = ChurnProbe(surfaces=("all",), met=3, partial=5)
    path = found.evidence[0].text.removesuffix("  exists")
    found = (await measure(open_source(), probe, surfaces={"all": (path,)})).reading
    assert found.state == "unknown"
    assert "control characters" in found.cause
    assert found.cause.isprintable()
