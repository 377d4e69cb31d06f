"""The parser of stored definitions: what it reads, and the ambiguous texts that it refuses."""

import pytest

from pawtui.probes.parsers.definitions import Changes, Definition, compare_definitions, read_definitions
from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.tracker.probe_types import Contract

FORM = Contract(block=r"\bdefine\(", name="type", version=("options.version",), fields="schema")

WRONG = "the syntax is wrong or not known"
REFUSED = [
    ("define({ type: 'a' }))", f"line 1: {WRONG}"),
    ("\ndefine({ type: 'a' )}", f"line 2: {WRONG}"),
    ("define({ type: 'a' }", f"line 1: {WRONG}"),
    ("/* define({ type: 'a' })", f"line 1: {WRONG}"),
    ("define({ type: 'a })", f"line 1: {WRONG}"),
    ("define({ type: 'a'\n schema: {} })", f"line 2: {WRONG}"),
    ("const o = {}\ndefine({ type: 'a' ...o })", f"line 2: {WRONG}"),
    # A file that was cut in the middle.
    ("define({ type: 'a' })\nnamespace X {\n  define({ type: 'b' })\n", f"line 3: {WRONG}"),
    ("define({ type: 'a' })\nfunction f(a: { b: string", f"line 1: {WRONG}"),
    ("interface A { b: 'c }\ndefine({ type: 'a' })", f"line 1: {WRONG}"),
    ("define(options)", "line 1: no object after define("),
    ("define({ ...Shared, type: 'a' })", "line 1: ...Shared is not in this file"),
    ("define({ schema: {} })", "line 1: type is not a plain string"),
    ("define({ type: name })", "line 1: type is not a plain string"),
    ("define({ type: `a.${name}` })", "line 1: type is not a plain string"),
    ("define({ type: 'a' })\ndefine({ type: 'a' })", "line 2: a@1 is defined twice"),
    ("define({ [`type`]: 'a' })", "line 1: not a key or a spread: [`type`]: 'a'"),
    ("class A { define({ type }) {} }", "line 1: no object after define("),
    ("define({ get type() { return 'a' } })", "line 1: type is not a plain string"),
    ("define({ type: 'a' })\nevent({ 'type': 'b' })", "line 2: a type outside every definition"),
    ("define({ type: 'a' })\nevent({ type: 'b' })", "line 2: a type outside every definition"),
    ("const o = { ...o }\ndefine({ type: 'a', ...o })", "line 1: more than 100 objects spread each other"),
    ("define({ type: 'a', [key]: 1 })", "line 1: not a key or a spread: [key]: 1"),
    ("let o = {}\no = { b: 1 }\ndefine({ type: 'a', ...o })", "line 2: o is set twice"),
    ("const o = {}\nlet o = {}\ndefine({ type: 'a', ...o })", "line 2: o is set twice"),
    ("define({ type: 'a', options: { version: next } })", "line 1: options.version is not a number"),
    ("define({ type: 'a', options: versions() })", "line 1: options.version is not in this file"),
    ("define({ type: 'a', options: { ...shared, version: 2 } })", "line 1: options.version is not in this file"),
]


@pytest.mark.parametrize(("text", "cause"), REFUSED, ids=[text for text, _ in REFUSED])
def test_an_ambiguous_text_is_refused(text: str, cause: str) -> None:
    with pytest.raises(Unmeasurable) as caught:
        read_definitions(text, FORM)
    assert str(caught.value) == cause


READ = [
    # the value of the fields, other code of the file, the names of the fields, the opaque parts
    ("{ a: x ? 1 : 2, 'b': [1, 2], c }", "", {"a", "b", "c"}, set()),
    ("{ a: /[{]/, // }\n b: '}', c: `{` }", "", {"a", "b", "c"}, set()),
    ("{ a: 1 } as const", "", {"a"}, set()),
    ("fields", "const fields = { a: 1 } satisfies Fields\n", {"a"}, set()),
    ("(<F>{ a: 1 } as G)", "", {"a"}, set()),
    ("{ a() {}, get b() {}, async *c() {}, 3: d }", "", {"a", "b", "c", "3"}, set()),
    ("fields", "const fields = ({ a: 1 } satisfies Fields)!\n", {"a"}, set()),
    ("{ ...base, b: 1 }", "const base = { a: 1 }\n", {"a", "b"}, set()),
    ("{ ...Shared.fields, b: 1 }", "", {"b"}, {"...Shared.fields"}),
    ("Schema.struct({ a: 1 })", "", set(), {"Schema.struct({a: 1})"}),
    ("f([a, // b\n c,\n])", "", set(), {"f([a, c])"}),
    # The value of the constant is a member or a call of an object, not the object.
    ("fields", "const fields = { a: 1 }.inner\n", set(), {"fields; fields = {a: 1}.inner"}),
    ("make(n)", "const n = 2\n", set(), {"make(n); n = 2"}),
    ("make(n)", "const n = m\nconst m = n\n", set(), {"make(n); n = m; m = n"}),
]


