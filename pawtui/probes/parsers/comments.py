"""The comments of scripts (JavaScript, TypeScript), of Python, and of some languages with simple tokens.

These are C, C++, Go, Java, protobuf, Rust and TOML. Languages with code inside texts (`"${f("x")}"`) are not read,
because there a text does not end at its next quote.
"""

import io
import time
import tokenize
from collections.abc import Mapping

import regex

from pawtui.probes.parsers.script import SCRIPTS, Script, blank
from pawtui.probes.unmeasurable import Unmeasurable

_ONE_LINE_TEXT = r'"(?:\\.|[^"\\\n])*+"'
# One character or one escape: in Rust, `'a` is the name of a lifetime.
_CHARACTER = r"'(?:\\.[^'\n]*+|[^'\\\n])'"
# In TOML, one or two quotes may come before the end.
_MULTI_LINE_TEXT = r'"""(?:\\.|[^\\])*?"{3,5}'
_COMMENT = r"(?P<comment>//[^\n]*+|/\*.*?(?:\*/|\Z))"


def _tokens(*tokens: str) -> regex.Pattern[str]:
    return regex.compile("|".join(tokens), regex.DOTALL)


# In C, a backslash at the end continues a line.
_C = _tokens(
    r'\b(?:u8|[uUL])?R"(?P<tag>[^()\\\s]{0,16})\(.*?\)(?P=tag)"',
    _ONE_LINE_TEXT,
    _CHARACTER,
    r"(?P<comment>//(?:\\\n|[^\n])*+|/\*.*?(?:\*/|\Z))",
)
_LANGUAGES: Mapping[str, regex.Pattern[str]] = {
    **dict.fromkeys((".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp"), _C),
    ".go": _tokens("`[^`]*`", _ONE_LINE_TEXT, _CHARACTER, _COMMENT),
    ".java": _tokens(_MULTI_LINE_TEXT, _ONE_LINE_TEXT, _CHARACTER, _COMMENT),
    ".proto": _tokens(_ONE_LINE_TEXT, r"'(?:\\.|[^'\\\n])*+'", _COMMENT),
    # In Rust, a comment `/*` may contain others.
    ".rs": _tokens(
        r'\b[bc]?r(?P<tag>#*)".*?"(?P=tag)',
        r'"(?:\\.|[^"\\])*+"',
        _CHARACTER,
        r"(?P<comment>//[^\n]*+|(?P<block>/\*(?:[^/*]++|/(?!\*)|\*(?!/)|(?&block))*+(?:\*/|\Z)))",
    ),
    ".toml": _tokens(_MULTI_LINE_TEXT, r"'''.*?'{3,5}", _ONE_LINE_TEXT, r"'[^'\n]*+'", r"(?P<comment>#[^\n]*+)"),
}
_PYTHON = (".py", ".pyi")
# The endings of files whose comments are known.
WITH_COMMENTS = (*SCRIPTS, *_PYTHON, *_LANGUAGES)


def blank_comments(text: str, path: str, timeout: float = 1.0) -> str:
    """Return the text of a file with one of the endings `WITH_COMMENTS`, with spaces instead of its comments.

    Raises `Unmeasurable` if a script or a Python text does not follow the grammar, because later comments are not
    known, and `TimeoutError` after `timeout` seconds.
    """
    name = path.lower()
    if name.endswith(SCRIPTS):
        return Script(text, path, timeout).without_comments
    if name.endswith(_PYTHON):
        return _blank_python_comments(text, timeout)
    tokens = next(known for suffix, known in _LANGUAGES.items() if name.endswith(suffix))
    return blank(text, [found.span() for found in tokens.finditer(text, timeout=timeout) if found["comment"]])


def _blank_python_comments(text: str, timeout: float) -> str:
    """Return a Python text with spaces instead of its comments. Raises like `blank_comments`."""
    end = time.monotonic() + timeout
    lines = text.split("\n")
    number = 1
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if time.monotonic() > end:
                raise TimeoutError
            number, column = token.start
            if token.type == tokenize.COMMENT:
                line = lines[number - 1]
                lines[number - 1] = line[:column] + " " * len(token.string) + line[column + len(token.string) :]
    except (SyntaxError, tokenize.TokenError):
        raise Unmeasurable(f"the Python syntax after line {number} is wrong or not known") from None
    return "\n".join(lines)
