"""Completions of a pin that is being typed."""

import pytest

from pawtui.tui.pin_completion import PinQuery, complete_lines, complete_paths, parse_query

PATHS = {
    "up": ["src/session/runner/run.ts", "src/session/claim.ts", "docs/run.md", "docs/closed-again.md", "package.json"],
    "down": ["packages/runtime/src/export.ts"],
}


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("up:src/ru", PinQuery(("up",), "src/ru")),
        (" down:a.ts#cut off ", PinQuery(("down",), "a.ts", "cut off")),
        ("up:a.ts#", PinQuery(("up",), "a.ts", "")),
        ("runner", PinQuery(("up", "down"), "runner")),
        ("up:a.ts#L3-L4", None),
        ("up:a.ts#12", None),
        ("x", None),
        ("owner/repo#12", None),
        ("https://example.org/a", None),
        ("owner/repo@1234567:a.ts", None),
    ],
)
def test_typed_text_is_parsed(typed: str, wanted: PinQuery | None) -> None:
    assert parse_query(typed) == wanted


def test_paths_are_matched_fuzzily_best_first() -> None:
    def offered(typed: str) -> list[str]:
        wanted = parse_query(typed)
        assert wanted is not None
        return [completion.text for completion in complete_paths(wanted, PATHS)]

    assert offered("up:runrun")[0] == "up:src/session/runner/run.ts"
    assert offered("up:clag") == ["up:docs/closed-again.md"]
    assert offered("up:claim") == ["up:src/session/claim.ts"], "a path with the text is not followed by weak matches"
    assert offered("export") == ["down:packages/runtime/src/export.ts"]
    assert offered("up:zzz") == []
    assert offered("up:package.json") == [], "a complete path has no completions"
    assert offered("up:") == []


def test_lines_are_completed_by_words() -> None:
    lines = ["import x", "", "  return claim(x)", "  return release(x)"]
    found = complete_lines(PinQuery(("up",), "a.ts", "return x"), lines)
    assert [(completion.text, completion.shown) for completion in found] == [
        ("up:a.ts#L3", "L3 return claim(x)"),
        ("up:a.ts#L4", "L4 return release(x)"),
    ]
    assert [completion.text for completion in complete_lines(PinQuery(("up",), "a.ts", ""), lines)][:2] == [
        "up:a.ts#L1",
        "up:a.ts#L3",
    ]
    assert len(complete_lines(PinQuery(("up",), "a.ts", ""), ["same"] * 90)) == 6
