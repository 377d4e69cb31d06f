"""Find all attacks."""

import importlib
import pkgutil
from typing import Protocol, cast

import tests.attack

_PREFIX = "attack_"


class Attack(Protocol):
    """The interface of a module `attack_NAME.py`."""

    TITLE: str
    CASES: int

    def run(self, seed: int, cases: int) -> None:
        """Run `cases` cases, the first with number `seed`. Raises if an attack succeeds."""


def attacks() -> dict[str, Attack]:
    """Return every attack by name, in alphabetical order."""
    names = sorted(
        found.name for found in pkgutil.iter_modules(tests.attack.__path__) if found.name.startswith(_PREFIX)
    )
    return {name.removeprefix(_PREFIX): cast(Attack, importlib.import_module(f"tests.attack.{name}")) for name in names}
