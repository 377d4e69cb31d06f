"""The fingerprint of a tracker's rules: it shows whether readings were measured with the present tracker."""

import hashlib
from typing import Any

import msgspec

from pawtui.tracker.tracker_types import Tracker

# Keys that are not rules: texts that are only shown, and the path of a user's clone.
NOT_RULES = frozenset({"title", "about", "why", "clone"})


def rules_fingerprint(tracker: Tracker) -> str:
    """Return a value that changes if a rule of the tracker changes."""
    return short_hash(msgspec.json.encode(_rules(tracker), order="deterministic"))


def short_hash(data: bytes) -> str:
    """Return 16 hexadecimal digits of the data's SHA-256."""
    return hashlib.sha256(data).hexdigest()[:16]


def _rules(value: Any) -> Any:
    """Return a value of the tracker without the keys that are not rules."""
    if isinstance(value, msgspec.Struct):
        rules = [(key, _rules(item)) for key, item in msgspec.structs.asdict(value).items() if key not in NOT_RULES]
        return type(value).__name__, rules
    # Keys of a mapping are kept: a surface may be named "title".
    return [_rules(item) for item in value] if isinstance(value, tuple) else value
