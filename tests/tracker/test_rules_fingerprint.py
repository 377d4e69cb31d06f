"""Which changes of a tracker make its readings outdated."""

import pytest

from pawtui.tracker.read_tracker import packaged_tracker
from pawtui.tracker.rules_fingerprint import rules_fingerprint

TRACKER = """
id = "follow"
title = "We follow"
about = "A tracker"
issue = "us/fork#1"

[upstream]
repo = "them/core"
refs = ["v2"]

[downstream]
repo = "us/fork"
refs = ["main"]
clone = "here"

[surfaces]
title = ["src/title"]

[[signals]]
id = "calm"
title = "It is calm"
about = "Few commits"

[[signals.probes]]
kind = "churn"
surfaces = ["title"]
met = 8
why = "Churn is work"

[[gates]]
id = "value"
title = "It has value"
"""


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ('"We follow"', '"We track"', False),
        ('"A tracker"', '"Our tracker"', False),
        ('"It is calm"', '"It is quiet"', False),
        ('"Few commits"', '"Few of them"', False),
        ('"Churn is work"', '"Work"', False),
        ('"It has value"', '"It is worth it"', False),
        ('clone = "here"', 'clone = "there"', False),
        ("met = 8", "met = 9", True),
        ('"churn"', '"subjects"\npattern = "x"', True),
        ('["src/title"]', '["src/other"]', True),
        ('refs = ["v2"]', 'refs = ["v3"]', True),
        ('id = "value"', 'id = "worth"', True),
        ('issue = "us/fork#1"', 'issue = "us/fork#2"', True),
    ],
)
def test_only_a_changed_rule_changes_the_fingerprint(old: str, new: str, changes: bool) -> None:
    assert old in TRACKER
    before, after = (rules_fingerprint(packaged_tracker(text)) for text in (TRACKER, TRACKER.replace(old, new)))
    assert (before != after) is changes


def test_a_new_key_that_is_only_shown_does_not_change_the_fingerprint() -> None:
    """Only for a new key that changes a measurement, or for another default, replace this value."""
    assert rules_fingerprint(packaged_tracker(TRACKER)) == "92bb8e2d45cb0ec0"
