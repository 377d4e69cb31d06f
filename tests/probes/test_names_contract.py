"""`names` with a `contract`: removing a stored definition or one of its fields breaks stored data."""

import msgspec
import pytest

from pawtui.probes.probe_facts import NamesFacts
from pawtui.tracker.probe_types import Contract, NamesProbe
from tests.probes.measuring import facts_of, measure
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource

DEFINED = Contract(
    block=r"\bEvent\.(?:(?P<stored>durable)|ephemeral)\(",
    name="type",
    version=("version",),
    stored=("durable",),
    fields="schema",
)
CONTRACT = NamesProbe(files=("schema/event.ts",), contract=DEFINED, days=28, met=0, partial=1)


def defined(name: str, fields: str, *, how: str = "durable", version: int = 1) -> str:
    return f'export const E = Event.{how}({{ type: "session.{name}", version: {version}, schema: {{ {fields} }} }})\n'


BEFORE = defined("a", "id: String, text: String") + defined("b", "id: String") + defined("c", "x: Number")
CONTRACTS = [
    # the text now, the state, removed names, added names
    (BEFORE + defined("d", "id: String"), "met", (), ("session.d@1",)),
    (BEFORE.replace("text: String", "text: String, more: String"), "met", (), ("session.a@1.more",)),
    (BEFORE.replace("text: String", "body: String"), "partial", ("session.a@1.text",), ("session.a@1.body",)),
    (BEFORE.replace(defined("b", "id: String"), ""), "partial", ("session.b@1",), ()),
    (
        BEFORE.replace(defined("b", "id: String"), defined("b", "id: String", version=2)),
        "partial",
        ("session.b@1",),
        ("session.b@2",),
    ),
    # A definition in a comment is removed.
    (
        f"// {defined('b', 'id: String')}{defined('a', 'id: String')}",
        "unmet",
        ("session.a@1.text", "session.b@1", "session.c@1"),
        (),
    ),
]


@pytest.mark.parametrize(("now", "state", "removed", "added"), CONTRACTS)
async def test_changes_of_stored_definitions_decide_the_state(
    up: FakeRepo, open_source: OpenSource, now: str, state: str, removed: tuple[str, ...], added: tuple[str, ...]
) -> None:
    up.git.commit({"schema/event.ts": BEFORE}, at="2026-06-01")
    up.git.commit({"schema/event.ts": now}, at="2026-11-01")
    found = (await measure(open_source(), CONTRACT)).reading
    facts = facts_of(found, NamesFacts)
    assert (found.state, facts.removed, facts.added) == (state, removed, added)
    assert [item.text[0] for item in found.evidence[:-1]] == ["-"] * len(removed) + ["+"] * len(added)
    assert found.rule == "met up to 0 names or fields removed in 28 days, partial up to 1"


@pytest.mark.parametrize(
    ("now", "state", "unsure"),
    [
        ("Struct({ name: String, at: Struct({ day: Number }), more: String })", "met", ()),
        ("Struct({ name: Text, at: Struct({ hour: Number }) })", "unknown", ("session.e@1.error.day",)),
        ("Failure", "unknown", ("session.e@1.error.at", "session.e@1.error.day", "session.e@1.error.name")),
    ],
)
async def test_a_field_inside_a_field_that_is_gone_is_not_met(
    up: FakeRepo, open_source: OpenSource, now: str, state: str, unsure: tuple[str, ...]
) -> None:
    up.git.commit(
        {"schema/event.ts": defined("e", "error: Struct({ name: String, at: Struct({ day: Number }) })")},
        at="2026-06-01",
    )
    up.git.commit({"schema/event.ts": defined("e", f"error: {now}")}, at="2026-11-01")
    found = (await measure(open_source(), CONTRACT)).reading
    assert (found.state, facts_of(found, NamesFacts).unsure) == (state, unsure)
    cause = f"{unsure[0]} is not in schema/event.ts any more: it may have been removed" if unsure else ""
    assert found.cause == cause


@pytest.mark.parametrize(
    ("field", "state", "cause"),
    [
        ("more: maybe(String)", "met", ""),
        ("more: String", "unknown", "is new and not optional: older data without it may not be readable"),
    ],
)
async def test_a_new_field_that_older_data_lacks_is_not_met(
    up: FakeRepo, open_source: OpenSource, field: str, state: str, cause: str
) -> None:
    up.git.commit({"schema/event.ts": BEFORE}, at="2026-06-01")
    up.git.commit({"schema/event.ts": BEFORE.replace("text: String", f"text: String, {field}")}, at="2026-11-01")
    probe = msgspec.structs.replace(CONTRACT, contract=msgspec.structs.replace(DEFINED, optional=r"\bmaybe\b"))
    found = (await measure(open_source(), probe)).reading
    facts = facts_of(found, NamesFacts)
    assert (found.state, facts.added) == (state, ("session.a@1.more",))
    assert found.cause == (f"session.a@1.more {cause}" if cause else "")
    assert facts.unsure == (("session.a@1.more",) if cause else ())


