"""Every screen with a hostile record and tracker: no raw text is shown, no text runs an action, and no crash."""

import asyncio
import json
import os
from pathlib import Path
from random import Random

from pawtui.settings import Settings
from pawtui.store.store import Store
from pawtui.store.store_errors import StoreError
from pawtui.tracker.read_tracker import TrackerError
from pawtui.tui.app import PawtuiApp
from tests.attack import hostile
from tests.attack.attack_record import retyped
from tests.attack.attack_terminal import hostile_record, made_up_record, made_up_source, write_tracker
from tests.attack.cases import each_case
from tests.attack.isolated import isolated
from tests.tui.support import shown

TITLE = "every screen with a hostile record and tracker"
CASES = 5

_SIZES = ((120, 40), (80, 24), (200, 60), (40, 10))
_KEY_SEQUENCES = (
    ["1", "j", "enter", "G", "0"],
    ["2", "j", "enter", "space", "space"],
    ["3", "enter", "E", "escape", "escape"],
    ["4", "enter", "j", "d", "escape"],
    ["v", "escape", "escape"],
    ["2", "b", "escape", "escape"],
    ["2", "G", "s", "escape", "escape"],
    ["n", "x", "escape", "escape"],
    ["p", "x", "escape", "escape"],
    ["w", "right", "a", "right", "a", "left", "escape"],
    ["L", "j", "G", "escape"],
    ["S", "G", "escape"],
    ["c", "escape", "escape"],
    ["e", "escape"],
    ["e", "P", "escape", "escape"],
    ["question_mark", "escape"],
    ["slash", "x", "escape"],
    ["ctrl+p", "g", "escape"],
    ["ctrl+z", "ctrl+r"],
    ["r"],
)


def run(seed: int, cases: int) -> None:
    """Run cases."""
    each_case("screens", seed, cases, _attack)


def _attack(rng: Random) -> None:
    with isolated() as folder, made_up_source():
        app = None
        while app is None:
            write_tracker(rng, folder / "work")
            _write_record(rng, folder / "home" / "demo")
            try:
                workspace = Settings(env=os.environ, folder=folder / "work").workspace()
                app = PawtuiApp(workspace, opener=lambda _url: None)
            except (TrackerError, StoreError):
                app = None
        asyncio.run(_press_keys(rng, app))


async def _press_keys(rng: Random, app: PawtuiApp) -> None:
    async with app.run_test(size=rng.choice(_SIZES), notifications=True) as pilot:
        for keys in rng.sample(_KEY_SEQUENCES, 3):
            for key in keys:
                await pilot.press(key)
                painted = shown(app)
                assert hostile.raw_controls(painted) == [], (keys, key, painted)
        await pilot.pause()
        assert app.is_running
    assert app.return_code in (None, 0), "a bug ended the app"


def _write_record(rng: Random, folder: Path) -> None:
    """Write a readable record with hostile text and odd values."""
    folder.mkdir(parents=True, exist_ok=True)
    while True:
        data = json.dumps(hostile_record(rng, made_up_record(), rng.choice((0.02, 0.3)))).encode()
        data = data.replace(b'"mira"', json.dumps(hostile.text(rng)).encode())
        for _ in range(rng.choice((0, 2, 8))):
            data = retyped(rng, data)
        for path in folder.iterdir():
            path.unlink()
        (folder / "pawtui.json").write_bytes(data)
        store = Store(folder)
        try:
            store.load()
        except StoreError:
            continue
        if not store.pop_notices():
            return
