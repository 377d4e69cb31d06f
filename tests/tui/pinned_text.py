"""A file of the upstream whose pinned lines changed between two commits: trees, texts and records."""

import datetime as dt

from msgspec.structs import replace

from pawtui.refresh.refresh_types import Drift
from pawtui.review.actions import ActionContext, Actor
from pawtui.review.gate_actions import add_pin
from pawtui.review.record_types import Record
from pawtui.sources.facts import Tree, TreeEntry
from tests.tui.support import NOW, UP, applied, record, sha, tracker

PIN, PLACE = f"{UP}@{sha('a')}:src/value.ts#L3-L4", f"{UP}@{sha('b')}:src/value.ts#L4-L5"
OLD = b"// one\n// two\nfunction value() {\n  return 1\n}\n" + b"".join(b"// %d\n" % n for n in range(6, 90))
NEW = b"// zero\n" + OLD.replace(b"return 1", b"return 2")
TEXTS = {sha("8"): OLD, sha("9"): NEW}


def local_tree(repo: str, commit: str) -> Tree | None:
    blob = {sha("a"): sha("8"), sha("b"): sha("9")}.get(commit)
    return Tree(sha=commit, entries={"src/value.ts": TreeEntry(blob, "blob", 1_000)}) if blob else None


def local_blob(repo: str, name: str) -> bytes | None:
    return TEXTS.get(name)


def with_pin(pin: str) -> Record:
    """Return a record whose gate `value` has only that pin."""
    made, actor = record(), Actor(by="ana", at=NOW - dt.timedelta(hours=2.5))
    made = replace(made, gates={name: entry for name, entry in made.gates.items() if name != "value"})
    made = replace(made, log=made.log[:-1])
    return applied(made, add_pin(ActionContext(tracker(), made, actor), "value", pin))


def with_changed_pin(place: str = PLACE) -> Record:
    """Return a record whose gate `value` has a pin to changed lines, which are now at that place."""
    made = with_pin(PIN)
    drift = Drift(pin=PIN, state="changed", summary="lines changed", url="https://host.example/x", place=place)
    last = replace(made.refreshes[-1], drift=(drift,))
    return replace(made, refreshes=(*made.refreshes[:-1], last))
