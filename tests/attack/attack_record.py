"""The file of the record: flipped bits, wrong types, truncated and mixed content, odd numbers, deep nesting, bad JSON.

A damaged file is renamed unchanged, the previous version is restored and reported, and the command continues. Without
a previous version, a message names the renamed files. No reading or writing command ends in a bug.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from pawtui.commands.exit_status import ExitStatus
from pawtui.review.record_types import Record
from pawtui.store.store import Store
from pawtui.store.store_errors import RecordLost, RecordNewer
from tests.attack import hostile
from tests.attack.attack_terminal import made_up_record
from tests.attack.cases import each_case
from tests.attack.isolated import command, isolated
from tests.attack.places import places
from tests.attack.tracker_text import demo_tracker_text

TITLE = "a damaged or hostile record"
CASES = 40

_NOW = dt.datetime(2026, 11, 20, 14, 2, tzinfo=dt.UTC)
_ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    2**31,
    2**63,
    2**64,
    -(2**70),
    1e308,
    -0.0,
    "",
    "x",
    [],
    {},
    [[]],
    {"": {}},
    "9999-12-31T23:59:59.999999-12:00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00Z",
    "2026-11-20T14:02:00",
    "9999-12-31",
    "0001-01-01",
    "z" * 19,
    "0" * 19,
    "\ud800",
    "\x00\x1b]52;c;eA==\x07\u202e",
)
_READING = (
    ["status"],
    ["status", "--json"],
    ["check"],
    ["check", "--max-age", "9999w"],
    ["history"],
    ["history", "--json"],
    ["diff"],
    ["diff", "--json"],
    ["log"],
    ["log", "--json"],
    ["notes"],
    ["notes", "--json"],
    ["walk"],
    ["walk", "--json"],
    ["export"],
    ["export", "--json"],
)


def run(seed: int, cases: int) -> None:
    """Run cases."""
    each_case("record", seed, cases, _attack)


def _attack(chance: Random) -> None:
    with isolated() as folder:
        whole, earlier = _record_and_backup()
        path = folder / "home" / "demo" / "pawtui.json"
        path.parent.mkdir(parents=True)
        (folder / "work" / "pawtui.toml").write_text(demo_tracker_text(), encoding="utf-8")
        damaged = chance.choice(_DAMAGES)(chance, whole if chance.random() < 0.9 else _older())
        path.write_bytes(damaged)
        backup = chance.random()
        before: bytes | None = None
        if backup < 0.9:
            before = earlier if backup < 0.8 else chance.choice(_DAMAGES)(chance, earlier)
            path.with_name("pawtui.json.bak").write_bytes(before)
        _check_store(path, damaged, before if backup < 0.8 else None)
        _check_commands(chance)


def _check_store(path: Path, damaged: bytes, earlier: bytes | None) -> None:
    store = Store(path.parent, clock=lambda: _NOW)
    try:
        record = store.load()
    except RecordLost as lost:
        _check_message(str(lost))
        _check_not_deleted(path, damaged)
        if earlier is not None:
            raise
        return
    except RecordNewer as newer:
        _check_message(str(newer))
        _check_not_deleted(path, damaged)
        return
    notices = store.notices()
    if notices:
        assert len(notices) == 1, notices
        _check_message(notices[0])
        _check_not_deleted(path, damaged)
        if earlier is not None:
            assert record == _as_read(earlier)
    else:
        assert path.read_bytes() == damaged, "a readable file is not changed"
    assert Store(path.parent).load() == record


def _check_message(message: str) -> None:
    assert "\n" not in message, message


def _check_not_deleted(path: Path, damaged: bytes) -> None:
    files = [file.read_bytes() for file in path.parent.iterdir()]
    assert damaged in files, "no file is deleted"


def _check_commands(chance: Random) -> None:
    subject = "review"
    for words in chance.sample(_READING, 3):
        _check(words)
    for words in (
        ["note", subject, "seen"],
        ["undo"],
        ["gate", "user-value", "blocked", "--reason", "no"],
        chance.choice(_READING),
    ):
        _check(words)
    _check(["note", subject, "after all"], done=True)


def _check(words: list[str], *, done: bool = False) -> None:
    ran = command(*words)
    assert ran.status != ExitStatus.BUG, (words, ran)
    assert not hostile.raw_controls(ran.out + ran.err), (words, ran)
    if done and ran.status != 0:
        # A record of a newer version is not changed. Any other record can be written now.
        assert "newer pawtui" in ran.err, (words, ran)


def _as_read(data: bytes) -> Record:
    with isolated() as folder:
        (folder / "pawtui.json").write_bytes(data)
        return Store(folder).load()


@lru_cache(maxsize=1)
def _record_and_backup() -> tuple[bytes, bytes]:
    """Return the bytes of a record and of its previous version."""
    whole = made_up_record()
    before = json.loads(json.dumps(whole))
    del before["log"][str(len(before["log"]))]
    before["reviews"] = {}
    return json.dumps(whole).encode(), json.dumps(before).encode()


@lru_cache(maxsize=1)
def _older() -> bytes:
    """Return a record of an older schema."""
    (path,) = (Path(__file__).parents[1] / "store" / "data").glob("*.json")
    return path.read_bytes()


def _flipped(chance: Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 8))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(chance: Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data))]


def _mixed(chance: Random, data: bytes) -> bytes:
    start, end = sorted(chance.randrange(len(data)) for _ in range(2))
    bad_text = chance.choice((b"\xff", b"\xed\xa0\x80", b"\\ud800", chance.randbytes(7)))
    middle = chance.choice((b"", bytes(end - start), data[end:], bad_text))
    return data[:start] + middle + data[end:]


def retyped(chance: Random, data: bytes) -> bytes:
    """Change one to three values to another type or out of range."""
    root = json.loads(data)
    for _ in range(chance.choice((1, 1, 3))):
        holder, key = chance.choice(places(root))
        holder[key] = chance.choice(_ODD)
    return json.dumps(root).encode(errors="surrogatepass")


def _rekeyed(chance: Random, data: bytes) -> bytes:
    """Remove, rename or duplicate keys."""
    root = json.loads(data)
    holder, key = chance.choice([place for place in places(root) if isinstance(place[0], dict)])
    kind = chance.randrange(3)
    if kind == 0:
        del holder[key]
    elif kind == 1:
        holder[chance.choice(("0", "-1", "01", "1e3", "9" * 30, "x", "", hostile.text(chance)))] = holder.pop(key)
    else:
        text = json.dumps(root)
        name = json.dumps(key)
        return text.replace(f"{name}: ", f"{name}: {json.dumps(chance.choice(_ODD))}, {name}: ", 1).encode()
    return json.dumps(root).encode()


def _swapped(chance: Random, data: bytes) -> bytes:
    """Swap two values of the record."""
    root = json.loads(data)
    (first, key), (second, name) = chance.sample(places(root), 2)
    first[key], second[name] = json.loads(json.dumps(second[name])), json.loads(json.dumps(first[key]))
    return json.dumps(root).encode()


def _strange_tables(chance: Random, data: bytes) -> bytes:
    root = json.loads(data)
    root[chance.choice(("moods", "", "__proto__", "_default", hostile.text(chance)))] = chance.choice(
        (*_ODD, {"1": 1}, {"x": {}}, {"1": {"id": 1}})
    )
    return json.dumps(root).encode(errors="surrogatepass")


def _nested(chance: Random, data: bytes) -> bytes:
    root = json.loads(data)
    depth = chance.choice((10, 200, 900, 990, 2_000, 100_000))
    opening, closing = chance.choice((("[", "]"), ('{"a":', "}"))), ""
    holder, key = chance.choice(places(root))
    holder[key] = "HERE"
    closing = opening[1] * depth
    middle = "1" if opening[0] != "[" else ""
    return json.dumps(root).replace('"HERE"', opening[0] * depth + middle + closing, 1).encode()


def _relogged(chance: Random, data: bytes) -> bytes:
    """Make the log inconsistent: another order, other users, undo of missing changes."""
    root = json.loads(data)
    log = list(root["log"].values())
    change = chance.choice(log)
    kind = chance.randrange(5)
    if kind == 0:
        chance.shuffle(log)
    elif kind == 1:
        change[chance.choice(("undoes", "redoes"))] = chance.choice((chance.choice(log)["id"], "x"))
    elif kind == 2:
        log.append(change)
    elif kind == 3:
        change["by"] = chance.choice(("", "x", hostile.text(chance)))
    else:
        table = chance.choice(("log", "refreshes", "gates"))
        change["edits"] = [{"table": table, "key": "x", "before": {}, "after": {}}]
    root["log"] = {str(number): change for number, change in enumerate(log, start=1)}
    return json.dumps(root).encode()


def _versioned(chance: Random, data: bytes) -> bytes:
    root = json.loads(data)
    root["meta"] = chance.choice(
        ({"1": {"schema": chance.choice((0, 1, 2, 3, 10**9, -1, "2", 2.0, True, None))}}, {}, {"1": {}, "2": {}}, [], 7)
    )
    return json.dumps(root).encode()


def _not_json(chance: Random, data: bytes) -> bytes:
    made = (b"", b"\x00" * 100, b"[]", b"{}", b"null", b'"x"', b"1", b"\xff\xfe", b"[" * 10**6)
    return chance.choice((*made, b"\xef\xbb\xbf" + data, data + data))


def _whole(_chance: Random, data: bytes) -> bytes:
    return data


_DAMAGES: tuple[Callable[[Random, bytes], bytes], ...] = (
    _flipped,
    _flipped,
    _flipped,
    _cut,
    _mixed,
    retyped,
    retyped,
    retyped,
    _rekeyed,
    _swapped,
    _strange_tables,
    _nested,
    _relogged,
    _versioned,
    _not_json,
    _whole,
)
