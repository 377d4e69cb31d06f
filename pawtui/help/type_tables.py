"""Generate tables of the keys of TOML and JSON, from the structs and typed dictionaries that define them."""

import datetime as dt
import inspect
import re
import types
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints, is_typeddict

import msgspec

from pawtui.phrases import capitalized

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


class TypeField(NamedTuple):
    """A field of a struct or a typed dictionary. `default` is `msgspec.NODEFAULT` if the field is required."""

    name: str
    type: Any
    default: Any = msgspec.NODEFAULT


class TypeTables:
    """A renderer of types as Markdown tables. `elsewhere` has the names of types that other pages describe.

    With `defaults` the tables have a column of defaults, for a file that the user writes. Without, every key is always
    present.
    """

    def __init__(self, elsewhere: Mapping[Any, str], *, defaults: bool = False) -> None:
        self._elsewhere = elsewhere
        self._defaults = defaults

    def words(self, type_: Any) -> str:
        """Return a type in words: `date or null`, `list of text`."""
        *most, last = dict.fromkeys(self._alternatives(type_))
        return f"{', '.join(most)} or {last}" if most else last

    def _alternatives(self, type_: Any) -> list[str]:
        """Return a type in words, one text for each member of a union."""
        if (known := self._elsewhere.get(type_)) is not None:
            return [known]
        origin, arguments = get_origin(type_), [argument for argument in get_args(type_) if argument is not Ellipsis]
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
        return [_WORDS.get(type_) or label(type_)]

    def table(self, fields: Iterable[TypeField]) -> str:
        """Return a table of these fields; users call them keys."""
        if not self._defaults:
            return markdown_table(("key", "value"), [(f"`{field.name}`", self.words(field.type)) for field in fields])
        rows = [(f"`{field.name}`", self.words(field.type), _default_words(field.default)) for field in fields]
        return markdown_table(("key", "value", "default"), rows)

    def line(self, fields: Iterable[TypeField]) -> str:
        """Return these fields on one line, each with its type."""
        return ", ".join(f"`{field.name}` ({self.words(field.type)})" for field in fields)

    def sections(self, roots: Iterable[Any]) -> str:
        """Return one section for each of these types and for each type inside them.

        A section has the name of the type, its docstring and a table of its keys.
        """
        return "\n\n".join(
            f"### {capitalized(label(type_))}\n\n{description(type_)}\n\n{self.table(fields_of(type_))}"
            for type_ in self.reachable(roots)
        )

    def reachable(self, roots: Iterable[Any]) -> list[Any]:
        """Return these types and the types inside them that have fields, without duplicates, outer types first."""
        reached: list[Any] = []
        waiting = [part for type_ in roots for part in self._inside(type_)]
        while waiting:
            type_ = waiting.pop(0)
            if type_ not in reached:
                reached.append(type_)
                waiting = [*(part for field in fields_of(type_) for part in self._inside(field.type)), *waiting]
        return reached

    def _inside(self, type_: Any) -> list[Any]:
        """Return the types with fields in a type: the type itself, or the members of a list, a table or a union."""
        if type_ in self._elsewhere or type_ is Ellipsis:
            return []
        if is_typeddict(type_) or (isinstance(type_, type) and issubclass(type_, msgspec.Struct)):
            return [type_]
        return [part for argument in get_args(type_) for part in self._inside(argument)]


def fields_of(type_: Any) -> list[TypeField]:
    """Return the fields of a struct or a typed dictionary in order; the tag of a struct comes first."""
    if is_typeddict(type_):
        return [TypeField(name, hint) for name, hint in get_type_hints(type_).items()]
    config = type_.__struct_config__
    tag = [TypeField(config.tag_field, Literal[config.tag])] if config.tag_field else []
    return tag + [TypeField(field.encode_name, field.type, _default(field)) for field in msgspec.structs.fields(type_)]


def description(type_: Any) -> str:
    """Return the docstring of a type, one line for each paragraph, with `null`, `true` and `false` as in JSON."""
    paragraphs = inspect.cleandoc(type_.__doc__ or "").split("\n\n")
    text = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
    return _PYTHON_WORDS.sub(lambda found: _JSON_WORDS[found[1]], text)


def label(type_: Any) -> str:
    """Return the name of a type in a text: "refresh" for `RefreshJson`, "pull facts" for `PullFacts`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type_.__name__.removesuffix("Json")).lower()


def markdown_table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; the cells are Markdown already."""
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return field.default_factory() if field.default_factory is not msgspec.NODEFAULT else field.default


def _default_words(default: Any) -> str:
    if default is msgspec.NODEFAULT:
        return "required"
    has_words = isinstance(default, str | int | float) and default != ""
    return f"`{msgspec.json.encode(default).decode()}`" if has_words else ""
