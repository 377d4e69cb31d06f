"""The workspace of most tests of screens. Most paint no frames, and each style sheet is parsed once."""

import asyncio
import time
from collections.abc import Iterable
from pathlib import Path

import pytest
from textual.css.model import RuleSet
from textual.css.parse import parse
from textual.css.tokenize import tokenize_values
from textual.css.tokenizer import Token
from textual.css.types import CSSLocation
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tests.tui.support import TestWorkspace, make_workspace, record

_CHECK_SECONDS = 0.004
# The rules of each style sheet, and the tokens of the variables of each theme.
_RULES: dict[tuple[object, ...], list[RuleSet]] = {}
_TOKENS: dict[tuple[tuple[str, str], ...], dict[str, list[Token]]] = {}


@pytest.fixture
def workspace(tmp_path: Path) -> TestWorkspace:
    """A workspace with the sample record."""
    return make_workspace(tmp_path, record())


@pytest.fixture(autouse=True)
def _no_frames(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave frames empty: they take half of the CPU time. `shown` paints what it returns."""
    if "frames" not in request.keywords:
        monkeypatch.setattr(Widget, "render_lines", _no_lines)


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Check more often whether an app is idle: each key waits for two checks, and Textual's take 20 ms."""
    for name in ("textual.app.wait_for_idle", "textual.pilot.wait_for_idle"):
        monkeypatch.setattr(name, _wait_for_idle)


async def _wait_for_idle(_min_sleep: float = 0.0, max_sleep: float = 1.0) -> None:
    """Wait until this process uses no CPU time, for at most `max_sleep` seconds."""
    end = time.monotonic() + max_sleep
    while time.monotonic() < end:
        used = time.process_time()
        await asyncio.sleep(_CHECK_SECONDS)
        if time.process_time() - used < _CHECK_SECONDS / 10:
            break


def _no_lines(_widget: Widget, _crop: Region) -> list[Strip]:
    return []


@pytest.fixture(autouse=True)
def _parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parse each style sheet once in all tests: each app, and each new screen of an app, parses all again."""
    monkeypatch.setattr("textual.css.stylesheet.parse", _parse_once)
    monkeypatch.setattr("textual.css.stylesheet.tokenize_values", _tokenize_once)


def _tokenize_once(variables: dict[str, str]) -> dict[str, list[Token]]:
    key = tuple(variables.items())
    if key not in _TOKENS:
        _TOKENS[key] = tokenize_values(variables)
    return _TOKENS[key]


def _parse_once(
    scope: str,
    css: str,
    read_from: CSSLocation,
    *,
    variable_tokens: dict[str, list[Token]],
    is_default_rules: bool,
    tie_breaker: int,
) -> Iterable[RuleSet]:
    # `_TOKENS` keeps the tokens, so that no others get the same id.
    key = (scope, css, read_from, id(variable_tokens), is_default_rules, tie_breaker)
    if key not in _RULES:
        _RULES[key] = list(parse(scope, css, read_from, None, variable_tokens, is_default_rules, tie_breaker))
    return _RULES[key]
