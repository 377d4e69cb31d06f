"""The error messages of requests: their grammar, and remedies that fit the operation."""

import datetime as dt

import httpx
import pytest

from pawtui.sources.github import error_messages
from pawtui.sources.github.error_messages import RequestTarget
from pawtui.sources.github.middleware.transport import BodyCutOff
from pawtui.sources.github.pauses import Pause

HOST = "api.github.com"
UNTIL = dt.datetime(2026, 11, 20, 7, 55, tzinfo=dt.UTC)
COMMENTS, COMMENT = "the comments on #7 of down/fork", "a comment on #7 of down/fork"
READING_WORDS = ("Refresh", "read", "from the tracker", "Follow another")


def read(what: str, *, has_token: bool = True) -> RequestTarget:
    """Return a target of a read."""
    return RequestTarget(what=what, host=HOST, has_token=has_token)


WRITE = RequestTarget(what=COMMENT, host=HOST, has_token=True, writes=True)


def test_a_message_agrees_in_number_with_its_subject() -> None:
    many = str(error_messages.status_error(404, "", read(COMMENTS)))
    assert many.startswith("The comments on #7 of down/fork were not found on api.github.com: they do not exist, or ")
    single = str(error_messages.status_error(404, "", read("issue #7 of down/fork", has_token=False)))
    assert "was not found on api.github.com: it does not exist, or it is private and no token is set." in single
    assert "were deleted. Remove their issue from the tracker." in str(
        error_messages.status_error(410, "", read(COMMENTS))
    )


def test_a_used_up_limit_names_the_unread_fact() -> None:
    limited = error_messages.wait_error(Pause("primary", 60, UNTIL), 60, read("ref v3 of up/stream", has_token=False))
    assert str(limited) == (
        "The rate limit of 60 requests an hour of api.github.com is used up until 07:55 UTC, so ref v3 of up/stream "
        "could not be read. Refresh again then, or set GH_TOKEN for a higher limit."
    )


@pytest.mark.parametrize("status", [401, 403, 404, 409, 410, 422, 451, 500, 503])
def test_a_refused_write_has_no_remedy_for_reads(status: int) -> None:
    message = str(error_messages.status_error(status, "", WRITE))
    assert COMMENT in message
    assert not any(word in message for word in READING_WORDS)


def test_after_a_write_with_unknown_result_the_user_checks_the_web() -> None:
    for error in (error_messages.status_error(502, "", WRITE), error_messages.deadline_error(120, WRITE)):
        assert str(error).endswith("which may have been written or not. Check on GitHub before you try again.")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (httpx.ConnectError("no"), "No connection to api.github.com."),
        (httpx.ProxyError("no"), "No connection to api.github.com."),
        (httpx.ConnectTimeout("no"), "api.github.com could not be reached in time."),
        (httpx.PoolTimeout("no"), "api.github.com could not be reached in time."),
        (httpx.InvalidURL("no"), f"The address for {COMMENT} on api.github.com is not valid."),
        (httpx.UnsupportedProtocol("no"), f"The address for {COMMENT} on api.github.com is not valid."),
        (httpx.ReadError("no"), "api.github.com returned an incomplete response"),
        (httpx.ReadTimeout("no"), "api.github.com returned an incomplete response"),
        (BodyCutOff(), "api.github.com returned an incomplete response"),
    ],
    ids=repr,
)
def test_a_write_without_a_connection_was_not_sent(error: Exception, sentence: str) -> None:
    message = str(error_messages.request_error(error, WRITE, None))
    assert message.startswith(sentence)
    assert ("may have been written" in message) == ("incomplete" in sentence)


@pytest.mark.parametrize("reason", ["primary", "secondary"])
def test_a_write_beyond_a_limit_is_posted_again_later(reason: str) -> None:
    pause = Pause("primary" if reason == "primary" else "secondary", 60, UNTIL)
    message = str(error_messages.wait_error(pause, 5000, WRITE))
    assert message.endswith(f"until 07:55 UTC, so {COMMENT} could not be written. Post it again then.")


def test_the_end_of_a_long_wait_has_a_date() -> None:
    message = str(error_messages.wait_error(Pause("primary", 80_000, UNTIL), 5000, read("ref v3 of up/stream")))
    assert "is used up until 2026-11-20 07:55 UTC, so" in message
