"""A deletion that a statement or a call makes."""

from typing import NamedTuple

# In place of the name of a table: only the running program knows it.
COMPUTED = "?"
# In place of a name: the statement or call seems to delete rows, in a form that is not known.
UNREAD = ""
# The changes of a column that lose its values in all rows.
_COLUMN_CHANGES = ("drop column", "update")


class Deletion(NamedTuple):
    """A statement that deletes the rows of a table, or only some of them: its line (from 1), and how it does.

    `what` are the columns, the condition, or the text of a form that is not known: equal deletions have the same.
    """

    table: str
    how: str
    line: int
    only_some: bool = False
    what: str = ""

    @property
    def description(self) -> str:
        """The deletion in words."""
        if self.how in _COLUMN_CHANGES:
            return f"deletes the values of a column of {self.table} ({self.how})"
        return f"deletes {'some rows' if self.only_some else 'the rows'} of {self.table} ({self.how})"
