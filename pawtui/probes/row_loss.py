"""Whether a source file throws rows of some tables away, for the kinds of probe that ask it."""

from __future__ import annotations

import msgspec
import regex

from pawtui.probes.pattern import compile_pattern, in_time
from pawtui.probes.readers.discards import COMPUTED, Discard, discards
from pawtui.probes.repo_view import Unmeasurable


class LostRows(msgspec.Struct, frozen=True, kw_only=True):
    """The first statement of a file that throws rows away: its line (from 1), and what it does in words.

    `part` is set where every such statement of the file throws away rows of some kind only.
    """

    line: int
    words: str
    part: bool


async def lost_rows(text: str, path: str, tables: str) -> LostRows | None:
    """What a file throws away of the tables whose names match; None where it throws nothing away.

    Raises `Unmeasurable` where a table's name is computed, so that which it is cannot be told, and `PatternError`.
    """
    # Compiled under the limits of every pattern first; the reader compiles the same one.
    compile_pattern(tables, whole=True)

    def work(_end: float) -> list[Discard]:
        try:
            return discards(text, path, tables)
        except regex.error as error:
            raise Unmeasurable(f"{path} could not be read as SQL: {error}") from None

    found = await in_time(work, f"reading the statements of {path}")
    whole = [one for one in found if not one.part]
    known = [one for one in whole or found if one.table != COMPUTED]
    if not known and found:
        raise Unmeasurable(f"{path}:{found[0].line} names its table only when it runs: read it yourself")
    if not known:
        return None
    first = known[0]
    some = "some rows" if first.part else "the rows"
    return LostRows(line=first.line, words=f"{first.how} throws away {some} of {first.table}", part=not whole)
