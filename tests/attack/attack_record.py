"""The file of the record: flipped bits, wrong types, truncated and mixed content, odd numbers, deep nesting, bad JSON.

A damaged file is renamed unchanged, the previous version is restored and reported, and the command continues. Without
a previous version, a message names the renamed files. No reading or writing command ends in a bug.
"""

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
from tests.attack.tracker_text import demo_tracker_text
from tests.support.places import places

TITLE = "a damaged or hostile record"
CASES = 40

_NOW = dt.datetime(2026, 11, 20, 14, 2, tzinfo=dt.UTC)
_WRONG_VALUES: tuple[Any, ...] = (
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


def _attack(rng: Random) -> None:
    with isolated() as folder:
        intact, intact_backup = _record_and_backup()
        path = folder / "home" / "demo" / "pawtui.json"
        path.parent.mkdir(parents=True)
        (folder / "work" / "pawtui.toml").write_text(demo_tracker_text(), encoding="utf-8")
        damaged = rng.choice(_DAMAGES)(rng, intact if rng.random() < 0.9 else _older())
        path.write_bytes(damaged)
        # An intact backup (80 %), a damaged one (10 %), or none.
        chance = rng.random()
        if chance < 0.9:
            backup = intact_backup if chance < 0.8 else rng.choice(_DAMAGES)(rng, intact_backup)
            path.with_name("pawtui.json.bak").write_bytes(backup)
        _check_store(path, damaged, intact_backup if chance < 0.8 else None)
        _check_commands(rng)


def _check_store(path: Path, damaged: bytes, intact_backup: bytes | None) -> None:
    store = Store(path.parent, clock=lambda: _NOW)
    try:
        record = store.load()
    except RecordLost as lost:
        _check_message(str(lost))
        _check_not_deleted(path, damaged)
        if intact_backup is not None:
            raise
        return
    except RecordNewer as newer:
        _check_message(str(newer))
        _check_not_deleted(path, damaged)
        return
    notices = store.pop_notices()
    if notices:
        assert len(notices) == 1, notices
        _check_message(notices[0])
        _check_not_deleted(path, damaged)
        if intact_backup is not None:
            assert record == _as_read(intact_backup)
    else:
        assert path.read_bytes() == damaged, "a readable file is not changed"
    assert Store(path.parent).load() == record


def _check_message(message: str) -> None:
    assert "\n" not in message, message


def _check_not_deleted(path: Path, damaged: bytes) -> None:
    files = [file.read_bytes() for file in path.parent.iterdir()]
    assert damaged in files, "no file is deleted"


def _check_commands(rng: Random) -> None:
    for words in rng.sample(_READING, 3):
        _check(words)
    for words in (
        ["note", "review", "seen"],
        ["undo"],
        ["gate", "user-value", "blocked", "--reason", "no"],
        rng.choice(_READING),
    ):
        _check(words)
    _check(["note", "review", "after all"], done=True)


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


def _flipped(rng: Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 8))):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _cut(rng: Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data))]


def _mixed(rng: Random, data: bytes) -> bytes:
    start, end = sorted(rng.randrange(len(data)) for _ in range(2))
    bad_text = rng.choice((b"\xff", b"\xed\xa0\x80", b"\\ud800", rng.randbytes(7)))
    middle = rng.choice((b"", bytes(end - start), data[end:], bad_text))
    return data[:start] + middle + data[end:]


def retyped(rng: Random, data: bytes) -> bytes:
    """Change one to three values to another type or out of range."""
    root = json.loads(data)
    for _ in range(rng.choice((1, 1, 3))):
        container, key = rng.choice(places(root))
        container[key] = rng.choice(_WRONG_VALUES)
    return json.dumps(root).encode(errors="surrogatepass")


def _rekeyed(rng: Random, data: bytes) -> bytes:
    """Remove, rename or duplicate keys."""
    root = json.loads(data)
    container, key = rng.choice([place for place in places(root) if isinstance(place[0], dict)])
    kind = rng.randrange(3)
    if kind == 0:
        del container[key]
    elif kind == 1:
        container[rng.choice(("0", "-1", "01", "1e3", "9" * 30, "x", "", hostile.text(rng)))] = container.pop(key)
    else:
        text = json.dumps(root)
        name = json.dumps(key)
        return text.replace(f"{name}: ", f"{name}: {json.dumps(rng.choice(_WRONG_VALUES))}, {name}: ", 1).encode()
    return json.dumps(root).encode()


def _swapped(rng: Random, data: bytes) -> bytes:
    """Swap two values of the record."""
    root = json.loads(data)
    (first, key), (second, name) = rng.sample(places(root), 2)
    first[key], second[name] = json.loads(json.dumps(second[name])), json.loads(json.dumps(first[key]))
    return json.dumps(root).encode()


def _strange_tables(rng: Random, data: bytes) -> bytes:
    root = json.loads(data)
    root[rng.choice(("moods", "", "__proto__", "_default", hostile.text(rng)))] = rng.choice(
        (*_WRONG_VALUES, {"1": 1}, {"x": {}}, {"1": {"id": 1}})
    )
    return json.dumps(root).encode(errors="surrogatepass")


def _nested(rng: Random, data: bytes) -> bytes:
    root = json.loads(data)
    depth = rng.choice((10, 200, 900, 990, 2_000, 100_000))
    opening, closing = rng.choice((("[", "]"), ('{"a":', "}")))
    container, key = rng.choice(places(root))
    container[key] = "HERE"
    middle = "1" if opening != "[" else ""
    return json.dumps(root).replace('"HERE"', opening * depth + middle + closing * depth, 1).encode()


def _relogged(rng: Random, data: bytes) -> bytes:
    """Make the log inconsistent: another order, other users, undo of missing changes."""
    root = json.loads(data)
    log = list(root["log"].values())
    change = rng.choice(log)
    kind = rng.randrange(5)
    if kind == 0:
        rng.shuffle(log)
    elif kind == 1:
        change[rng.choice(("undoes", "redoes"))] = rng.choice((rng.choice(log)["id"], "x"))
    elif kind == 2:
        log.append(change)
    elif kind == 3:
        change["by"] = rng.choice(("", "x", hostile.text(rng)))
    else:
        table = rng.choice(("log", "refreshes", "gates"))
        change["edits"] = [{"table": table, "key": "x", "before": {}, "after": {}}]
    root["log"] = {str(number): change for number, change in enumerate(log, start=1)}
    return json.dumps(root).encode()


def _versioned(rng: Random, data: bytes) -> bytes:
    root = json.loads(data)
    root["meta"] = rng.choice(
        ({"1": {"schema": rng.choice((0, 1, 2, 3, 10**9, -1, "2", 2.0, True, None))}}, {}, {"1": {}, "2": {}}, [], 7)
    )
    return json.dumps(root).encode()


def _not_json(rng: Random, data: bytes) -> bytes:
    made = (b"", b"\x00" * 100, b"[]", b"{}", b"null", b'"x"', b"1", b"\xff\xfe", b"[" * 10**6)
    return rng.choice((*made, b"\xef\xbb\xbf" + data, data + data))


def _whole(_rng: Random, data: bytes) -> bytes:
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
