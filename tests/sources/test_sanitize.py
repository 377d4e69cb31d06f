"""Text from outside cannot control a terminal, and safe text is unchanged."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pawtui.sources.sanitize import MAX_LINE, MAX_PATH, safe_line, safe_path, safe_text

# Unsafe characters, by Unicode's categories instead of the pattern under test.
_BIDI = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
_HIDDEN = set("\u200b\u2060\ufeff\u00ad")
any_text = st.text(st.characters())


def is_unsafe(character: str) -> bool:
    """Return whether a character can mislead a terminal or a reader."""
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or character in _BIDI | _HIDDEN


@given(any_text)
def test_a_line_is_one_safe_line(text: str) -> None:
    line = safe_line(text)
    assert len(line) <= MAX_LINE
    assert not any(is_unsafe(character) for character in line)
    assert safe_line(line) == line


@given(any_text)
def test_text_keeps_only_newlines_and_tabs(text: str) -> None:
    safe = safe_text(text)
    assert not any(is_unsafe(character) for character in safe.replace("\n", "").replace("\t", ""))
    assert safe_text(safe) == safe


@given(any_text)
def test_a_path_is_one_safe_line(text: str) -> None:
    path = safe_path(text)
    assert len(path) <= MAX_PATH
    assert not any(is_unsafe(character) for character in path)


@given(st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S", "Zs")), max_size=MAX_LINE))
def test_safe_text_is_unchanged(text: str) -> None:
    assert safe_text(text) == text
    assert safe_path(text) == text
    assert safe_line(text) == " ".join(text.split())


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b]52;c;cm0gLXJm\x07", "␛]52;c;cm0gLXJm␇"),
        ("a\x9b31mb", "a⟨U+009B⟩31mb"),
        ("admin\u202egnp.exe", "admin⟨U+202E⟩gnp.exe"),
        ("tag\U000e0041", "tag⟨U+E0041⟩"),
        ("fix [/foo] [@click=app.quit]x[/]", "fix [/foo] [@click=app.quit]x[/]"),
        ("a\r\nb\tc", "a b c"),
    ],
)
def test_unsafe_characters_are_made_visible(hostile: str, shown: str) -> None:
    assert safe_line(hostile) == shown


def test_a_cut_is_marked() -> None:
    assert safe_line("x" * 10_000) == "x" * (MAX_LINE - 1) + "…"
    assert safe_path("x" * 10_000) == "x" * (MAX_PATH - 1) + "…"


def test_a_newline_in_a_path_is_visible() -> None:
    assert safe_path("a\nb\tc  d") == "a␊b␉c  d"
