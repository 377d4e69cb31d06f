"""A weekly review on the demo: one stale gate, one moved pin, one changed signal; and the start on the walk."""

import asyncio
import datetime as dt
from functools import partial
from pathlib import Path

from pawtui.demo import demo_downstream
from pawtui.demo.demo_workspace import demo_workspace, seed
from pawtui.review.note_actions import add_note
from pawtui.tui.app import PawtuiApp
from tests.tui.support import paste, shown, until

NOW = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC)
RECOMMENDATION = "Wait for 2.3"


async def test_a_review_takes_at_most_12_key_presses(tmp_path: Path) -> None:
    workspace = demo_workspace(tmp_path, clock=lambda: NOW, latency=0.0)
    await asyncio.to_thread(seed, workspace)
    app = PawtuiApp(workspace)
    downstream = workspace.host.world.repositories[demo_downstream.REPO]
    newest = next(downstream.history(downstream.branches["maint/v1"].tip, demo_downstream.EXPORT)).sha
    pressed: list[str] = []
    async with app.run_test(size=(120, 36)) as pilot:

        async def press(key: str, *expected: str) -> list[str]:
            """Press a key, wait for the expected texts, and return the lines of the screen."""
            pressed.append(key)
            await pilot.press(key)
            await until(pilot, lambda: all(text in shown(app) for text in expected))
            return shown(app).split("\n")

        await press("r", "1 signal changed, 1 gate has stale evidence")
        lines = await press("w", "Walk  1 of 12", "sessions-survive")
        assert "R Renew" in lines[-1]
        assert "Agree" not in lines[-1], "agreeing with stale evidence would be refused"
        await press("R", "Renew pins of sessions-survive", f"→ L2-L4 at {newest[:10]}")
        await press("y", "Walk  2 of 12, 1 decided", "code-debt-value")
        await press("R", "Renew pins of code-debt-value", "  → packages/core/src/session/runner/settlement.ts at ")
        lines = await press("y", "Walk  3 of 12, 2 decided", "state went from unmet to partial")
        assert "a Agree" in lines[-1]
        await press("a", "Walk  4 of 12, 3 decided")
        await press("c", "Your recommendation")
        await paste(pilot, RECOMMENDATION)
        await press("ctrl+s", "Walk  4 of 12, 3 decided")
        await until(pilot, lambda: workspace.store.load().reviews)
        await press("e", "Missing for GO")
        await press("y")
        assert app.is_running
    record = workspace.store.load()
    assert record.last is not None
    assert record.reviews[record.last.id].recommendation == RECOMMENDATION
    assert app.clipboard.startswith("## Scope refresh on 2026-11-24")
    assert RECOMMENDATION in app.clipboard
    assert len(pressed) <= 12


async def test_the_command_of_the_walk_starts_on_it(tmp_path: Path) -> None:
    workspace = demo_workspace(tmp_path, clock=lambda: NOW, latency=0.0)
    await asyncio.to_thread(seed, workspace)
    # Stores a previous version, which is restored.
    workspace.record_change(partial(add_note, subject="review", text="Seen."))
    workspace.store.path.write_bytes(b"{")
    (tmp_path / "screens.toml").write_text('theme = "none"')
    app = PawtuiApp(workspace, on_walk=True)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: "Walk  1 of 12" in shown(app))
        await until(pilot, lambda: "there is no theme 'none'" in shown(app))
        app.check_record()
        await until(pilot, lambda: "was damaged" in shown(app))
        # The first two remove the messages.
        await pilot.press("escape", "escape", "escape")
        await until(pilot, lambda: "1 Signals" in shown(app))
