"""Dates out of range are clamped equally in both sources."""

import pytest

from pawtui.sources.dates import EARLIEST, LATEST, parse_date
from pawtui.sources.git.object_parsing import parse_commit


@pytest.mark.parametrize(
    ("seconds", "text", "expected"),
    [
        (253_402_214_400, "9999-12-31T00:00:00Z", LATEST),
        (999_999_999_999_999, "+33658-09-27T01:46:39Z", LATEST),
        (-1, "1969-12-31T23:59:59Z", EARLIEST),
    ],
)
def test_a_clone_and_github_give_the_same_date(seconds: int, text: str, expected: object) -> None:
    person = f"A <a@example.org> {seconds} +0000"
    data = f"tree {'0' * 40}\nauthor {person}\ncommitter {person}\n\nsubject\n".encode()
    assert parse_commit("1" * 40, data).at == expected
    assert parse_date(text) == expected
