"""The comments of a Python file."""

import contextlib
import io
import time
import tokenize


def blank_python_comments(text: str, timeout: float = 1.0) -> str:
    """Return a Python text with spaces instead of its comments; if it is not Python, instead of those that are found.

    Raises `TimeoutError` after `timeout` seconds.
    """
    end = time.monotonic() + timeout
    lines = text.split("\n")
    with contextlib.suppress(SyntaxError, tokenize.TokenError):
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if time.monotonic() > end:
                raise TimeoutError
            if token.type == tokenize.COMMENT:
                number, column = token.start
                line = lines[number - 1]
                lines[number - 1] = line[:column] + " " * len(token.string) + line[column + len(token.string) :]
    return "\n".join(lines)
