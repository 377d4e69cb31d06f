"""Read a field at a dotted path."""

from typing import Any, Final

from msgspec import UNSET

# The value of a field that does not exist. It is false in conditions.
MISSING: Final = UNSET


def field_at(data: Any, path: str) -> Any:
    """Return the field at a dotted path such as `a.b.0`, where a number is an index in a list; or `MISSING`."""
    for name in path.split("."):
        if type(data) is dict:
            data = data.get(name, MISSING)
        elif type(data) is list and name.isdecimal() and int(name) < len(data):
            data = data[int(name)]
        else:
            return MISSING
    return data
