"""Read a field at a dotted path."""

from typing import Any, Final

from msgspec import UNSET

# The value of a field that does not exist. It is false in conditions.
MISSING: Final = UNSET


def field_at(data: Any, path: str) -> Any:
    """Return the field at a dotted path of a table, or `MISSING`."""
    for name in path.split("."):
        if type(data) is not dict:
            return MISSING
        data = data.get(name, MISSING)
    return data
