"""The error messages of requests: their grammar, and remedies that fit the operation."""

import datetime as dt
import ssl

import httpx
import pytest

from pawtui.sources.github import github_errors
from pawtui.sources.github.github_errors import RequestTarget
from pawtui.sources.github.pauses import Pause
from pawtui.sources.source_errors import (
    BadResponse,
    Deleted,
    NotFound,
    Offline,
    RateLimited,
    Refused,
    SourceError,
    TooLarge,
    Unauthorized,
)

HOST = "api.github.com"
UNTIL = dt.datetime(2026, 11, 20, 7, 55, tzinfo=dt.UTC)
COMMENT = "a comment on #7 of down/fork"
READING_WORDS = ("Refresh", "read", "names in the tracker")


def read(what: str, *, has_token: bool = True) -> RequestTarget:
    """Return a target of a read."""
    return RequestTarget(what=what, host=HOST, has_token=has_token)


WRITE = RequestTarget(what=COMMENT, host=HOST, has_token=True, writes=True)


def test_a_used_up_limit_names_the_unread_fact() -> None:
    limited = github_errors.rate_limit_error(Pause("primary", UNTIL, 60), read("ref v3 of up/stream", has_token=False))
    assert str(limited) == (
        "The rate limit of 60 requests an hour of api.github.com is used up until 2026-11-20 07:55 UTC, so ref v3 "
        "of up/stream could not be read. Refresh again then, or set GH_TOKEN for a higher limit."
    )


REF = "ref v3 of up/stream"
LOGIN = "Set GH_TOKEN, or run `gh auth login`."
PERMISSIONS = "Check the token's permissions, or set another GH_TOKEN."
STATUSES: list[tuple[int, bool, type[SourceError], str]] = [
    (401, False, Unauthorized, f"{HOST} denied access to {REF} (Why), and no token is set. {LOGIN}"),
    (401, True, Unauthorized, f"{HOST} did not accept the token, so {REF} could not be read. Renew it "),
    (403, False, Unauthorized, f"{HOST} denied access to {REF} (Why), and no token is set. {LOGIN}"),
    (403, True, Unauthorized, f"{HOST} denied access: the token has no permission to read {REF} (Why). {PERMISSIONS}"),
    (404, False, NotFound, f"Cannot find {REF} on {HOST}: missing, or private (no token is set). Check the name."),
    (404, True, NotFound, f"Cannot find {REF} on {HOST}: missing, or not accessible with this token. Check the name."),
    (409, True, Refused, f"Cannot read {REF}: the repository is empty (Why). Refresh again when "),
    (410, True, Deleted, f"Cannot read {REF}: deleted on {HOST} (Why). Remove it from the tracker."),
    (422, True, Refused, f"{HOST} refused {REF}: status 422 (Why). Check the names in the tracker."),
    (500, True, BadResponse, f"{HOST} reported a server error (500), so {REF} could not be read. Try again in "),
]


@pytest.mark.parametrize(("status", "has_token", "kind", "sentence"), STATUSES)
def test_a_status_has_its_reason_and_remedy(
    status: int, has_token: bool, kind: type[SourceError], sentence: str
) -> None:
    error = github_errors.status_error(status, "Why", read(REF, has_token=has_token))
    assert type(error) is kind
    assert str(error).startswith(sentence)


