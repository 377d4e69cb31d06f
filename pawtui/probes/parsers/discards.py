"""Find the deletions of the key `discards`: the rows of a table, or the values of a column, are lost.

`DELETE`, `TRUNCATE` and `DROP` remove all rows of a table; `RENAME` moves its rows; `INSERT ... SELECT` and
`CREATE ... AS` copy them. Rows are not lost if they are at the end in a table that matches; some are lost if a
condition such as `WHERE` limits the copy. A rebuilt table (`CREATE __new_x`, `INSERT ... SELECT`, `DROP x`, `RENAME`)
is not lost; a table that is renamed and then created empty is. The values of a column are lost if it is dropped, or set
to the same constant in all rows, unless the file added it. Statements are read in the order of the text. Conditions
around them are ignored.
"""

from collections import Counter
from collections.abc import Awaitable, Iterable, Sequence
from functools import partial

import regex

from pawtui.probes.parsers.builder_calls import deleting_calls
from pawtui.probes.parsers.deletion import COMPUTED, UNREAD, Deletion
from pawtui.probes.parsers.down_migrations import is_down_file
from pawtui.probes.parsers.sql import Statement, read_statements
from pawtui.probes.pattern import run_in_time
from pawtui.probes.unmeasurable import Unmeasurable

# Possessive: a long list of names that ends otherwise would take quadratic time.
_TABLE = r"(?:[\w-]++\.)*+[\w?-]++"
_NAME = rf"(?P<table>{_TABLE})"
_LIST = rf"(?P<tables>(?:only )?{_TABLE}(?: ?, ?(?:only )?{_TABLE})*+)"
_DELETE = regex.compile(rf"delete from (?:only )?{_NAME}(?: (?P<rest>.*))?$")  # noqa: S608 - a pattern
_EMPTY_OR_DROP = regex.compile(rf"(?:truncate(?: table)?|drop table)(?: if exists)? {_LIST}(?: .*)?$")
# `ALTER TABLE` and `UPDATE` contain no such words: a second statement follows, without `;` in between.
_ONLY_ONE = r"(?!.*\b(?:delete from|truncate table|drop table)\b)"
_ALTER = regex.compile(rf"alter table {_ONLY_ONE}(?:if exists )?(?:only )?{_NAME} (?P<actions>.*)$")
# The actions of `ALTER TABLE`, which may be several.
_RENAME = regex.compile(rf"\brename (?:to|as) {_NAME}")
_ADD_COLUMN = regex.compile(r"\badd (?:column )?(?:if not exists )?(\w++)")
# Without the word `COLUMN`, an action with one name drops a column: `DROP a`, but not `DROP INDEX a`.
_DROP_COLUMN = regex.compile(
    r"(?:\bdrop column (?:if exists )?|(?:^|, ?)drop (?:if exists )?+(?=[\w?]++(?: cascade| restrict)? ?(?:,|$)))"
    r"([\w?]++)"
)
# The rows of a partition are deleted, or moved to another table. ClickHouse has `ALTER TABLE a DELETE WHERE ...`.
_ALTER_ROWS = regex.compile(r"\b(?:(?:detach|drop|exchange|switch|truncate) partition|delete where)\b")
_CREATE = regex.compile(
    r"create (?:temp |temporary |unlogged )?table (?P<if_not_exists>if not exists )?"
    rf"{_NAME} ?(?P<query>as .*)?"
)
_INSERT = regex.compile(
    rf"(?:insert(?: or \w+)?|replace) into {_NAME} ?(?:\([^()]*\) ?)?(?P<query>select .*|with .*|\(select .*)"
)
_UPDATE_ALL = regex.compile(
    rf"update {_ONLY_ONE}(?:only )?{_NAME} set (?P<values>(?:(?!\b(?:where|from|returning)\b).)*+)"  # noqa: S608 - a pattern
    r"(?:where \(?(?:true|1|(?P<number>\d++) ?= ?(?P=number))\)?)? ?(?:returning .*)?$"
)
# Strings are empty in statements.
_SET_CONSTANT = regex.compile(r"(?:^|, ?)(\w++) ?= ?(?:null|''|json\( ?'' ?\))(?= ?,| ?$)")
_FROM = regex.compile(rf"\b(?:from|join) {_NAME}")
# Other statements that may delete rows. `CREATE TRIGGER` may contain such words, but deletes rows later.
_MAY_DELETE = regex.compile(
    r"(?:delete|truncate|rename table|create or replace table|drop (?:schema|database))\b"
    r"|(?!create\b).*?\b(?:delete from|truncate table|drop table)\b"
)
# They may concern every table if only the program knows the name or a part of it, or if the schema is dropped.
_ANY_TABLE = regex.compile(r"drop (?:schema|database)\b|.*?\b(?:from|table|exists|only)(?: [\w.]*+\?|$)")
# A condition on a value: only some rows are deleted.
_ON_VALUE = regex.compile(r"''|\bis (?:not )?null|[=<>] ?-?\d|\bin \(\d")
_ALWAYS_TRUE = regex.compile(r"\b(\d+) ?= ?\1\b")
# A query that may omit rows of its tables.
_LIMITED = regex.compile(r"\b(?:where |limit \d|distinct |group by |(?<!left )(?<!left outer )join )")


