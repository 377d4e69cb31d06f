"""Find whether a source file deletes rows of some tables, for the kinds of probe that need it."""

import msgspec
import regex

from pawtui.probes.pattern import compile_pattern, run_in_time
from pawtui.probes.readers.discards import COMPUTED, Discard, discards
from pawtui.probes.repo_view import Unmeasurable


class LostRows(msgspec.Struct, frozen=True, kw_only=True):
    """The first statement of a file that deletes rows: its line (from 1) and a `description`.

    `only_some`: every such statement of the file deletes only some rows of its table.
    """

    line: int
    description: str
    only_some: bool


async def lost_rows(text: str, path: str, tables: str) -> LostRows | None:
    """Return the first statement that deletes rows of a table whose name matches `tables`; None if there is none.

    Raises `Unmeasurable` if the name of the table is computed, and `PatternError`.
    """
    # This checks the pattern against the limits; `discards` compiles it again.
    compile_pattern(tables, whole=True)

    def work(_end: float) -> list[Discard]:
        try:
            return discards(text, path, tables)
        except regex.error as error:
            raise Unmeasurable(f"{path} could not be read as SQL: {error}") from None

    found = await run_in_time(work, f"reading the statements of {path}")
    whole = [loss for loss in found if not loss.only_some]
    known = [loss for loss in whole or found if loss.table != COMPUTED]
    if not known and found:
        raise Unmeasurable(f"{path}:{found[0].line} computes the name of its table: read this line")
    if not known:
        return None
    first = known[0]
    some = "some rows" if first.only_some else "the rows"
    return LostRows(line=first.line, description=f"deletes {some} of {first.table} ({first.how})", only_some=not whole)
