"""Compile values of a mapping file to Python functions, one function a value.

A million parts go through each mapping: a tree of small functions would cost several times what one function does that
was written for the value at hand. Names and texts of a file only ever become literals in the source of such a function.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

Getter = Callable[[Any, Any], Any]


class Missing:
    """The type of `MISSING`."""

    def __repr__(self) -> str:
        """Name it in messages of tests."""
        return "MISSING"

    def __bool__(self) -> bool:
        """Count as false in conditions."""
        return False


MISSING: Final = Missing()


class Code:
    """The source of one function of a subject `s` and a context `c`, while it is written.

    Expressions are texts of Python that yield a value or `M` (`MISSING`). `indent` is how deep statements are. Tables
    that several fields are taken from are looked up once, at the beginning (`opening`).
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.indent = 1
        self._opening: dict[str, str] = {}
        self._names = 0
        self._values: dict[str, Any] = {"M": MISSING, "E": {}}

    def name(self) -> str:
        """Return a variable's name that is not taken."""
        self._names += 1
        return f"v{self._names}"

    def value(self, value: Any) -> str:
        """Return an expression for a value that is made elsewhere, for the same value the same one."""
        known = next((name for name, other in self._values.items() if other is value), "")
        name = known or f"k{len(self._values)}"
        self._values[name] = value
        return name

    def literal(self, value: Any) -> str:
        """Return an expression for a scalar; other values are copied by nobody and must not be changed."""
        return repr(value) if value is None or type(value) in (str, int, float, bool) else self.value(value)

    def add(self, line: str) -> None:
        """Add a statement."""
        self.lines.append("    " * self.indent + line)

    def open(self, expression: str) -> str:
        """Return a variable that holds an expression's value from the beginning of the function on."""
        if expression not in self._opening:
            self._opening[expression] = self.name()
        return self._opening[expression]

    def table(self, expression: str) -> str:
        """Return a variable that holds the dictionary that an expression yields, or else an empty one."""
        value = self.open(expression)
        return self.open(f"{value} if type({value}) is dict else E")

    def path(self, base: str, steps: tuple[str, ...], *, fixed: bool = True) -> str:
        """Return the expression for a field by its path.

        `fixed` says that the base stays the same within the function, so that tables in it can be looked up early.
        """
        for place, step in enumerate(steps):
            last = place == len(steps) - 1
            if step.isdigit():
                name = self.name()
                base = f"({name}[{step}] if type({name} := {base}) is list and len({name}) > {step} else M)"
                fixed = False
            elif fixed:
                base = f"{self.table(base) if place else base}.get({step!r}, M)"
                if not last and steps[place + 1].isdigit():
                    fixed = False
            else:
                name = self.name()
                base = f"({name}.get({step!r}, M) if type({name} := {base}) is dict else M)"
        return base

    def function(self, result: str) -> Getter:
        """Return the finished function, which returns the expression `result`."""
        self.lines.append(f"    return {result}")
        getter: Getter = self.procedure("s, c")
        return getter

    def procedure(self, arguments: str) -> Any:
        """Return the finished function of these arguments."""
        opening = [f"    {name} = {expression}" for expression, name in self._opening.items()]
        source = "\n".join([f"def get({arguments}):", *opening, *self.lines])
        values = dict(self._values)
        exec(compile(source, "<mapping>", "exec"), values)  # noqa: S102 - the source is made of literals alone
        values["get"].__doc__ = source
        return values["get"]
