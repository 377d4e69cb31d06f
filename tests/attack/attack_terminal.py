"""Every command, with a hostile tracker found in the current folder, a hostile record, file names and arguments.

The output must not contain control characters, whether stdout is a terminal or not, and no command may end in a bug.
"""

import datetime as dt
import json
import os
import re
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

from pawtui.commands import parser
from pawtui.commands.exit_status import ExitStatus
from pawtui.demo.demo_git_source import DemoHost, demo_world
from pawtui.demo.demo_source import DemoSource
from tests.attack import hostile
from tests.attack.cases import each_case
from tests.attack.isolated import Output, command, isolated
from tests.attack.toml import toml_of
from tests.attack.tracker_text import STEP, demo_tracker_text

TITLE = "every command with hostile tracker, record, names, arguments"
CASES = 5

# Keys of a tracker with free text, and keys whose text has a format.
_WORDS = {"title", "about", "why", "ask", "out", "in"}
# Keys of the record whose values have a format. With another value the record is damaged, which is another attack.
_STRICT = {"id", "key", "state", "at", "kind", "decision", "table", "undoes", "redoes", "until", "since", "combine"}
_STRICT |= {"measured", "weeks_from", "shape", "by"}
_STRICT_ENDS = ("_at", "_on", "_from")
# The start of a line that pawtui did not print.
_FORGED = "GO, forged:"
# Control sequences of pawtui itself: to replace a line of progress, and for bold words in pages of the reference.
_OWN = "\r\x1b[K"
_BOLD = re.compile(r"\x1b\[(?:0|1|1;4)m")


def run(seed: int, cases: int) -> None:
    """Run cases."""
    each_case("terminal", seed, cases, _attack)


def _attack(rng: Random) -> None:
    with isolated() as folder, made_up_source():
        here = folder / "work" / hostile.file_name(rng)
        here.mkdir(parents=True, exist_ok=True)
        with _current(here):
            write_tracker(rng, here)
            if rng.random() < 0.9:
                _write_record(rng, folder / "home")
            for words in _commands(rng, here):
                terminal = rng.random() < 0.5
                _check(words, command(*words, terminal=terminal), terminal)


def _check(words: list[str], done: Output, terminal: bool) -> None:
    assert done.status != ExitStatus.BUG, (words, done)
    assert done.status in [*map(int, ExitStatus)], (words, done)
    out = _BOLD.sub("", done.out) if terminal and "help" in words else done.out
    for output in (out, done.err.replace(_OWN, "")):
        assert hostile.raw_controls(output) == [], (words, done)
        # On a terminal, long text wraps: any of its words may start a line.
        if not terminal and "export" not in words and "post" not in words:
            assert not [line for line in output.splitlines() if line.startswith(_FORGED)], (words, done)
    if done.status == 0 and "--json" in words:
        json.loads(done.out)


