"""Typed and pasted pins are read and stored in one form."""

import datetime as dt
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pawtui.refresh.pins import Pin, PinError, parse_pin
from pawtui.refresh.refresh_types import RepoSnapshot

SHA = "0123456789abcdef0123456789abcdef01234567"
NOW = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
HEADS = {
    "up": RepoSnapshot(repo="anomalyco/opencode", ref="v2", sha=SHA, committed_at=NOW),
    "down": RepoSnapshot(repo="Astro-Han/pawwork", ref="maint/v1", sha="f" * 40, committed_at=NOW),
}

GOOD = [
    (f"a/b@{SHA}:src/x.ts#L10-L20", f"a/b@{SHA}:src/x.ts#L10-L20", f"https://github.com/a/b/blob/{SHA}/src/x.ts#L10-L20"),
    ("a/b@0123456:src/x.ts#L10", "a/b@0123456:src/x.ts#L10", "https://github.com/a/b/blob/0123456/src/x.ts#L10"),
    ("a/b@0123456:x y#z.ts", None, None),
    ("a/b@0123456", "a/b@0123456", "https://github.com/a/b/commit/0123456"),
    ("a/b#12", "a/b#12", "https://github.com/a/b/issues/12"),
    ("up:src/x.ts#L3", f"anomalyco/opencode@{SHA}:src/x.ts#L3", None),
    ("down:a.ts", f"Astro-Han/pawwork@{'f' * 40}:a.ts", None),
    (f"https://github.com/a/b/blob/{SHA}/src/x%20y.ts#L1-L2", f"a/b@{SHA}:src/x y.ts#L1-L2", None),
    ("https://github.com/a/b/commit/0123456", "a/b@0123456", None),
    ("https://github.com/a/b/pull/7", "a/b#7", None),
    ("https://github.com/a/b/discussions/7", "https://github.com/a/b/discussions/7", None),
    ("https://github.com/a/b/issues/7#issuecomment-1", "https://github.com/a/b/issues/7#issuecomment-1", None),
    ("https://github.com/a/b/blob/main/x.ts", "https://github.com/a/b/blob/main/x.ts", None),
    ("https://example.org/a?b=c", "https://example.org/a?b=c", "https://example.org/a?b=c"),
    ("http://www.github.com/a/b/pull/7", "a/b#7", None),
    (f"https://github.com/a/b/blob/{SHA}/x.ts#L1-L2x", f"a/b@{SHA}:x.ts", None),
    (f"https://github.com/a/b/blob/{SHA}/x.ts#xL1", f"a/b@{SHA}:x.ts", None),
    (f"https://github.com/a/b/blob/{SHA}/x.ts#L1C2-L3C4", f"a/b@{SHA}:x.ts#L1-L3", None),
    (f"https://raw.githubusercontent.com/a/b/{SHA}/x%20y.ts", f"a/b@{SHA}:x y.ts", None),
    # Links to other pages, and to other hosts, stay links.
    *((link, link, link) for link in (
        f"https://github.com/x/a/b/blob/{SHA}/x.ts",
        "https://github.com/a/b/commit/0123456/checks",
        "https://github.com/x/a/b/commit/0123456",
        "https://github.com/a/b/pull/7/files",
        "https://github.com/x/a/b/pull/7",
        "https://git.example/a/b/pull/7",
        f"https://github.com/a/b/blob/{SHA}/x%1B[31m.ts",
        f"https://github.com/a/b/blob/{SHA}/x%23L3",
        "https://x/" + "a" * 1990,
    )),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "stored", "page"), [row for row in GOOD if row[1]])