@pytest.mark.parametrize(("value", "code", "fields", "opaque"), READ, ids=[row[0] for row in READ])
def test_the_fields_of_a_definition_are_read(value: str, code: str, fields: set[str], opaque: set[str]) -> None:
    found = read_definitions(f"{code}define({{ type: 'a', schema: {value} }})\n", FORM)
    ((name, definition),) = found.items()
    assert (name, definition.line) == ("a@1", code.count("\n") + 1)
    assert (set(definition.fields), set(definition.opaque)) == (fields, opaque)


def test_only_stored_definitions_are_read() -> None:
    contract = Contract(block=r"\b(?:define|(?P<stored>keep))\(", name="type", stored=("durable",), fields="schema")
    text = "define({ type: 'a' })\ndefine({ type: 'b', durable: {} })\nkeep({ type: 'c' })\n"
    assert set(read_definitions(text, contract)) == {"b@1", "c@1"}
    # A part in another file may have the key of a stored definition.
    with pytest.raises(Unmeasurable, match=r"^line 1: \.\.\.Shared is not in this file$"):
        read_definitions("define({ type: 'a', ...Shared })\n", contract)


NAMED_AFTER = Contract(block=r"\bStruct\(", name_after=r"\)\.named\(\s*'(\w+)'", optional=r"\bmaybe\b")


def test_a_name_may_follow_the_fields() -> None:
    base, other = "const base = { id: 1, more: maybe(2) }\n", "Struct({ c: 1 })\n"
    text = f"{base}Struct({{ ...base, a: Struct({{ b: 1 }}) }}).named( // it\n 'A')\n{other}"
    ((name, definition),) = read_definitions(text, NAMED_AFTER).items()
    assert (name, set(definition.fields), set(definition.required)) == ("A@1", {"id", "more", "a"}, {"id", "a"})
    # The other fields are not in this file.
    found = read_definitions("Struct({ ...Shared.fields }).named('A')\n", NAMED_AFTER)
    assert found["A@1"].opaque == {"...Shared.fields"}
    with pytest.raises(Unmeasurable, match=r"^line 2: A@1 is defined twice$"):
        read_definitions("Struct({ a: 1 }).named('A')\n" * 2, NAMED_AFTER)


def test_only_new_fields_that_are_not_optional_are_required() -> None:
    old, new = "Struct({ a: 1, b: maybe(1) }).named('A')\n", "Struct({ a: 2, b: 1, c: 1, d: maybe(1) }).named('A')\n"
    changes = compare_definitions(*(read_definitions(text, NAMED_AFTER) for text in (old, new)))
    assert (changes.added, changes.required) == (("A@1.c", "A@1.d"), ("A@1.c",))


def _definition(fields: str, opaque: str = "") -> dict[str, Definition]:
    return {"a@1": Definition(1, dict.fromkeys(fields.split(), "1"), frozenset(opaque.split()))}


@pytest.mark.parametrize(
    ("old", "new", "removed", "added", "unsure"),
    [
        (_definition("x y"), _definition("y z"), ("a@1.x",), ("a@1.z",), ()),
        # A field may have moved to a part that is not in the text, or such a part may have had other fields.
        (_definition("x"), _definition("", "Shared"), (), (), ("a@1",)),
        (_definition("", "Shared"), _definition("x"), (), ("a@1.x",), ("a@1",)),
        (_definition("x", "Shared"), _definition("x y", "Shared"), (), ("a@1.y",), ()),
        (_definition("x"), _definition("x", "Shared"), (), (), ()),
        (_definition("x"), {}, ("a@1",), (), ()),
        ({}, _definition("x"), (), ("a@1",), ()),
    ],
)
def test_the_changes_of_definitions(
    old: dict[str, Definition],
    new: dict[str, Definition],
    removed: tuple[str, ...],
    added: tuple[str, ...],
    unsure: tuple[str, ...],
) -> None:
    assert compare_definitions(old, new) == Changes(removed, added, unsure)