async def test_a_value_in_another_format_is_the_same(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"schema/event.ts": defined("e", "error: Struct({ name: String, at: Day })")}, at="2026-06-01")
    now = "error: Struct({\n  name: String,\n  at: Day,\n}),\n"
    up.git.commit({"schema/event.ts": defined("e", now)}, at="2026-11-01")
    found = (await measure(open_source(), CONTRACT)).reading
    assert (found.state, found.gaps) == ("met", ())


async def test_a_field_with_another_value_is_mentioned(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"schema/event.ts": BEFORE}, at="2026-06-01")
    # White space and comments are no part of the value.
    now = BEFORE.replace("text: String", "text: Number").replace("x: Number", "x:  // a number\n Number")
    up.git.commit({"schema/event.ts": now}, at="2026-11-01")
    found = (await measure(open_source(), CONTRACT)).reading
    assert (found.state, found.summary) == ("met", "3 names, none changed in 28 days")
    assert found.gaps == ("values changed in 1 field (session.a@1.text); only names are compared",)


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ("none\n", BEFORE, "schema/event.ts had no name on 2026-10-23 that `contract` describes"),
        (BEFORE, "none\n", "schema/event.ts has no name that `contract` describes"),
    ],
)
async def test_a_file_without_definitions_is_unknown(
    up: FakeRepo, open_source: OpenSource, old: str, new: str, cause: str
) -> None:
    up.git.commit({"schema/event.ts": old}, at="2026-06-01")
    up.git.commit({"schema/event.ts": new}, at="2026-11-01")
    found = (await measure(open_source(), CONTRACT)).reading
    assert (found.state, found.cause) == ("unknown", cause)


async def test_a_field_has_the_line_of_its_definition(up: FakeRepo, open_source: OpenSource) -> None:
    before = up.git.commit({"schema/event.ts": f"\n{BEFORE}"}, at="2026-06-01")
    up.git.commit({"schema/event.ts": BEFORE.replace("x: Number", "y: Number")}, at="2026-11-01")
    found = (await measure(open_source(), CONTRACT)).reading
    removed, added, _ = found.evidence
    assert removed.text == "- session.c@1.x  schema/event.ts:4"
    assert removed.pin == f"up/stream@{before.sha}:schema/event.ts#L4"
    assert added.text == "+ session.c@1.y  schema/event.ts:3"
    assert found.summary == "1 name or field removed of 3 names, 1 added"


async def test_an_ephemeral_definition_may_be_removed(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"schema/event.ts": BEFORE + defined("e", "id: String", how="ephemeral")}, at="2026-06-01")
    up.git.commit({"schema/event.ts": BEFORE}, at="2026-11-01")
    found = (await measure(open_source(), CONTRACT)).reading
    assert (found.state, facts_of(found, NamesFacts).names) == ("met", 3)


async def test_a_field_that_may_have_moved_out_of_the_file_is_unknown(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"schema/event.ts": BEFORE}, at="2026-06-01")
    up.git.commit({"schema/event.ts": BEFORE.replace("text: String", "...Shared.fields")}, at="2026-11-01")
    found = (await measure(open_source(), CONTRACT)).reading
    facts = facts_of(found, NamesFacts)
    assert (found.state, facts.removed, facts.unsure) == ("unknown", (), ("session.a@1",))
    assert found.cause == "session.a@1 uses definitions outside the file: it may have changed"
    assert facts.opaque == ("session.a@1",)
    assert "fields of 1 definition (session.a@1) are not in the file" in found.gaps


async def test_ambiguous_definitions_are_unknown(up: FakeRepo, open_source: OpenSource) -> None:
    up.git.commit({"schema/event.ts": BEFORE}, at="2026-06-01")
    up.git.commit({"schema/event.ts": BEFORE + BEFORE}, at="2026-11-01")
    found = (await measure(open_source(), CONTRACT)).reading
    assert found.state == "unknown"
    assert found.cause.startswith("the definitions in schema/event.ts cannot be read: line ")
    assert found.cause.endswith(": session.a@1 is defined twice")
