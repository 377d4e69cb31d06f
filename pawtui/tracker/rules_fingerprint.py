"""The fingerprint of a tracker's rules: it shows whether readings were measured with the present tracker."""

import hashlib

import msgspec

from pawtui.tracker.tracker_types import Tracker


def rules_fingerprint(tracker: Tracker) -> str:
    """Return a value that changes if a rule of the tracker changes."""
    rules = msgspec.to_builtins(tracker)
    for side in ("upstream", "downstream"):
        # The place of a user's clone is not a rule.
        del rules[side]["clone"]
    return short_hash(msgspec.json.encode(rules, order="deterministic"))


def short_hash(data: bytes) -> str:
    """Return 16 hexadecimal digits of the data's SHA-256."""
    return hashlib.sha256(data).hexdigest()[:16]
