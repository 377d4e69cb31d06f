"""Control characters in printed text are made visible."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout

import pytest

from pawtui.terminal import SafeStream, safe_output, show_progress, write_markdown


class Terminal(io.StringIO):
    """A terminal that records its output."""

    def isatty(self) -> bool:
        return True


@contextmanager
def terminal() -> Iterator[Terminal]:
    """Redirect both streams to one terminal. Not a fixture, because pytest replaces the streams after fixtures."""
    screen = Terminal()
    with redirect_stdout(screen), redirect_stderr(screen):
        yield screen


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, Förk → 漢字 👩‍💻\n\tx\n", "plain, Förk → 漢字 👩‍💻\n\tx\n"),
        ("\x1b]52;c;ZXZpbA==\x07", "␛]52;c;ZXZpbA==␇"),
        ("over\rwritten\x08\x00\x7f", "over␍written␈␀␡"),
        ("\x9b31m \x85", "⟨U+009B⟩31m ⟨U+0085⟩"),
        ("\u202egnp.exe\u2066 \u200b\ufeff\u2028", "⟨U+202E⟩gnp.exe⟨U+2066⟩ ⟨U+200B⟩⟨U+FEFF⟩⟨U+2028⟩"),
        ("\udc9b", "⟨U+DC9B⟩"),
    ],
)
def test_control_characters_are_made_visible(text: str, shown: str) -> None:
    with terminal() as screen, safe_output():
        print(text, end="")
        print(text, end="", file=sys.stderr)
    assert screen.getvalue() == shown * 2


def test_both_streams_are_restored() -> None:
    with terminal(), safe_output():
        guarded_once = sys.stdout
        assert isinstance(guarded_once, SafeStream)
        assert guarded_once.isatty()
        with safe_output():
            assert sys.stdout is guarded_once, "wrapped twice"
    assert not isinstance(sys.stdout, SafeStream)


def test_text_is_written_in_order_and_not_normalized() -> None:
    with terminal() as screen, safe_output():
        assert sys.stdout.write("Cafe\u0301 \x1b") == 7
        sys.stderr.write("two")
        sys.stdout.flush()
    assert screen.getvalue() == "Cafe\u0301 ␛two", "normalized: JSON would change"


def test_progress_is_replaced_and_cleared() -> None:
    with terminal() as screen, safe_output():
        show_progress("[1/2] up/\x1b[2J")
        show_progress("")
    assert screen.getvalue() == "\r\x1b[K[1/2] up/␛[2J\r\x1b[K"


def test_markdown_keeps_its_zero_width_spaces() -> None:
    with terminal() as screen, safe_output():
        write_markdown("@\u200bmira \x1b \u202e\n")
    assert screen.getvalue() == "@\u200bmira ␛ ⟨U+202E⟩\n"


def test_the_encoding_is_that_of_the_wrapped_stream() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="replace")
    safe = SafeStream(stream)
    assert (safe.encoding, safe.errors, safe.writable(), safe.isatty()) == ("ascii", "replace", True, False)


def test_a_discarded_wrapper_does_not_use_its_closed_stream() -> None:
    stream = io.TextIOWrapper(io.BytesIO())
    wrapper = SafeStream(stream)
    stream.close()
    wrapper.close()