def test_typed_pins_are_stored_in_canonical_form(typed: str, stored: str, page: str | None) -> None:
    pin = parse_pin(f"  {typed} ", HEADS)
    assert str(pin) == stored
    assert str(parse_pin(stored)) == stored
    if page:
        assert pin.page_url("https://github.com") == page


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("", "The pin is empty"),
        ("src/x.ts", "is not a pin. Write up:"),
        ("a/b@main:src/x.ts", "Pin a commit, not a branch"),
        ("a/b@0123456:/etc/passwd", "not a path in a repository"),
        ("a/b@0123456:../x", "not a path in a repository"),
        ("a/b@0123456:x#L20-L10", "not a range"),
        ("a/b@0123456:x#L0", "#L0 is not a range"),
        ("a/b@0123456:x#L3-L5-L9", "'#L3-L5-L9' names no line. Write lines such as #L10-L20."),
        pytest.param(f"a/b@0123456:x#L{'1' * 5000}", "1…' names no line", id="long line number"),
        pytest.param(f"up:{'x' * 99}#def", "'#def' names no line", id="long path"),
        ("up:src/x.ts", "needs the commit of a refresh"),
        ("up:", "is not a pin. Write up:path"),
        ("down:src/x.ts#def", "'#def' names no line. Write lines"),
        ("https://user:secret@example.org/", "user name or password"),
        ("https://user@example.org/", "user name or password"),
        ("https://:secret@example.org/", "user name or password"),
        ("https://example.org/\u202e", "not a link"),
        ("a/b@0123456:./x", "not a path in a repository"),
        ("a/b#12 and more", "is not a pin"),
        ("see a/b#12", "is not a pin"),
        ("#12", "is not a pin. Write up:"),
        (f"{'a' * 80}", f"'{'a' * 80}' is not a pin"),
        (f"{'a' * 81}", f"'{'a' * 79}…' is not a pin"),
        ("https://", "not a link"),
        ("https://[::1", "not a link"),
        ("https://x y", "not a link"),
        pytest.param("https://x/" + "a" * 3000, "the limit is 2000", id="long link"),
        ("a/b@0123456:x\x1b[31m", "unprintable"),
        ("a/b#", "is not a pin"),
        ("a/b#0", "is not a pin"),
    ],
)
def test_an_invalid_pin_is_an_error_of_one_sentence(typed: str, wanted: str) -> None:
    with pytest.raises(PinError, match=wanted) as caught:
        parse_pin(typed)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "link",
    [
        "github.com/astro-han/pawwork/blob/main/src/x%20y.ts#L3-L9",
        "github.com/anomalyco/opencode/blame/dev/README.md#install",
        "github.com/Astro-Han/pawwork/blob/refs/heads/maint/v1/src/x.ts#L2",
        "raw.githubusercontent.com/anomalyco/opencode/dev/x.ts",
    ],
)
def test_a_link_to_a_branch_or_tag_of_a_followed_repository_is_no_pin(link: str) -> None:
    with pytest.raises(PinError, match=r"which can move\. Write up:.*, or a permalink\."):
        parse_pin(f"https://{link}", HEADS)
    # A recorded pin and a link to another repository stay links.
    assert parse_pin(f"https://{link}").kind == "url"


@pytest.mark.parametrize("place", ["", ":src/x.ts#L3"])
def test_a_short_sha_of_a_head_becomes_the_full_one(place: str) -> None:
    up = HEADS["up"]
    pin = parse_pin(f"{up.repo.upper()}@{up.sha[:7]}{place}", HEADS)
    assert str(pin) == f"{up.repo.upper()}@{up.sha}{place}"
    other = f"another/repo@{up.sha[:7]}{place}"
    assert str(parse_pin(other, HEADS)) == other
    unknown = f"{up.repo}@{'f' * 7}{place}"
    assert str(parse_pin(unknown, HEADS)) == unknown


def test_a_side_needs_its_own_commit() -> None:
    with pytest.raises(PinError, match="needs the commit of a refresh"):
        parse_pin("down:a.ts", {"up": HEADS["up"]})


_LETTERS = string.ascii_letters + string.digits
_NAMES = st.text(f"{_LETTERS}-", min_size=1, max_size=11).filter(lambda name: not name.startswith("-"))
_PATHS = st.lists(st.text(f"{_LETTERS} _.-", min_size=1, max_size=8), min_size=1, max_size=4).map("/".join)


@given(
    owner=_NAMES,
    name=_NAMES,
    sha=st.text("0123456789abcdef", min_size=7, max_size=40),
    path=_PATHS.filter(lambda path: path == path.strip() and not {".", ".."} & set(path.split("/"))),
    first=st.integers(1, 9999),
    more=st.integers(0, 500),
)
def test_every_file_pin_is_read_back_unchanged(
    owner: str, name: str, sha: str, path: str, first: int, more: int
) -> None:
    pin = Pin(kind="file", repo=f"{owner}/{name}", sha=sha, path=path, lines=(first, first + more))
    assert parse_pin(str(pin)) == pin


@given(st.text(max_size=60))
def test_any_text_is_a_pin_or_a_sentence(text: str) -> None:
    pin, sentence = _parse(text)
    assert sentence.endswith(".") if pin is None else str(parse_pin(str(pin))) == str(pin)


def _parse(text: str) -> tuple[Pin | None, str]:
    try:
        return parse_pin(text), ""
    except PinError as error:
        return None, str(error)