def caused_by(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


FAILURES: list[tuple[Exception, type[SourceError], str]] = [
    (
        caused_by(httpx.ConnectError("no"), ssl.SSLCertVerificationError()),
        Offline,
        f"The certificate of {HOST} is not trusted, so {REF} could not be read. Check the clock, ",
    ),
    (httpx.ConnectError("no"), Offline, f"No connection to {HOST}. "),
    (httpx.ProxyError("no"), Offline, f"No connection to {HOST}. "),
    (httpx.ConnectTimeout("no"), Offline, f"No connection to {HOST}. "),
    (httpx.ReadTimeout("no"), Offline, f"{HOST} returned no complete response, so {REF} could not be read. "),
    (httpx.DecodingError("no"), BadResponse, f"{HOST} returned no complete response, so {REF} could not be read. "),
    (httpx.RemoteProtocolError("no"), BadResponse, f"{HOST} returned no complete response, so {REF} could "),
    (httpx.ReadError("no"), Offline, f"{HOST} returned no complete response, so {REF} could not be read. "),
    (httpx.UnsupportedProtocol("no"), Refused, f"The address for {REF} on {HOST} is not valid. Check GITHUB_API_URL "),
    (httpx.InvalidURL("no"), Refused, f"The address for {REF} on {HOST} is not valid. Check GITHUB_API_URL "),
]


@pytest.mark.parametrize(("error", "kind", "sentence"), FAILURES, ids=[repr(error) for error, _, _ in FAILURES])
def test_a_failed_request_has_its_reason_and_remedy(error: Exception, kind: type[SourceError], sentence: str) -> None:
    found = github_errors.request_error(error, read(REF))
    assert type(found) is kind
    assert str(found).startswith(sentence)


MIDDLEWARE: list[tuple[SourceError, type[SourceError], str]] = [
    (
        github_errors.rate_limit_error(Pause("primary", UNTIL), read(REF)),
        RateLimited,
        f"The rate limit of {HOST} is used up until 2026-11-20 07:55 UTC, so {REF} could not be read. ",
    ),
    (
        github_errors.too_large_error(1_500_000, read(REF)),
        TooLarge,
        f"The response of {HOST} to {REF} is larger than 1.5 MB and is not read. ",
    ),
    (
        github_errors.too_large_error(64_000_000, WRITE),
        Offline,
        f"{HOST} returned an incomplete response about {COMMENT}, which may have been written or not. ",
    ),
    (
        github_errors.redirect_error("evil.example", read(REF)),
        Refused,
        f"{HOST} redirects {REF} to another server (evil.example), which is not allowed. ",
    ),
    (
        github_errors.redirect_error("", read(REF)),
        Refused,
        f"{HOST} redirects {REF} to another server (not named), which is not allowed. ",
    ),
]


@pytest.mark.parametrize(("error", "kind", "sentence"), MIDDLEWARE, ids=[str(error) for error, _, _ in MIDDLEWARE])
def test_an_error_of_middleware_is_passed_on(error: SourceError, kind: type[SourceError], sentence: str) -> None:
    assert github_errors.request_error(error, read(REF)) is error
    assert type(error) is kind
    assert str(error).startswith(sentence)


def test_a_read_after_the_deadline_is_refreshed_again() -> None:
    message = str(github_errors.deadline_error(120, read(REF)))
    assert message == f"The time limit of 120 s ended before {HOST} returned {REF}. Refresh again."


@pytest.mark.parametrize("status", [401, 403, 404, 409, 410, 422, 500, 503])
def test_a_refused_write_has_no_remedy_for_reads(status: int) -> None:
    message = str(github_errors.status_error(status, "", WRITE))
    assert COMMENT in message
    assert not any(word in message for word in READING_WORDS)


def test_after_a_write_with_unknown_result_the_user_checks_the_web() -> None:
    for error in (github_errors.status_error(502, "", WRITE), github_errors.deadline_error(120, WRITE)):
        assert str(error).endswith("which may have been written or not. Check on GitHub before you try again.")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (httpx.ConnectError("no"), "No connection to api.github.com."),
        (httpx.ProxyError("no"), "No connection to api.github.com."),
        (httpx.ConnectTimeout("no"), "No connection to api.github.com."),
        (httpx.InvalidURL("no"), f"The address for {COMMENT} on api.github.com is not valid."),
        (httpx.UnsupportedProtocol("no"), f"The address for {COMMENT} on api.github.com is not valid."),
        (httpx.ReadError("no"), "api.github.com returned an incomplete response"),
        (httpx.ReadTimeout("no"), "api.github.com returned an incomplete response"),
    ],
    ids=repr,
)
def test_a_write_without_a_connection_was_not_sent(error: Exception, sentence: str) -> None:
    message = str(github_errors.request_error(error, WRITE))
    assert message.startswith(sentence)
    assert ("may have been written" in message) == ("incomplete" in sentence)


@pytest.mark.parametrize("reason", ["primary", "secondary"])
def test_a_write_beyond_a_limit_is_posted_again_later(reason: str) -> None:
    pause = Pause("primary" if reason == "primary" else "secondary", UNTIL)
    message = str(github_errors.rate_limit_error(pause, WRITE))
    assert message.endswith(f"until 2026-11-20 07:55 UTC, so {COMMENT} could not be written. Post it again then.")
