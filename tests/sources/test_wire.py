"""Facts of GitHub's responses, with missing and unusual fields."""

import datetime as dt
from typing import Any

import msgspec
import pytest

from pawtui.sources.dates import EARLIEST
from pawtui.sources.facts import ChangedFile
from pawtui.sources.github.wire import WireComment, WireCommit, WireFile, WireIssue, repo_in, response_message

ADA = {"name": "Ada", "date": "2026-06-01T12:00:00Z"}
BOB = {"name": "Bob", "date": "2026-06-02T12:00:00Z"}
EVE = {"name": "Eve", "date": "not a date"}
NOBODY = {"name": None, "date": None}


@pytest.mark.parametrize(
    ("author", "committer", "name", "day"),
    [
        (ADA, BOB, "Ada", 2),
        (None, BOB, "Bob", 2),
        (ADA, None, "Ada", 1),
        (ADA, EVE, "Ada", 1),
        (ADA, NOBODY, "Ada", 1),
        (NOBODY, EVE, "", None),
        (None, None, "", None),
    ],
)
def test_a_commit_has_the_committers_date_and_the_authors_name(
    author: object, committer: object, name: str, day: int | None
) -> None:
    raw = {"sha": "1" * 40, "commit": {"message": "x", "author": author, "committer": committer}}
    found = msgspec.convert(raw, WireCommit).to_fact()
    assert (found.author, found.at) == (name, dt.datetime(2026, 6, day, 12, tzinfo=dt.UTC) if day else EARLIEST)


ISSUE: dict[str, Any] = {
    "number": 7,
    "title": "x",
    "state": "closed",
    "html_url": "https://github.com/new/place/issues/7",
    "created_at": "2026-06-01T12:00:00Z",
}


def test_an_issue_may_lack_fields() -> None:
    found = msgspec.convert(ISSUE, WireIssue).to_fact("https://github.com", "up/stream")
    assert (found.repo, found.url) == ("new/place", "https://github.com/new/place/issues/7")
    assert (found.reason, found.labels, found.closed_at, found.updated_at) == ("", (), None, None)
    assert (found.is_pull, found.merged, found.locked) == (False, False, False)


def test_an_issue_has_its_labels_and_its_reason() -> None:
    more = {
        "labels": ["old server", {"name": "bug"}, {"name": None}, ""],
        "state_reason": "not_planned",
        "updated_at": "2026-06-02T12:00:00Z",
        "pull_request": {"merged_at": None},
        "locked": True,
    }
    found = msgspec.convert(ISSUE | more, WireIssue).to_fact("https://github.com", "up/stream")
    assert (found.labels, found.reason) == (("old server", "bug"), "not_planned")
    assert found.updated_at == dt.datetime(2026, 6, 2, 12, tzinfo=dt.UTC)
    assert (found.is_pull, found.merged, found.locked) == (True, False, True)
    # An issue that was opened again keeps a reason.
    again = msgspec.convert(ISSUE | more | {"state": "open", "state_reason": "reopened"}, WireIssue)
    assert again.to_fact("https://github.com", "up/stream").reason == ""


@pytest.mark.parametrize(("name", "number"), [("8", 8), ("\N{SUPERSCRIPT TWO}", 7), ("9" * 5_000, 7), ("", 7)])
def test_the_issue_of_a_comment_comes_from_its_address_if_that_has_a_number(name: str, number: int) -> None:
    at, url = "2026-06-01T12:00:00Z", f"https://github.com/up/stream/issues/{name}#issuecomment-1"
    raw = {"id": 1, "created_at": at, "updated_at": at, "html_url": url}
    found = msgspec.convert(raw, WireComment).to_fact("https://github.com", "up/stream", 7)
    assert found.url == f"https://github.com/up/stream/issues/{number}#issuecomment-1"


def test_a_renamed_file_has_both_paths() -> None:
    raw = {"filename": "a\n", "previous_filename": "b\t", "status": "renamed", "additions": 3, "deletions": 2}
    renamed = ChangedFile(path="a␊", before="b␉", status="renamed", additions=3, deletions=2)
    assert msgspec.convert(raw, WireFile).to_fact() == renamed
    assert msgspec.convert({"filename": "a"}, WireFile).to_fact().before == ""


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"message": "Not\\u001b Found."}', "Not␛ Found"),
        (b"{}", ""),
        (b'{"message": 7}', ""),
        (b"<html>", ""),
        (b"\xff", ""),
        (b"[" * 100_000, ""),
    ],
    ids=repr,
)
def test_the_message_of_an_error_is_safe_to_show(body: bytes, message: str) -> None:
    assert response_message(body) == message


@pytest.mark.parametrize(
    ("url", "repo"),
    [
        ("https://github.com/up/stream/issues/7", "up/stream"),
        ("https://github.com/up/stream", "up/stream"),
        ("https://github.com/up", ""),
        ("https://github.com/up/..", ""),
        ("https://[", ""),
        ("", ""),
    ],
)
def test_the_repository_comes_from_the_web_address(url: str, repo: str) -> None:
    assert repo_in(url) == repo
