"""The check of pinned lines with a source of two texts: when a text is read, and what an unreadable one means."""

from typing import cast

import pytest

from pawtui.probes.error_log import ErrorLog
from pawtui.probes.repo_reader import RESERVED_REQUESTS
from pawtui.refresh.file_check import FileCheck
from pawtui.refresh.file_drift import NO_SUCH_PATH, PinnedFile
from pawtui.refresh.pins import parse_pin
from pawtui.refresh.refresh_types import Drift, DriftState
from pawtui.sources.facts import EMPTY_FILE_SHA, Tree, TreeEntry
from pawtui.sources.protocol import Source
from pawtui.sources.source_errors import BudgetSpent, NotFound, Refused, SourceError, TooLarge
from tests.refresh.daily_workspace import head_files

HEAD, EARLIER = "2" * 40, "3" * 40
BLOCK = ["const first = alpha()", "const second = beta()"]
OLD = ["// start", *BLOCK, "// end"]
PATH = "src/a.ts"


class Texts:
    """Texts by blob SHA, or the error of each, and the tree of the earlier commit."""

    def __init__(
        self,
        texts: dict[str, list[str] | SourceError],
        before: dict[str, TreeEntry] | None = None,
        left: int = RESERVED_REQUESTS + 1,
        *,
        truncated: bool = False,
    ) -> None:
        self._texts = texts
        self._before = before
        self._left = left
        self._truncated = truncated
        self.read: list[str] = []

    def requests_left(self) -> int:
        return self._left

    async def blob(self, repo: str, sha: str, *, optional: bool = False) -> bytes:
        assert optional, "other facts come first"
        self.read.append(sha)
        text = self._texts[sha]
        if isinstance(text, SourceError):
            raise text
        return "".join(f"{line}\n" for line in text).encode()

    async def tree(self, repo: str, sha: str, *, optional: bool = False) -> Tree:
        assert optional, "other facts come first"
        self.read.append(sha)
        if self._before is None:
            raise NotFound("There is no such commit.")
        return Tree(sha=sha, entries={PATH: TreeEntry("old", "blob"), **self._before}, truncated=self._truncated)


async def check(
    texts: Texts,
    at_head: dict[str, TreeEntry],
    state: DriftState = "changed",
    *,
    lines: str = "L2-L3",
    old: str | None = "old",
    errors: ErrorLog | None = None,
) -> Drift:
    """Return the drift of a pin to lines of `PATH` by its lines."""
    pin = f"up/stream@{EARLIER}:{PATH}{f'#{lines}' if lines else ''}"
    file = PinnedFile(pin, parse_pin(pin), head_files("up/stream", HEAD, Tree(sha="c" * 40, entries=at_head)), old)
    drift = Drift(pin=pin, state=state, summary="by file", place="somewhere")
    return await FileCheck(file, drift, cast(Source, texts), errors or ErrorLog()).drift()


def blob(sha: str, size: int = 90) -> TreeEntry:
    return TreeEntry(sha, "blob", size)


@pytest.mark.parametrize(
    ("state", "old"),
    [("unchecked", None), ("changed", NO_SUCH_PATH), ("gone", NO_SUCH_PATH)],
)
async def test_lines_are_not_checked_if_the_file_was_not_checked_or_did_not_exist(
    state: DriftState, old: str | None
) -> None:
    texts = Texts({"old": OLD, "new": []}, {})
    assert (await check(texts, {PATH: blob("new")}, state, old=old)).summary == "by file"
    assert texts.read == []


async def test_a_whole_file_that_never_existed_costs_no_request() -> None:
    texts = Texts({}, {})
    assert (await check(texts, {}, "gone", lines="", old=NO_SUCH_PATH)).summary == "by file"
    assert texts.read == []


@pytest.mark.parametrize(("truncated", "left", "state"), [(False, 1, "gone"), (True, 1, "moved"), (False, 0, "moved")])
async def test_a_copy_is_known_only_by_the_complete_pinned_tree(truncated: bool, left: int, state: str) -> None:
    copy = {"lib/a.ts": blob("old")}
    found = await check(Texts({}, copy, RESERVED_REQUESTS + left, truncated=truncated), copy, "gone", lines="")
    assert found.state == state


async def test_an_empty_file_that_was_removed_has_not_moved_to_another_empty_file() -> None:
    found = await check(Texts({}), {"lib/a.ts": blob(EMPTY_FILE_SHA)}, "gone", lines="", old=EMPTY_FILE_SHA)
    assert found.state == "gone"


