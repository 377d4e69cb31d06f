"""Write TOML that can contain any hostile text: strings are escaped, keys are quoted."""

import datetime as dt
from typing import Any


def toml_of(tables: dict[str, Any]) -> str:
    """Return a TOML document."""
    return "".join(f"{_string(key)} = {_value(value)}\n" for key, value in tables.items())


def _string(text: str) -> str:
    plain = (char if char.isascii() and char.isprintable() and char not in '"\\' else _escape(char) for char in text)
    return f'"{"".join(plain)}"'


def _escape(char: str) -> str:
    return f"\\U{ord(char):08X}" if not 0xD800 <= ord(char) < 0xE000 else "?"


def _value(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
        case dt.date():
            return value.isoformat()
        case str():
            return _string(value)
        case dict():
            return "{ " + ", ".join(f"{_string(key)} = {_value(inner)}" for key, inner in value.items()) + " }"
        case _:
            return "[" + ", ".join(_value(item) for item in value) + "]"
