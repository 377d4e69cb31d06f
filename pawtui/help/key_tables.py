"""Generate tables of keys, for TOML and JSON, from the structs and typed dictionaries that define them."""

import datetime as dt
import inspect
import re
import types
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints, is_typeddict

import msgspec

_WORDS: Mapping[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    dt.date: "date",
    dt.datetime: "time",
    type(None): "null",
    Any: "anything",
}
_PYTHON_WORDS = re.compile(r"\b(None|True|False)\b")
_JSON_WORDS: Mapping[str, str] = {"None": "null", "True": "true", "False": "false"}


class Key(NamedTuple):
    """A key of a table or an object: its name, its type, and its default (`msgspec.NODEFAULT`: it is required)."""

    name: str
    type: Any
    default: Any = msgspec.NODEFAULT


class KeyTables:
    """A renderer of types as Markdown tables. `elsewhere` has the names of types that other pages describe.

    With `defaults` the tables have a column of defaults, for a file that the user writes. Without, every key is always
    present.
    """

    def __init__(self, elsewhere: Mapping[Any, str], *, defaults: bool = False) -> None:
        self._elsewhere = elsewhere
        self._defaults = defaults

    def words(self, kind: Any) -> str:
        """Return the type of a value in words."""
        *most, last = dict.fromkeys(self._alternatives(kind))
        return f"{', '.join(most)} or {last}" if most else last

    def _alternatives(self, kind: Any) -> list[str]:
        if (known := self._elsewhere.get(kind)) is not None:
            return [known]
        origin, arguments = get_origin(kind), [argument for argument in get_args(kind) if argument is not Ellipsis]
        if origin is Annotated:
            return self._alternatives(arguments[0])
        if origin is Literal:
            return [f"`{value}`" if value else "empty text" for value in arguments]
        if origin in (Union, types.UnionType):
            # TOML has no null: a key without a value is omitted.
            shown = [member for member in arguments if not (self._defaults and member is type(None))]
            return [word for member in shown for word in self._alternatives(member)]
        if origin in (list, tuple):
            return [f"list of {self.words(arguments[0])}"]
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return [f"{'table' if self._defaults else 'object'} of {self.words(arguments[1])}"]
        return [_WORDS.get(kind) or label(kind)]

    def table(self, keys: Iterable[Key]) -> str:
        """Return a table of these keys."""
        if not self._defaults:
            return markdown_table(("key", "value"), [(f"`{key.name}`", self.words(key.type)) for key in keys])
        rows = [(f"`{key.name}`", self.words(key.type), _default_words(key.default)) for key in keys]
        return markdown_table(("key", "value", "default"), rows)

    def line(self, keys: Iterable[Key]) -> str:
        """Return these keys on one line, each with its type."""
        return ", ".join(f"`{key.name}` ({self.words(key.type)})" for key in keys)

    def sections(self, kinds: Iterable[Any]) -> str:
        """Return one section for each of these types and for each type inside them.

        A section has the name of the type, its docstring and a table of its keys.
        """
        return "\n\n".join(self._section(kind) for kind in self.reachable(kinds))

    def _section(self, kind: Any) -> str:
        title = label(kind)
        return f"### {title[:1].upper()}{title[1:]}\n\n{description(kind)}\n\n{self.table(keys_of(kind))}"

    def reachable(self, kinds: Iterable[Any]) -> list[Any]:
        """Return these types and the types inside them that have keys, without duplicates, outer types first."""
        found: list[Any] = []
        waiting = [part for kind in kinds for part in self._inside(kind)]
        while waiting:
            kind = waiting.pop(0)
            if kind not in found:
                found.append(kind)
                waiting = [*(part for key in keys_of(kind) for part in self._inside(key.type)), *waiting]
        return found

    def _inside(self, kind: Any) -> list[Any]:
        """Return the types with keys in a type: the type itself, or the members of a list, a table or a union."""
        if kind in self._elsewhere or kind is Ellipsis:
            return []
        if is_typeddict(kind) or (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
            return [kind]
        return [part for argument in get_args(kind) for part in self._inside(argument)]


def keys_of(kind: Any) -> list[Key]:
    """Return the keys of a struct or a typed dictionary in order; the tag of a struct comes first."""
    if is_typeddict(kind):
        return [Key(name, hint) for name, hint in get_type_hints(kind).items()]
    config = kind.__struct_config__
    tag = [Key(config.tag_field, Literal[config.tag])] if config.tag_field else []
    return tag + [Key(field.encode_name, field.type, _default(field)) for field in msgspec.structs.fields(kind)]


def description(kind: Any) -> str:
    """Return the docstring of a type, one line for each paragraph, with `null`, `true` and `false` as in JSON."""
    paragraphs = inspect.cleandoc(kind.__doc__ or "").split("\n\n")
    text = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
    return _PYTHON_WORDS.sub(lambda found: _JSON_WORDS[found[1]], text)


def label(kind: Any) -> str:
    """Return the name of a type in a text: "refresh" for `RefreshJson`, "pull facts" for `PullFacts`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.__name__.removesuffix("Json")).lower()


def markdown_table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return field.default_factory() if field.default_factory is not msgspec.NODEFAULT else field.default


def _default_words(default: Any) -> str:
    if default is msgspec.NODEFAULT:
        return "required"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, str) and default:
        return f'`"{default}"`'
    return f"`{default}`" if isinstance(default, int | float) else ""