@pytest.mark.parametrize(
    ("new", "lines", "state", "summary", "place"),
    [
        (["// more", *OLD], "L2-L3", "fresh", "the same lines, now L3-L4", "#L3-L4"),
        ([*OLD, "// more"], "L2-L3", "fresh", "the same lines", "#L2-L3"),
        (["// start", "const first = gamma()", BLOCK[1]], "L2-L3", "changed", "lines changed, now L2-L3", "#L2-L3"),
        (["// start", "// end"], "L2-L3", "gone", "not in the file at 2222222222", None),
        (["// start", BLOCK[1], "// end", BLOCK[0]], "L2", "moved", "the same text is now L4", "#L4"),
        (OLD[:2], "L4-L5", "gone", "src/a.ts ended before these lines at 3333333333", None),
    ],
)
async def test_the_drift_of_lines_is_by_the_texts(
    new: list[str], lines: str, state: str, summary: str, place: str | None
) -> None:
    found = await check(Texts({"old": OLD, "new": new}, {}), {PATH: blob("new")}, lines=lines)
    assert (found.state, found.summary) == (state, summary)
    assert found.place == ("" if place is None else f"up/stream@{HEAD}:{PATH}{place}")
    assert bool(found.hunk) == (state != "fresh" and "ended before" not in summary)
    if state == "fresh":
        assert found.url == f"https://git.example/up/stream/blob/{HEAD}/{PATH}{place}"


async def test_a_hunk_has_a_limited_width() -> None:
    found = await check(Texts({"old": OLD, "new": ["// start", "x" * 200, BLOCK[1]]}, {}), {PATH: blob("new")})
    assert max(map(len, found.hunk)) == 160


async def test_too_large_texts_leave_the_pin_unchecked() -> None:
    old, new = ([f"{name}{number}" for number in range(20_100)] for name in "ab")
    found = await check(Texts({"old": old, "new": new}, {}), {PATH: blob("new")}, lines="L9000")
    assert (found.state, found.failed, found.place) == ("unchecked", True, "")
    assert found.summary == "the file changed, and is too large for a comparison of its lines"


@pytest.mark.parametrize(
    ("error", "cause", "logged"),
    [
        (
            BudgetSpent("spent"),
            "this refresh has no requests left",
            "Some changed files were not read: this refresh has no requests left. Refresh again.",
        ),
        (TooLarge("large"), "it is too large", None),
        (Refused("blocked"), 'see "Not available"', "blocked"),
        (NotFound("no such blob"), 'see "Not available"', "no such blob"),
    ],
)
async def test_an_unreadable_text_leaves_a_changed_pin_unchecked_and_a_gone_one_gone(
    error: SourceError, cause: str, logged: str | None
) -> None:
    errors = ErrorLog()
    for texts in (Texts({"old": error, "new": OLD}), Texts({"old": OLD, "new": error})):
        found = await check(texts, {PATH: blob("new")}, errors=errors)
        assert (found.state, found.failed, found.place) == ("unchecked", True, "")
        assert found.summary == f"the file changed, and its lines could not be compared: {cause}"
    assert errors.messages == ([logged] if logged else [])
    gone = await check(Texts({"old": error}), {}, "gone")
    assert (gone.state, gone.summary) == ("gone", "by file")


@pytest.mark.parametrize(
    ("left", "text", "lines", "state"),
    [
        (RESERVED_REQUESTS + 1, OLD, "L2-L4", "fresh"),
        (RESERVED_REQUESTS + 1, OLD, "L2-L5", "gone"),
        (RESERVED_REQUESTS, OLD, "L2-L5", "fresh"),
        (RESERVED_REQUESTS + 1, TooLarge("large"), "L2-L5", "fresh"),
    ],
)
async def test_an_unchanged_file_is_read_for_its_length_if_requests_are_left(
    left: int, text: list[str] | SourceError, lines: str, state: str
) -> None:
    texts = Texts({"old": text}, left=left)
    found = await check(texts, {PATH: blob("old")}, "fresh", lines=lines)
    assert found.state == state
    assert (found.summary == "by file") == (state == "fresh")
    assert bool(texts.read) == (left > RESERVED_REQUESTS)


@pytest.mark.parametrize(("lines", "is_beyond"), [("L2-L4", False), ("L2-L5", True)])
async def test_lines_that_a_removed_file_never_had_are_beyond_its_end(lines: str, is_beyond: bool) -> None:
    found = await check(Texts({"old": OLD}, {}), {}, "gone", lines=lines)
    assert (found.state, "ended before" in found.summary) == ("gone", is_beyond)


@pytest.mark.parametrize("entry", [blob("old"), TreeEntry("old", "symlink", 9)])
async def test_a_file_at_its_path_has_not_moved_to_a_copy(entry: TreeEntry) -> None:
    found = await check(Texts({"old": OLD}), {PATH: entry, "lib/a.ts": blob("old")}, "gone", lines="L2-L5")
    assert found.state == "gone"