def test_a_value_changes_with_the_local_constants_that_it_uses() -> None:
    text = "const Failure = Struct({ name: String })\ndefine({ type: 'a', schema: { error: Failure } })\n"
    now = text.replace("name:", "title:")
    change = compare_definitions(read_definitions(text, FORM), read_definitions(now, FORM))
    assert (change.other_values, change.unsure) == (("a@1.error",), ("a@1.error.name",))
    # One name in two namespaces is not followed.
    twice = text + "namespace X {\n const Failure = 1\n}\n"
    assert read_definitions(twice, FORM)["a@1"].fields == {"error": "Failure"}


def test_constants_that_use_each_other_are_read_once() -> None:
    chain = "".join(f"const a{number} = x(a{number + 1}, a{number + 2})\n" for number in range(60))
    (opaque,) = read_definitions(f"{chain}define({{ type: 'a', schema: f(a0) }})\n", FORM)["a@1"].opaque
    assert opaque.count("a50 = ") == 1


def test_constants_that_spread_each_other_end_with_the_time_limit() -> None:
    chain = "".join(f"const a{number} = {{ ...a{number + 1}, ...a{number + 1} }}\n" for number in range(60))
    text = f"{chain}const a60 = {{ x: 1 }}\ndefine({{ type: 'a', schema: a0 }})\n"
    with pytest.raises(TimeoutError):
        read_definitions(text, FORM, timeout=0.05)


def test_a_long_chain_of_spreads_is_refused() -> None:
    chain = "".join(f"const a{number} = {{ ...a{number + 1} }}\n" for number in range(2000))
    text = f"{chain}const a2000 = {{ x: 1 }}\ndefine({{ type: 'a', schema: a0 }})\n"
    with pytest.raises(Unmeasurable, match=r"^line 102: more than 100 objects spread each other$"):
        read_definitions(text, FORM)


@pytest.mark.parametrize("text", ["define({ type: 'a' })", "`${" * 100_000])
def test_reading_ends_with_the_time_limit(text: str) -> None:
    with pytest.raises(TimeoutError):
        read_definitions(text, FORM, timeout=0)


READ_WELL = [
    # Literals and types that look like code, and code that looks like a literal.
    ("a.ts", "if (a) /'/.test(b)\ndefine({ type: 'a' })\n"),
    ("a.ts", "const a = `${f(`}`, { b: '}' })} define({ type: 'b' })`\ndefine({ type: 'a' })\n"),
    ("a.ts", "f(`${define({ type: 'a' })}`)\n"),
    ("a.tsx", "const a = <p title=\"it's\">it's /* no comment</p>\ndefine({ type: 'a' })\n"),
    ("a.ts", "const a = <T>b\nconst c = f<A, B<c>>(d)\ndefine({ type: 'a' })\n"),
    ("a.jsx", "const a = <b>{/* define({ type: 'b' }) */}</b>\ndefine({ type: 'a' })\n"),
    ("a.ts", "interface A { type: 'b' }\nenum B { type = 'b' }\n@C('d')\nclass E {}\ndefine({ type: 'a' })\n"),
    ("a.ts", "define({ type: ('a' as const), schema: undefined! } satisfies F)\n"),
    ("a.ts", "define(/* { */ { 'type': `a` })\n"),
    # The grammar does not know these types.
    ("a.ts", "interface A<in B> {}\ntype C = {\n  d: string\n  in: string\n}\ndefine({ type: 'a' })\n"),
    # Characters of two units in UTF-16 and of several bytes in UTF-8.
    ("a.ts", "const s = '\U0001f600\u20ac' // \U0001f600\ndefine({ type: 'a' })\n"),
]


@pytest.mark.parametrize(("path", "text"), READ_WELL, ids=[text for _, text in READ_WELL])
def test_code_is_not_confused_with_literals_and_types(path: str, text: str) -> None:
    found = read_definitions(text, FORM, path)
    assert {name: definition.line for name, definition in found.items()} == {"a@1": text.rstrip().count("\n") + 1}