async def find_deletion(
    text: str, path: str, table_pattern: str, *, before: Sequence[tuple[str, str]] = ()
) -> Deletion | None:
    """Return the first statement that deletes all rows of a table, else the first that deletes some, or None.

    `table_pattern` must match the whole name of the table. Statements that an earlier text has too are ignored:
    `before` are these texts, each after its path. Raises `Unmeasurable` if the name is computed, or if a file
    cannot be read or takes too long.
    """

    def deletions(path: str, text: str) -> Awaitable[list[Deletion]]:
        return run_in_time(partial(_find_deletions, text, path, table_pattern), f"reading the statements of {path}")

    found = await deletions(path, text)
    if found and before:
        found = _without_earlier(found, [await deletions(*earlier) for earlier in before])
    if not found:
        return None
    # One that deletes all rows counts more than one that deletes some.
    deciding = [deletion for deletion in found if not deletion.only_some] or found
    known = [deletion for deletion in deciding if deletion.table not in (COMPUTED, UNREAD)]
    if not known:
        line = deciding[0].line
        raise Unmeasurable(f"{path}:{line} may delete rows, in a form that is not known: read this line")
    return known[0]


def _without_earlier(found: list[Deletion], earlier: Sequence[list[Deletion]]) -> list[Deletion]:
    """Return the deletions without those of earlier texts. Each of these explains one equal deletion, on any line.

    If texts have equal deletions, those of one of them count. A deletion with a computed name is always returned: that
    may be another name now.
    """
    unexplained = Counter[Deletion]()
    for deletions in earlier:
        unexplained |= Counter(deletion._replace(line=0) for deletion in deletions)
    new = []
    for deletion in found:
        key = deletion._replace(line=0)
        if unexplained[key] and deletion.table != COMPUTED:
            unexplained[key] -= 1
        else:
            new.append(deletion)
    return new


def _find_deletions(text: str, path: str, table_pattern: str, timeout: float) -> list[Deletion]:
    """Return the tables whose rows are lost and whose whole name matches `table_pattern`, in the order of the text.

    A computed table (`DELETE FROM ${table}`) has the name `COMPUTED`; a statement that is not read has `UNREAD`. A
    file that undoes a migration has none. Raises like `find_deletion`, and `TimeoutError` after `timeout` seconds.
    """
    if is_down_file(path):
        return []
    wanted = regex.compile(table_pattern, regex.IGNORECASE)
    parsed = read_statements(text, path, timeout)
    rows = _Rows()
    for statement in parsed.statements:
        rows.apply(statement)
    found = rows.deletions(wanted)
    if parsed.script:
        found += deleting_calls(parsed.script, lambda name: wanted.fullmatch(_table(name)) is not None)
    return sorted(found, key=lambda deletion: (deletion.line, deletion.table))


