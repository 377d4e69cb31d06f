"""The comments of a Python file."""

import io
import time
import tokenize

from pawtui.probes.unmeasurable import Unmeasurable


def blank_python_comments(text: str, timeout: float = 1.0) -> str:
    """Return a Python text with spaces instead of its comments.

    Raises `Unmeasurable` if the text does not follow the grammar, because later comments are not known, and
    `TimeoutError` after `timeout` seconds.
    """
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
