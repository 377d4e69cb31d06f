"""Expected errors: their kinds, and how the program prints them."""

import importlib
import pkgutil
from types import ModuleType

import pytest

import pawtui
from pawtui.errors import PawtuiError
from pawtui.refresh.pins import PinError
from pawtui.settings import Settings
from pawtui.store.store_errors import StoreError, WriteFailed
from pawtui.tracker.read_tracker import TrackerError
from tests.cli.conftest import Run


def _modules() -> list[ModuleType]:
    """Return all modules except those of the screens and `__main__`."""
    found = pkgutil.walk_packages(pawtui.__path__, "pawtui.")
    names = (module.name for module in found)
    return [
        importlib.import_module(name)
        for name in names
        if not name.startswith("pawtui.tui") and not name.endswith("__main__")
    ]


def test_every_expected_error_is_of_a_known_kind() -> None:
    kinds = {
        kind.__name__
        for module in _modules()
        for kind in vars(module).values()
        if isinstance(kind, type) and kind.__module__ == module.__name__ and kind.__bases__ == (PawtuiError,)
    }
    commands = {"WrongUsage", "TrackerError", "ActionError", "PinError", "SourceError", "StoreError"}
    assert kinds == commands | {"ReplayError"}


@pytest.mark.parametrize(
    "error", [PinError("No such pin."), TrackerError(["One mistake.", "Another."]), WriteFailed("No.")]
)
def test_an_expected_error_is_printed_without_a_traceback(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: PawtuiError
) -> None:
    def fail(_settings: Settings) -> None:
        raise error

    monkeypatch.setattr(Settings, "tracker", fail)
    refused = run("status")
    assert (refused.out, refused.err) == ("", f"pawtui: {error}\n")
    assert refused.status == (4 if isinstance(error, StoreError) else 2)