class _Rows:
    """The rows that each table has after the statements so far."""

    def __init__(self) -> None:
        # The original tables of the rows in each table. A table that is not listed has its own rows.
        self._rows_in: dict[str, set[str]] = {}
        # Tables that were created by this file: they have no history.
        self._created: set[str] = set()
        # Tables of which only some rows were copied.
        self._copied_in_part: set[str] = set()
        self._deletions: list[Deletion] = []
        self._added_columns: set[tuple[str, str]] = set()
        self._unread: list[Statement] = []

    def apply(self, statement: Statement) -> None:
        """Add the effect of a statement. One of another form is unread if it may delete rows, else it has no effect."""
        line, text, texts = statement
        if text.startswith("with ") and (begin := text.find(" delete from ")) >= 0:
            text = text[begin + 1 :]
        if found := _DELETE.match(text):
            table, rest = _table(found["table"]), found["rest"] or ""
            if _deletes_some(rest):
                self._deletions.append(Deletion(table, "delete", line, only_some=True, what=f"{rest} {texts}"))
            else:
                self._remove(table, "delete", line)
        elif found := _EMPTY_OR_DROP.match(text):
            for name in found["tables"].split(","):
                self._remove(_table(name.strip().removeprefix("only ")), text.partition(" ")[0], line)
        elif found := _ALTER.match(text):
            self._alter(_table(found["table"]), found["actions"], line)
            if _ALTER_ROWS.search(found["actions"]):
                self._unread.append(statement)
        elif found := _CREATE.match(text):
            self._create(_table(found["table"]), found["query"] or "", if_not_exists=bool(found["if_not_exists"]))
        elif found := _UPDATE_ALL.match(text):
            self._clear_columns(_table(found["table"]), _SET_CONSTANT.findall(found["values"]), "update", line)
        elif found := _INSERT.match(text):
            table = _table(found["table"])
            self._rows_in[table] = self._rows(table) | self._selected(found["query"])
        elif _MAY_DELETE.match(text):
            self._unread.append(statement)

    def deletions(self, wanted: regex.Pattern[str]) -> list[Deletion]:
        """Return the matching tables whose rows are lost, those with a computed name, and the unread statements."""
        copied = set[str]().union(*(rows for place, rows in self._rows_in.items() if wanted.fullmatch(place)))
        found = []
        for deletion in self._deletions:
            is_computed = deletion.table == COMPUTED
            if not is_computed and not wanted.fullmatch(deletion.table):
                continue
            if is_computed or deletion.only_some or deletion.table not in copied:
                found.append(deletion)
            elif deletion.table in self._copied_in_part:
                found.append(deletion._replace(only_some=True))
        for line, text, texts in self._unread:
            if _ANY_TABLE.match(text):
                found.append(Deletion(COMPUTED, "", line))
            elif any(wanted.fullmatch(word) for word in regex.findall(r"\w+", text)):
                found.append(Deletion(UNREAD, "", line, what=f"{text} {texts}"))
        return found

    def _rows(self, name: str) -> set[str]:
        """Return the original tables of the rows in a table."""
        return self._rows_in.get(name, {name})

    def _selected(self, query: str) -> set[str]:
        """Return the original tables of the rows that a query reads, and note those of which it may omit rows."""
        rows = set[str]().union(*(self._rows(_table(name)) for name in _FROM.findall(query)))
        if _LIMITED.search(query):
            self._copied_in_part |= rows
        return rows

    def _remove(self, name: str, how: str, line: int) -> None:
        """Empty a table. This is a deletion if the table existed before the statements."""
        # Two computed names may be those of different tables.
        if name == COMPUTED or name not in self._created:
            self._deletions.append(Deletion(name, how, line))
        self._rows_in[name] = set()

    def _alter(self, name: str, actions: str, line: int) -> None:
        # `DROP COLUMN a, ADD a` loses the values, too.
        self._clear_columns(name, _DROP_COLUMN.findall(actions), "drop column", line)
        self._added_columns |= {(name, column) for column in _ADD_COLUMN.findall(actions)}
        if renamed := _RENAME.search(actions):
            # The rows move to the new name. They are lost if that name does not match.
            moved, new = self._rows(name), _table(renamed["table"])
            self._remove(name, "rename", line)
            self._rows_in[new] = moved
            if name in self._created:
                self._created.discard(name)
                self._created.add(new)

    def _clear_columns(self, name: str, columns: Iterable[str], how: str, line: int) -> None:
        """Add the loss of the values of columns, except of those that the file added, alone or with their table."""
        lost = [column for column in columns if (name, column) not in self._added_columns]
        if lost and name not in self._created:
            self._deletions.append(Deletion(name, how, line, only_some=True, what=" ".join(lost)))

    def _create(self, name: str, query: str, *, if_not_exists: bool) -> None:
        """Create a table with the rows of a query (`AS SELECT ...`). One that may exist keeps its own rows, too."""
        self._rows_in[name] = (self._rows(name) if if_not_exists else set()) | self._selected(query)
        if not if_not_exists:
            self._created.add(name)


def _deletes_some(rest: str) -> bool:
    """Return whether the text after the table of a `DELETE` limits it to some rows.

    A condition without a value, such as `a = b`, may be true for all rows.
    """
    condition = rest.partition("where ")[2].partition(" returning ")[0]
    return (
        _ON_VALUE.search(_ALWAYS_TRUE.sub("", condition)) is not None or regex.search(r"\blimit \d", rest) is not None
    )


def _table(name: str) -> str:
    """Return the name of a table without its schema; `COMPUTED` if only the program knows it, or a part of it."""
    bare = name.rpartition(".")[2]
    # `?event` is a constant; `?`, `?_old` and `event_?` are not known.
    return COMPUTED if regex.search(r"\?(?![a-z\d])|.\?", bare) else bare.removeprefix("?")
