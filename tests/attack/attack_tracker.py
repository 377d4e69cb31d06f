"""A hostile tracker file: it is valid, or each of its mistakes is reported in one message, without delay."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from random import Random
from typing import Any

from pawtui.commands.exit_status import ExitStatus
from tests.attack import hostile
from tests.attack.cases import each_case
from tests.attack.isolated import command, isolated
from tests.attack.places import places
from tests.attack.toml import toml_of
from tests.attack.tracker_text import demo_tracker_text

TITLE = "a hostile tracker file"
CASES = 70

_ODD: tuple[Any, ...] = (
    True,
    0,
    -1,
    2**63,
    10**30,
    1e308,
    "",
    " ",
    "x",
    [],
    {},
    [[]],
    [{}],
    ["x", 1],
    "../../etc/passwd",
    "/etc/passwd",
    "owner/repo#0",
    "-x",
    "(",
    "(a+)+$",
    "a{1000}{1000}",
    "(?P<x>.)(?P<x>.)",
    "\\",
    "**/**/**/**",
    "{a,{b,{c,{d}}}}",
    "~" * 200,
    "refs/heads/..",
    "2026-01-01",
    "y" * 5_000,
)


def run(seed: int, cases: int) -> None:
    """Run cases."""
    each_case("tracker", seed, cases, _attack)


def _attack(chance: Random) -> None:
    with isolated() as folder:
        data = chance.choice(_MISTAKES)(chance)
        (folder / "work" / "pawtui.toml").write_bytes(data)
        for words in (["validate"], ["status"], ["check"], ["walk"], ["note", "review", "x"], ["export"]):
            done = command(*words)
            assert done.status != ExitStatus.BUG, (words, done, data[:500])
            assert hostile.raw_controls(done.out + done.err) == [], (words, done)
            if done.status == ExitStatus.WRONG_USAGE:
                assert done.err.strip(), words
                assert "Traceback" not in done.err


def _tables() -> dict[str, Any]:
    tables: dict[str, Any] = json.loads(json.dumps(tomllib.loads(demo_tracker_text()), default=str))
    return tables


def _retyped(chance: Random) -> bytes:
    tables = _tables()
    for _ in range(chance.choice((1, 1, 4))):
        holder, key = chance.choice(places(tables))
        holder[key] = chance.choice(_ODD)
    return toml_of(tables).encode()


def _reworded(chance: Random) -> bytes:
    tables = _tables()
    for _ in range(chance.choice((1, 3, 20))):
        holder, key = chance.choice(places(tables))
        if isinstance(holder[key], str):
            holder[key] = hostile.text(chance)
    return toml_of(tables).encode()


def _rekeyed(chance: Random) -> bytes:
    tables = _tables()
    holder, key = chance.choice([place for place in places(tables) if isinstance(place[0], dict)])
    value = holder.pop(key)
    if chance.random() < 0.7:
        holder[chance.choice((hostile.text(chance), "x", "", "id", "kind", "__class__"))] = value
    return toml_of(tables).encode()


def _flipped(chance: Random) -> bytes:
    data = bytearray(demo_tracker_text().encode())
    for _ in range(chance.choice((1, 1, 5))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def _cut(chance: Random) -> bytes:
    data = demo_tracker_text().encode()
    return data[: chance.randrange(len(data))]


def _mixed(chance: Random) -> bytes:
    data = demo_tracker_text().encode()
    at = chance.randrange(len(data))
    return data[:at] + chance.choice((b"\xff", b"\x00", b"\r", b'"""', b"[[", b"= ", chance.randbytes(5))) + data[at:]


def _deep_or_long(chance: Random) -> bytes:
    """Return input that would exceed the stack of a parser without limits, or take it minutes."""
    depth = chance.choice((33, 3_000, 50_000))
    key, number = chance.choice(("about", "x", "policy.recheck_days")), chance.choice(("9", "0xf", "-1_0", "1."))
    value = chance.choice(
        (
            "[" * depth + "]" * chance.choice((0, depth)),
            "{a = " * depth + "1" + "}" * depth,
            number + number[-1] * 2 * depth,
            f'"{"[" * depth}"',
        )
    )
    dotted = ".".join(["a"] * depth)
    line = chance.choice((f"{key} = {value}", f"{dotted} = 1", f"[{dotted}]"))
    return f"{line}\n{demo_tracker_text()}".encode()


def _strange(chance: Random) -> bytes:
    return chance.choice(
        (
            b"",
            b"\xef\xbb\xbf" + demo_tracker_text().encode(),
            demo_tracker_text().replace("\n", "\r\n").encode(),
            b"#" * 2_000_000,
            b"a = 1\na = 2\n",
            b"[a]\n[a]\n",
            chance.randbytes(200),
        )
    )


_MISTAKES: tuple[Callable[[Random], bytes], ...] = (
    _retyped,
    _retyped,
    _reworded,
    _rekeyed,
    _flipped,
    _cut,
    _mixed,
    _deep_or_long,
    _strange,
)
