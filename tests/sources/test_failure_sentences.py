"""What the sentences of failures say: in number with what was asked for, and with advice that fits what was tried."""

from __future__ import annotations

import datetime as dt

import pytest

from pawtui.sources.github import failures
from pawtui.sources.github.limits import Pause

HOST = "api.github.com"
UNTIL = dt.datetime(2026, 11, 20, 7, 55, tzinfo=dt.UTC)
COMMENTS, COMMENT = "the comments on #7 of down/fork", "a comment on #7 of down/fork"
READING_WORDS = ("Refresh", "read", "out of the tracker", "Look again", "Follow another")


def test_a_sentence_agrees_in_number_with_what_was_asked_for() -> None:
    many = str(failures.answered(404, "", COMMENTS, HOST, True))
    assert many.startswith("The comments on #7 of down/fork were not found on api.github.com: they do not exist, or ")
    one = str(failures.answered(404, "", "issue #7 of down/fork", HOST, False))
    assert "was not found on api.github.com: it does not exist, or it is private and no token is set." in one
    assert "were deleted. Take what they belong to out of the tracker." in str(
        failures.answered(410, "", COMMENTS, HOST, True)
    )


def test_a_used_up_limit_says_what_could_not_be_read() -> None:
    limited = failures.limited(Pause("primary", 60, UNTIL), "ref v3 of up/stream", HOST, False, 60)
    assert str(limited) == (
        "The rate limit of 60 requests an hour of api.github.com is used up until 07:55 UTC, so ref v3 of up/stream "
        "could not be read. Refresh again then, or set GH_TOKEN for a higher one."
    )


@pytest.mark.parametrize("status", [401, 403, 404, 409, 410, 422, 451, 500, 503])
def test_a_write_that_was_turned_down_has_advice_of_its_own(status: int) -> None:
    summary = str(failures.answered(status, "", COMMENT, HOST, True, to="write"))
    assert COMMENT in summary
    assert not any(word in summary for word in READING_WORDS)


def test_a_write_that_may_have_been_done_says_to_look_first() -> None:
    for error in (
        failures.answered(502, "", COMMENT, HOST, True, to="write"),
        failures.expired(COMMENT, HOST, 120, to="write"),
    ):
        assert str(error).endswith("which may have been written or not. Look on the web before trying again.")


@pytest.mark.parametrize("reason", ["primary", "secondary"])
def test_a_write_over_a_limit_is_posted_again_then(reason: str) -> None:
    pause = Pause("primary" if reason == "primary" else "secondary", 60, UNTIL)
    summary = str(failures.limited(pause, COMMENT, HOST, True, 5000, to="write"))
    assert summary.endswith(f"until 07:55 UTC, so {COMMENT} could not be written. Post it again then.")
