"""A hostile tracker file: it is valid, or each of its mistakes is reported in one message, without delay."""

import json
import tomllib
from collections.abc import Callable
from random import Random
from typing import Any

from pawtui.commands.exit_status import ExitStatus
from tests.attack import hostile
from tests.attack.cases import each_case
from tests.attack.isolated import command, isolated
from tests.attack.toml import toml_of
from tests.attack.tracker_text import demo_tracker_text
from tests.support.places import places

TITLE = "a hostile tracker file"
CASES = 70

_WRONG_VALUES: tuple[Any, ...] = (
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


def _attack(rng: Random) -> None:
    with isolated() as folder:
        data = rng.choice(_MISTAKES)(rng)
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


def _retyped(rng: Random) -> bytes:
    tables = _tables()
    for _ in range(rng.choice((1, 1, 4))):
        container, key = rng.choice(places(tables))
        container[key] = rng.choice(_WRONG_VALUES)
    return toml_of(tables).encode()


def _reworded(rng: Random) -> bytes:
    tables = _tables()
    for _ in range(rng.choice((1, 3, 20))):
        container, key = rng.choice(places(tables))
        if isinstance(container[key], str):
            container[key] = hostile.text(rng)
    return toml_of(tables).encode()


def _rekeyed(rng: Random) -> bytes:
    tables = _tables()
    container, key = rng.choice([place for place in places(tables) if isinstance(place[0], dict)])
    value = container.pop(key)
    if rng.random() < 0.7:
        container[rng.choice((hostile.text(rng), "x", "", "id", "kind", "__class__"))] = value
    return toml_of(tables).encode()


def _flipped(rng: Random) -> bytes:
    data = bytearray(demo_tracker_text().encode())
    for _ in range(rng.choice((1, 1, 5))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


def _cut(rng: Random) -> bytes:
    data = demo_tracker_text().encode()
    return data[: rng.randrange(len(data))]


def _mixed(rng: Random) -> bytes:
    data = demo_tracker_text().encode()
    at = rng.randrange(len(data))
    return data[:at] + rng.choice((b"\xff", b"\x00", b"\r", b'"""', b"[[", b"= ", rng.randbytes(5))) + data[at:]


def _deep_or_long(rng: Random) -> bytes:
    """Return input that would exceed the stack of a parser without limits, or take it minutes."""
    depth = rng.choice((33, 3_000, 50_000))
    key, number = rng.choice(("about", "x", "policy.recheck_days")), rng.choice(("9", "0xf", "-1_0", "1."))
    value = rng.choice(
        (
            "[" * depth + "]" * rng.choice((0, depth)),
            "{a = " * depth + "1" + "}" * depth,
            number + number[-1] * 2 * depth,
            f'"{"[" * depth}"',
        )
    )
    dotted = ".".join(["a"] * depth)
    line = rng.choice((f"{key} = {value}", f"{dotted} = 1", f"[{dotted}]"))
    return f"{line}\n{demo_tracker_text()}".encode()


def _strange(rng: Random) -> bytes:
    return rng.choice(
        (
            b"",
            b"\xef\xbb\xbf" + demo_tracker_text().encode(),
            demo_tracker_text().replace("\n", "\r\n").encode(),
            b"#" * 2_000_000,
            b"a = 1\na = 2\n",
            b"[a]\n[a]\n",
            rng.randbytes(200),
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