REMOVED = ["// start", "// end"]
COPY = ["// top", "// more", *BLOCK]


@pytest.mark.parametrize(
    ("at_head", "before", "place"),
    [
        # New files of the same kind, with the same name or in the nearest folder first.
        ({"lib/b.ts": blob("copy")}, {}, "lib/b.ts"),
        ({"lib/b.ts": blob("copy"), "lib/a.ts": blob("copy")}, {}, "lib/a.ts"),
        ({"lib/b.ts": blob("copy"), "src/b.ts": blob("copy")}, {}, "src/b.ts"),
        ({"lib/x/a.ts": blob("copy"), "src/b.ts": blob("copy")}, {}, "lib/x/a.ts"),
        ({"lib/b.ts": blob("copy", 300_000)}, {}, "lib/b.ts"),
        ({"lib/b.ts": blob("copy", 300_001)}, {}, ""),
        ({"lib/b.js": blob("copy")}, {}, ""),
        ({"lib/b.ts": TreeEntry("copy", "symlink", 9)}, {}, ""),
        # A file that was there before.
        ({"lib/b.ts": blob("copy")}, {"lib/b.ts": blob("copy")}, ""),
        # Without the earlier tree, any file may have been there before.
        ({"lib/a.ts": blob("copy")}, None, ""),
        # The next file is read if one cannot be, but not more than five.
        ({"lib/a.ts": blob("large"), "lib/b.ts": blob("copy")}, {}, "lib/b.ts"),
        ({f"lib/{name}.ts": blob("other") for name in "abcde"} | {"lib/f.ts": blob("copy")}, {}, ""),
        ({f"lib/{name}.ts": blob("other") for name in "abcd"} | {"lib/f.ts": blob("copy")}, {}, "lib/f.ts"),
    ],
)
async def test_removed_lines_are_searched_for_in_files_that_may_have_them_now(
    at_head: dict[str, TreeEntry], before: dict[str, TreeEntry] | None, place: str
) -> None:
    for new, state in ((REMOVED, "gone"), (["// start", "const other = 1", "// end"], "changed")):
        given: dict[str, list[str] | SourceError] = {"old": OLD, "new": new, "copy": COPY, "other": OLD[:1]}
        texts = Texts({**given, "large": TooLarge("large")}, before)
        found = await check(texts, {**at_head, PATH: blob("new")})
        assert (found.state, found.place) == (
            ("moved", f"up/stream@{HEAD}:{place}#L3-L4") if place else (state, found.place)
        )


async def test_lines_that_changed_and_are_now_in_another_file_have_their_change() -> None:
    texts = Texts({"old": OLD, "new": ["// start", "const other = 1", "// end"], "copy": COPY}, {})
    found = await check(texts, {PATH: blob("new"), "lib/b.ts": blob("copy")})
    assert found.state == "moved"
    assert {f"-{BLOCK[0]}", "+const other = 1"} <= set(found.hunk)


async def test_removed_lines_are_in_a_new_file_with_the_whole_earlier_text() -> None:
    found = await check(Texts({"old": OLD, "new": REMOVED}, {}), {PATH: blob("new"), "lib/b.ts": blob("old")})
    assert (found.state, found.place) == ("moved", f"up/stream@{HEAD}:lib/b.ts#L2-L3")


@pytest.mark.parametrize(("first", "state"), [("a" * 23, "changed"), ("a" * 24, "moved")])
async def test_short_lines_are_not_searched_for_in_other_files(first: str, state: str) -> None:
    # A short line such as `position: absolute;` is often in unrelated files.
    texts = Texts({"old": ["// start", first], "new": ["// start", "other"], "copy": ["// copy", first]}, {})
    found = await check(texts, {PATH: blob("new"), "lib/b.ts": blob("copy")}, lines="L2")
    assert found.state == state


async def test_unchanged_lines_are_not_searched_for_in_other_files() -> None:
    texts = Texts({"old": OLD, "new": [*OLD, "// more"], "copy": COPY}, {})
    found = await check(texts, {PATH: blob("new"), "lib/b.ts": blob("copy")})
    assert found.state == "fresh"


async def test_lines_that_were_there_twice_are_not_searched_for() -> None:
    texts = Texts({"old": [*OLD, *OLD], "new": REMOVED, "copy": COPY}, {})
    found = await check(texts, {PATH: blob("new"), "lib/b.ts": blob("copy")})
    assert found.state == "gone"


async def test_the_pinned_tree_is_read_only_if_requests_are_left() -> None:
    texts = Texts({"old": OLD, "new": REMOVED, "copy": COPY}, {}, left=RESERVED_REQUESTS)
    found = await check(texts, {PATH: blob("new"), "lib/b.ts": blob("copy")})
    assert (found.state, EARLIER in texts.read) == ("gone", False)
