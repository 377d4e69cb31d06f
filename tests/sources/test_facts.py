"""Facts: a commit that is marked as breaking by a footer."""

import pytest

from pawtui.sources.dates import EARLIEST
from pawtui.sources.facts import safe_commit


@pytest.mark.parametrize(
    ("message", "breaking"),
    [
        ("feat: options\n\nBREAKING CHANGE: the option is gone", True),
        ("feat: options\r\n\r\nBREAKING-CHANGE: the option is gone", True),
        ("feat: options\n\nWhy.\n\nBREAKING CHANGE:\nthe option is gone", True),
        ("feat: options\n\nThis is no BREAKING CHANGE: the option stays", False),
        ("feat: options\n\nbreaking change: the option is gone", False),
        ("feat: options\n\nBREAKING CHANGES in v3", False),
        ("feat!: options", False),
    ],
)
def test_a_footer_marks_a_commit_as_breaking(message: str, breaking: bool) -> None:
    assert safe_commit("1" * 40, EARLIEST, "ann", message).breaking == breaking
