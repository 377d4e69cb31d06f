"""`text` and `paths`: what stands in the tree of the head, to the line."""

from __future__ import annotations

import pytest

from pawtui.tracker.model import PathsProbe, TextProbe
from tests.probes.measuring import measure
from tests.support.fake_github import FakeGitHub, FakeRepo
from tests.support.fixtures import OpenSource
from tests.support.git_repo import Submodule

CLAIM = TextProbe(file="specs/session.md | docs/session.md", pattern="(?i)write-ahead claim")


async def test_text_leads_to_its_line(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"docs/session.md": "# Sessions\n\nEach is a Write-ahead claim.\x1b[31m\n"}, at="2026-06-01")
    found = (await measure(open_source(), CLAIM)).reading
    sha = up.git.sha("main")
    assert (found.state, found.summary) == ("met", "in docs/session.md at line 3")
    assert found.evidence[0].url == f"https://github.com/up/stream/blob/{sha}/docs/session.md#L3"
    assert found.evidence[0].pin == f"up/stream@{sha}:docs/session.md#L3"
    assert found.facts["text"] == "Each is a Write-ahead claim.␛[31m"
    assert found.facts["blob"] == up.git.sha("main:docs/session.md")
    assert found.rule == "met when '(?i)write-ahead claim' stands in docs/session.md"


@pytest.mark.parametrize(
    ("expect", "there", "state"),
    [("present", True, "met"), ("present", False, "unmet"), ("absent", True, "unmet"), ("absent", False, "met")],
)
async def test_text_expected_or_not(
    up: FakeRepo, open_source: OpenSource, expect: str, there: bool, state: str
) -> None:
    up.git.commit({"specs/session.md": "write-ahead claim" if there else "nothing"}, at="2026-06-01")
    probe = TextProbe(file=CLAIM.file, pattern=CLAIM.pattern, expect="absent" if expect == "absent" else "present")
    found = (await measure(open_source(), probe)).reading
    assert found.state == state
    assert found.evidence[0].pin.startswith(f"up/stream@{up.git.sha('main')}:specs/session.md")


CANNOT = [
    ({"x": "1"}, "path gone: specs/session.md or docs/session.md is not there at main @ "),
    ({"specs/session.md/a": "1"}, "specs/session.md is a folder at main @ "),
    ({"specs/session.md": Submodule("1" * 40)}, "specs/session.md is a submodule at main @ "),
    ({"specs/session.md": b"\0"}, "specs/session.md is a binary file at main @ "),
    ({"specs/session.md": "x" * 1_200_000}, "specs/session.md is 1.2 MB at main @ "),
]


@pytest.mark.parametrize("expect", ["present", "absent"])
@pytest.mark.parametrize(("files", "cause"), CANNOT, ids=[cause for _, cause in CANNOT])
async def test_what_is_no_text_is_unknown(
    up: FakeRepo, open_source: OpenSource, files: dict[str, str], cause: str, expect: str
) -> None:
    up.git.commit(files, at="2026-06-01")
    probe = TextProbe(file=CLAIM.file, pattern=CLAIM.pattern, expect="absent" if expect == "absent" else "present")
    found = await measure(open_source(), probe)
    assert found.reading.state == "unknown"
    assert found.reading.cause.startswith(cause)
    assert not found.errors


async def test_a_runaway_pattern_on_a_text_is_unknown(
    up: FakeRepo, open_source: OpenSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pawtui.probes.pattern.TIME_LIMIT", 0.05)
    up.git.commit({"a": "a" * 80 + "b"}, at="2026-06-01")
    found = (await measure(open_source(), TextProbe(file="a", pattern="(?:a|a|a|a|a|a|a|a)+$"))).reading
    assert found.state == "unknown"
    assert found.cause.endswith("make it simpler")


async def test_a_failing_blob_is_an_error(fake: FakeGitHub, up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"specs/session.md": "x"}, at="2026-06-01")
    fake.fail("/git/blobs/", 502, times=None)
    found = await measure(open_source(), CLAIM)
    assert found.reading.state == "unknown"
    assert [str(error) for error in found.errors] == [found.reading.cause]


async def test_paths_there_and_missing(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"src/runner/a.ts": "1", "old.ts": "1", "new/home.ts": "1"}, at="2026-06-01")
    probe = PathsProbe(exist=("src/runner", "home.ts | new/home.ts", "gone.ts"), absent=("old.ts",))
    found = (await measure(open_source(), probe)).reading
    sha = up.git.sha("main")
    assert found.state == "partial"
    assert found.summary == "gone.ts is missing; old.ts is still there"
    assert found.facts["paths"] == {
        "src/runner": up.git.sha("main:src/runner"),
        "home.ts | new/home.ts": up.git.sha("main:new/home.ts"),
        "gone.ts": None,
        "old.ts": up.git.sha("main:old.ts"),
    }
    assert [one.url.removeprefix("https://github.com/up/stream/") for one in found.evidence] == [
        f"tree/{sha}/src/runner",
        f"blob/{sha}/new/home.ts",
        f"commits/{sha}/gone.ts",
        f"blob/{sha}/old.ts",
    ]
    expected = "met when src/runner exists, home.ts or new/home.ts exists, gone.ts exists and old.ts does not exist"
    assert found.rule == expected


@pytest.mark.parametrize(
    ("probe", "state"),
    [
        (PathsProbe(exist=("a",)), "met"),
        (PathsProbe(exist=("b",)), "unmet"),
        (PathsProbe(absent=("b",)), "met"),
        (PathsProbe(absent=("a",)), "unmet"),
        (PathsProbe(exist=("a", "b")), "partial"),
    ],
)
async def test_path_states(up: FakeRepo, open_source: OpenSource, probe: PathsProbe, state: str) -> None:
    up.git.commit({"a": "1"}, at="2026-06-01")
    assert (await measure(open_source(), probe)).reading.state == state


@pytest.mark.parametrize("probe", [PathsProbe(exist=("z",)), PathsProbe(absent=("z",))])
async def test_a_cut_list_of_paths_leaves_it_open(up: FakeRepo, open_source: OpenSource, probe: PathsProbe) -> None:
    up.git.commit({"a": "1", "b": "1"}, at="2026-06-01")
    up.answers.tree_limit = 1
    found = (await measure(open_source(), probe)).reading
    assert found.state == "unknown"
    assert "was cut short: z may or may not be there" in found.cause
    assert (await measure(open_source(), PathsProbe(exist=("a",)))).reading.state == "met"