@contextmanager
def _current(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextmanager
def made_up_source() -> Iterator[None]:
    """Use the made-up data of the demo for refreshes: its subjects, reports and authors are hostile."""
    now = dt.datetime.now(dt.UTC)
    host = DemoHost(_world(now.date()), clock=lambda: now)
    with mock.patch("pawtui.settings.Settings.open_source", side_effect=lambda *_: DemoSource(host)):
        yield


@lru_cache(maxsize=1)
def _world(day: dt.date) -> Any:
    return demo_world(day)


@lru_cache(maxsize=1)
def _tracker() -> dict[str, Any]:
    return tomllib.loads(demo_tracker_text())


@lru_cache(maxsize=1)
def made_up_record() -> dict[str, Any]:
    """Return a record that commands made, with every kind of document but a plan and the states of pins."""
    with isolated() as folder, made_up_source():
        (folder / "work" / "pawtui.toml").write_text(toml_of(_tracker()), encoding="utf-8")
        gates, signals = ([table["id"] for table in _tracker()[name]] for name in ("gates", "signals"))
        for words in (
            ["refresh", "--quiet"],
            ["gate", gates[0], "blocked", "--reason", "No"],
            ["gate", gates[1], "--pin", "example-upstream/loom#591", "--pin", "https://example.org/x"],
            ["gate", gates[1], "satisfied", "--reason", "Seen"],
            ["signal", signals[0], "met", "--reason", "Read it"],
            ["step", STEP, "done", "--reason", "Tried", "--pin", "example-upstream/loom#591"],
            ["note", signals[0], "Seen once.", "--pin", "example-upstream/loom#591"],
            ["note", gates[0], "Seen twice."],
            ["note", "review", "All of it."],
            ["undo"],
            ["redo"],
            ["refresh", "--quiet", "--force"],
            ["refresh", "--quiet", "--as-of", f"{dt.datetime.now(dt.UTC) - dt.timedelta(days=30):%Y-%m-%d}"],
            ["close", "Wait"],
        ):
            assert command(*words).status in (0, ExitStatus.INCOMPLETE), words
        (path,) = (folder / "home").rglob("pawtui.json")
        made: dict[str, Any] = json.loads(path.read_bytes())
        return made


def write_tracker(rng: Random, folder: Path) -> None:
    """Write a tracker with hostile text to the folder."""
    tables = json.loads(json.dumps(_tracker(), default=str))
    tables = _hostile_tracker(rng, tables, rng.choice((0.0, 0.0, 0.0, 0.0, 0.02)))
    (folder / "pawtui.toml").write_text(toml_of(tables), encoding="utf-8")


def _hostile_tracker(rng: Random, node: Any, wrong: float, key: str = "") -> Any:
    """Return a tracker with hostile text; with the probability `wrong`, also in keys and in values with a format."""
    if isinstance(node, dict):
        return {
            hostile.text(rng) if rng.random() < wrong / 4 else name: _hostile_tracker(rng, value, wrong, name)
            for name, value in node.items()
        }
    if isinstance(node, list):
        return [_hostile_tracker(rng, item, wrong, key) for item in node]
    if isinstance(node, str) and (rng.random() < (0.7 if key in _WORDS else wrong)):
        added = f"x{_hostile_text(rng)}"
        # A title must be one printable line. With the probability `wrong` it is not.
        strict = key == "title" and rng.random() >= wrong
        return "".join(char for char in added if char.isprintable())[:200] if strict else added
    return node


def _write_record(rng: Random, home: Path) -> None:
    path = home / _tracker()["id"] / "pawtui.json"
    path.parent.mkdir(parents=True)
    changed = json.dumps(hostile_record(rng, made_up_record(), rng.choice((0.05, 0.4))))
    # The same user everywhere: the log would be inconsistent otherwise.
    path.write_text(changed.replace('"mira"', json.dumps(hostile.text(rng))), encoding="utf-8")
    if rng.random() < 0.5:
        shutil.copy(path, path.with_name("pawtui.json.bak"))


def hostile_record(rng: Random, node: Any, share: float, key: str = "") -> Any:
    """Return a record in which that share of the free texts is hostile."""
    if isinstance(node, dict):
        return {name: hostile_record(rng, value, share, name) for name, value in node.items()}
    if isinstance(node, list):
        return [hostile_record(rng, item, share, key) for item in node]
    free = key not in _STRICT and not key.endswith(_STRICT_ENDS)
    if free and isinstance(node, str) and rng.random() < share:
        return _hostile_text(rng)
    return node


def _hostile_text(rng: Random) -> str:
    """Return a hostile string; sometimes with a second line that imitates output of pawtui."""
    return hostile.text(rng) + (f"\n{_FORGED} all signals met" if rng.random() < 0.3 else "")


def _commands(rng: Random, here: Path) -> Iterator[list[str]]:
    """Yield every command in several ways, in random order."""
    invocations = [invocation for name in parser.COMMAND_MODULES for invocation in _invocations(rng, name, here)]
    rng.shuffle(invocations)
    yield from invocations


def _invocations(rng: Random, name: str, here: Path) -> Iterator[list[str]]:
    def words() -> str:
        # An argument cannot contain a NUL.
        return hostile.text(rng).replace("\x00", "")

    gate = rng.choice([gate["id"] for gate in _tracker()["gates"]])
    signal = rng.choice([signal["id"] for signal in _tracker()["signals"]])
    if name == "":
        yield []
        yield [words()]
        yield [f"--{words()}"]
        yield ["--tracker", words(), "status"]
        yield ["--home", str(here / hostile.file_name(rng)), "status"]
        return
    if name == "demo":
        if rng.random() < 0.005:
            yield ["demo"]
        return
    yield [name, "--help"]
    yield [name, f"--{words()}"]
    yield [name, words(), words(), "--json"]
    own: dict[str, list[list[str]]] = {
        "signal": [
            [signal, "met", "--reason", words()],
            [signal, words(), "--reason", words()],
            [signal, "met", "--until", words()],
        ],
        "gate": [
            [gate, "blocked", "--reason", words()],
            [gate, "--pin", f"https://example.org/{words()}"],
            [gate, "--part", words()],
        ],
        "step": [[], ["--json"], [STEP, "dropped", "--reason", words()], [STEP, words()], [words(), "done"]],
        "note": [[gate, words()], [words(), words()], ["--edit", words(), words()], ["--remove", words()]],
        "close": [[words()]],
        "diff": [[], ["last", words()], ["--json"]],
        "check": [[], ["--json"], ["--max-age", words()]],
        "probe": [[signal], [signal, "--json"], [words()]],
        "export": [[], ["--json"], ["-o", hostile.file_name(rng)], ["-o", words()]],
        "init": [[hostile.file_name(rng)], [hostile.file_name(rng), "--force"]],
        "validate": [[], [words()]],
        "post": [[], ["--json"], ["--yes"], ["--plan", words()], ["--plan", "pawtui.toml"]],
        "completion": [["bash"], ["zsh"], [words()]],
        "refresh": [["--force"], ["--json", "--force"]],
    }
    for rest in own.get(name, [[], ["--json"]]):
        yield [name, *rest]
