"""Compile the values of a mapping file to Python functions, one function for each value.

The budget in `tests/bench/bench_replay.py` requires this: with small functions that call each other, a replay takes 1.2
to 1.4 times as long (measured), which is above the budget. The names and texts of a mapping file only become literals
in the source of these functions, never code.

The condition `{ "state.status" = "completed" }` becomes this function of a part `s` and a context `c`. `M` is the
missing value (`MISSING`), `E` an empty dictionary.

    def get(s, c):
        v1 = s
        v2 = v1 if type(v1) is dict else E
        v3 = v2.get('state', M)
        v4 = v3 if type(v3) is dict else E
        return (v4.get('status', M) == 'completed')
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pawtui.replay.mapping.mapping_context import MISSING

# (input, context) -> value
Getter = Callable[[Any, Any], Any]


class Code:
    """The source code of one function of an input `s` (a part, message or event) and a context `c`.

    An expression is Python code. Its value is `M` if it does not exist. A table whose fields are used several times is
    read once, at the beginning of the function (`hoist`). `reads_events` is true if the input is a group of events, by
    type.
    """

    def __init__(self, *, reads_events: bool = False) -> None:
        self.reads_events = reads_events
        self._lines: list[str] = []
        self._indent = 1
        self._hoisted: dict[str, str] = {}
        self._names = 0
        self._values: dict[str, Any] = {"M": MISSING, "E": {}}

    def new_name(self) -> str:
        """Return an unused name for a variable."""
        self._names += 1
        return f"v{self._names}"

    def value(self, value: Any) -> str:
        """Return an expression for an existing object: the same expression for the same object."""
        name = f"k{id(value)}"
        self._values[name] = value
        return name

    def literal(self, value: str | float) -> str:
        """Return an expression for a text, number or boolean."""
        # Python has no literals for the floats `inf` and `nan`.
        return self.value(value) if type(value) is float else repr(value)

    def add(self, line: str) -> None:
        """Add a statement."""
        self._lines.append("    " * self._indent + line)

    @contextmanager
    def block(self, line: str) -> Iterator[None]:
        """Add a compound statement, such as `if x:`. The statements that are added in the context are its body."""
        self.add(line)
        self._indent += 1
        yield
        self._indent -= 1

    def hoist(self, expression: str) -> str:
        """Return a variable that the function sets to the value of an expression at its beginning."""
        if expression not in self._hoisted:
            self._hoisted[expression] = self.new_name()
        return self._hoisted[expression]

    def table(self, expression: str) -> str:
        """Return a variable with the value of an expression, or with an empty dictionary if it is not a dictionary."""
        value = self.hoist(expression)
        return self.hoist(f"{value} if type({value}) is dict else E")

    def path(self, base: str, steps: Sequence[str]) -> str:
        """Return the expression for the field at a path of a base that is a dictionary.

        The tables above the field are read at the beginning of the function, except the elements of a list.
        """
        in_list = False
        for index, step in enumerate(steps):
            if step.isdecimal():
                name, number = self.new_name(), int(step)
                base = f"({name}[{number}] if type({name} := {base}) is list and len({name}) > {number} else M)"
                in_list = True
            elif in_list:
                name = self.new_name()
                base = f"({name}.get({step!r}, M) if type({name} := {base}) is dict else M)"
            else:
                base = f"{self.table(base) if index else base}.get({step!r}, M)"
        return base

    def function(self, result: str) -> Getter:
        """Return the compiled function, which returns the expression `result`."""
        self.add(f"return {result}")
        getter: Getter = self.procedure("s, c")
        return getter

    def procedure(self, arguments: str) -> Any:
        """Return the compiled function with these arguments."""
        opening = [f"    {name} = {expression}" for expression, name in self._hoisted.items()]
        source = "\n".join([f"def get({arguments}):", *opening, *self._lines])
        values = dict(self._values)
        exec(source, values)  # noqa: S102 - texts of the file are literals in the source
        return values["get"]
