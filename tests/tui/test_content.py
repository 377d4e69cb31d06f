"""Content for widgets: its width, and the one module that makes it from strings."""

import ast
import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import pawtui.tui
from pawtui.probes.state import STATES
from pawtui.report.walk_keys import GATE_STATE_KEYS
from pawtui.report.words import GLYPHS
from pawtui.review.record_types import GATE_STATES
from pawtui.tui.content import ROLE_STYLE, fit, line, wrapped
from pawtui.tui.keymap import known_bindings

FOLDER = Path(pawtui.tui.__file__).parent


@given(st.text(), st.integers(0, 60))
def test_fit_returns_exactly_the_given_width(text: str, width: int) -> None:
    assert fit(line(text), width).cell_length == width


@given(st.text(max_size=300), st.integers(8, 60))
def test_wrapped_lines_are_never_too_wide(text: str, width: int) -> None:
    assert all(row.cell_length <= width for row in wrapped(line(text), width))


def test_every_state_has_a_style() -> None:
    assert {*STATES, *GATE_STATES, *GLYPHS} <= set(ROLE_STYLE)


def test_every_state_of_a_gate_has_its_key() -> None:
    found = {state: known_bindings()[f"gate.{state}"].keys for state in GATE_STATES}
    assert found == {state: (key,) for state, key in GATE_STATE_KEYS.items()}


def test_only_one_module_makes_content_from_strings() -> None:
    """Only `content.py` calls `Content(...)` with a value that is not a literal, or makes rich text or markup."""
    found = []
    for file in FOLDER.rglob("*.py"):
        if file.name == "content.py":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            literal = bool(node.args) and isinstance(node.args[0], ast.Constant)
            if name in ("from_markup", "from_rich_text", "from_text") or (name in ("Content", "Text") and not literal):
                found.append(f"{file.name}:{node.lineno} {name}")
    # The crash report is printed as rich text without markup, after the screens are closed.
    assert [place for place in found if not re.fullmatch(r"base_app\.py:\d+ Text", place)] == []
