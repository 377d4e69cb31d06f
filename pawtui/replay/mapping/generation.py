"""The format of a mapping file: how sessions of V1 become the events of one generation.

One TOML file in `generations/` has the whole mapping. The code in this folder knows no event, part or tool by name.
`subtypes` divide the types of parts. `messages` divide the messages. `rules` state which events carry each subtype of
part, in all messages or in some. `projections` state which parts a reader makes of these events. The statements
`lost`, `changed` and `dropped` give the reasons for the differences between the original and what is read back.
"""

from typing import Any, Literal

import msgspec

from pawtui.replay.mapping.expressions import Conditions


class _MappingTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of a mapping file. An unknown key is an error."""


class FieldStatement(_MappingTable, frozen=True, kw_only=True):
    """The reason why a field is lost or changed.

    `weight` is `content` if a user or the model would miss the field, `detail` if the other fields are enough.
    `semantics` is that of the difference, if it is not that of the rule.
    """

    reason: str
    weight: Literal["content", "detail"] = "detail"
    semantics: str = ""


FieldStatements = dict[str, str | FieldStatement]


class Subtype(_MappingTable, frozen=True, kw_only=True):
    """A subtype of part. Its name begins with the type of the part, such as `tool` of `tool.error`.

    The first subtype of a type whose condition is met applies.
    """

    name: str
    when: Conditions = {}


class Event(_MappingTable, frozen=True, kw_only=True):
    """An event to emit: its type, its time, and its data. The `data` of its message is added to it.

    Args:
        when: the condition under which it is emitted.
        has: subtypes; it is emitted only if at least one part of the message has one of them.
        only_changes: emit it only if its data, except ids of messages, differs from the last event of its type.
    """

    type: str
    data: dict[str, Any] = {}
    at: str = "$created"
    when: Conditions = {}
    has: tuple[str, ...] = ()
    only_changes: bool = False


class MessageRule(_MappingTable, frozen=True, kw_only=True):
    """A rule for messages. The first rule of the message's role whose conditions are met applies.

    Args:
        extends: the name of another rule. Its keys, except the conditions, apply if this rule does not have them.
        has: subtypes; at least one part of the message has one of them. `*` is a wildcard, also in `lacks` and `only`.
        lacks: subtypes; no part of the message has one of them.
        only: subtypes; every part of the message has one of them.
        some: the condition that at least one of its parts meets.
        parent: names of rules; one of them applies to the parent message.
        parent_has: subtypes; at least one part of the parent message has one of them.
        data: data of all events of the message and of its parts.
        begin, end: events before and after the events of its parts.
        for_replies: subtypes; replies to the message can read the first part of each as `$parent`.
        once: whether only the first reply to a message can have this rule, or another rule with `once`.
        closes: whether the message completes the parts of its parent that wait (`PartRule.waits`).
        unclosed: the reason why parts that wait are lost if no message closes this message.
        reordered: the reason why the order of its parts changes.
        merged: the reason why it is not a separate message in the new model.
        dropped: the reason why the whole message is lost.
        lost, changed: statements about the fields of the message.
        source: where the rule comes from.
    """

    name: str
    role: str
    extends: str = ""
    when: Conditions = {}
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    some: Conditions = {}
    parent: tuple[str, ...] = ()
    parent_has: tuple[str, ...] = ()
    data: dict[str, Any] = {}
    begin: tuple[Event, ...] = ()
    end: tuple[Event, ...] = ()
    for_replies: tuple[str, ...] = ()
    once: bool = False
    closes: bool = False
    unclosed: str = ""
    reordered: str = ""
    merged: str = ""
    dropped: str = ""
    lost: FieldStatements = {}
    changed: FieldStatements = {}
    source: str = ""


class PartRule(_MappingTable, frozen=True, kw_only=True):
    """A rule for parts of some subtypes (names or patterns). The first rule that fits a part applies.

    Args:
        messages: the rules of its messages; empty: all.
        semantics: the semantics of the part.
        semantics_of: the semantics of single subtypes.
        projection: the name of the projection that reads the part back; empty: the name of the subtype.
        events: the events that carry the part.
        carried_by: fields of the message's events that carry the part, as `type/field`.
        joined: the field whose text is joined with that of other parts.
        waits: whether the part is lost unless a later message `closes` its message.
        merged: the reason why the part can be left out: its message contains the same data, without its position.
        replaced: the reason why other content arrives instead.
        dropped: the reason why the part is lost.
        stops_import: whether the upstream's importer stops at the part, before it imports the session. It begins with
            the largest session id, so what it has imported by then is unknown.
        lost, changed: statements about its fields.
        source: where the rule comes from.
    """

    subtypes: tuple[str, ...]
    semantics: str = "message"
    semantics_of: dict[str, str] = {}
    messages: tuple[str, ...] = ()
    projection: str = ""
    events: tuple[Event, ...] = ()
    carried_by: tuple[str, ...] = ()
    joined: str = ""
    waits: bool = False
    merged: str = ""
    replaced: str = ""
    dropped: str = ""
    stops_import: bool = False
    lost: FieldStatements = {}
    changed: FieldStatements = {}
    source: str = ""


class Projection(_MappingTable, frozen=True, kw_only=True):
    """A part that a reader makes of events: one part, or one for each element of `each`.

    Args:
        name: the name that `PartRule.projection` uses.
        events: types of events. Events of a message with the same `key`, a field of their data, are one group.
        when: the condition on the events of the group.
        each: a list in the events, with one part for each element.
        part: the part, with the fields of V1. With `each`, the input of its values is the element.
    """

    name: str
    events: tuple[str, ...]
    key: str = ""
    when: Conditions = {}
    each: str = ""
    part: dict[str, Any]


class MessageProjection(_MappingTable, frozen=True, kw_only=True):
    """The fields that a reader makes of a message. The first projection with an existing event applies."""

    role: str
    events: tuple[str, ...]
    info: dict[str, Any]


class StateRule(_MappingTable, frozen=True, kw_only=True):
    """A value of a session that an event sets: `source` is `type/field`, a type of event and a field of its data.

    `when` is a condition on the data of the event. `not_after` has types of events that must not come directly before.
    """

    name: str
    source: str
    when: Conditions = {}
    not_after: tuple[str, ...] = ()


class AddedMessage(_MappingTable, frozen=True, kw_only=True):
    """A message that the importer appends to a session with a part that meets `when` since its last compaction."""

    when: Conditions
    reason: str


class SessionRule(_MappingTable, frozen=True, kw_only=True):
    """Statements about the fields of a session, about columns that the upstream does not have, and about other tables.

    The name in `tables` is a table, or `table.column` if only a table that has this column is lost.
    `sums` are fields that are computed again as the sum over the replies of the session. `import_key` is the key under
    which the upstream's importer stores in the table `kv` that it has ended.
    """

    sums: tuple[str, ...] = ()
    lost: FieldStatements = {}
    changed: FieldStatements = {}
    columns: FieldStatements = {}
    tables: FieldStatements = {}
    import_key: str = ""
    added_message: AddedMessage | None = None


class KnownDifference(_MappingTable, frozen=True, kw_only=True):
    """A known difference between our events and the upstream's own events of the same session.

    Args:
        event: the type of the event, as a pattern.
        field: the field of its data that differs, or a field above it.
        only: the side that alone has the event.
        theirs: a condition on the upstream's value of `field`. `missing`: it is missing or empty; `trimmed`: it is ours
            without the white space around it; `=text`: it is this text, and ours is missing.
        subtype: the subtype of the part, as a pattern.
        message: the rule of the message, as a pattern.
    """

    event: str
    field: str = ""
    only: Literal["", "ours", "theirs"] = ""
    theirs: str = ""
    subtype: str = "*"
    message: str = "*"
    reason: str


class UpstreamRules(_MappingTable, frozen=True, kw_only=True):
    """How to compare our events with the upstream's own events.

    Args:
        message_ids: fields of an event's data; the first that exists is the id of its message.
        keys: fields that distinguish events of the same type in one message.
        content: fields that are equal in two messages that correspond.
        json_fields: fields (`type/field`) that contain JSON as text; their decoded values are compared.
        ignored: fields that always differ.
        foreign: types of events with the same prefix that belong to other generations, as patterns.
        known: known differences with their reasons; the first that matches applies.
        messages, rules: how the rows of the read model become events, like messages whose role is the type of the row.
            The elements of their `content` are parts.
        not_in_rows: types of events that the read model does not store.
        row_known: known differences of the rows.
        session_table: the read model's own table of sessions, with the columns of `session`: only databases of this
            generation have it.
    """

    message_ids: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    content: tuple[str, ...] = ()
    json_fields: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    known: tuple[KnownDifference, ...] = ()
    messages: tuple[MessageRule, ...] = ()
    rules: tuple[PartRule, ...] = ()
    not_in_rows: tuple[str, ...] = ()
    row_known: tuple[KnownDifference, ...] = ()
    session_table: str = ""


class ResumeRule(_MappingTable, frozen=True, kw_only=True):
    """What the new runtime does with a session that stopped in one state. `kept`: the state itself arrives."""

    native: str
    kept: bool = False


class EventFormat(_MappingTable, frozen=True, kw_only=True):
    """The format of stored events: the prefix of their types, their versions, and data that all events have.

    `time` is the field of the data with the time; it is empty if the time is outside the data.
    """

    prefix: str
    time: str = ""
    versions: dict[str, int] = {}
    data: dict[str, Any] = {}


class AcceptedData(_MappingTable, frozen=True, kw_only=True):
    """What the upstream's reader accepts. It skips every other message and part.

    `messages` are the JSON schemas of messages by role, and `parts` those of parts by type, both without ids. Every
    type that a rule does not drop has one. `{ "$ref" = "v1:#/NAME" }` refers to further `schemas`. `message`, `part`
    and `foreign` are reasons for losses: of an invalid message, of an invalid part, and of a part whose row has the id
    of another session than its message.
    """

    message: str
    part: str
    foreign: str
    messages: dict[str, dict[str, Any]]
    parts: dict[str, dict[str, Any]]
    schemas: dict[str, dict[str, Any]]
    source: str = ""


class Generation(_MappingTable, frozen=True, kw_only=True, eq=False):
    """A mapping file. The generation with the highest `rank` is the newest.

    Two generations are never equal, so that what is compiled from one can be cached.

    Args:
        sources: the documents and files that the `source` of a rule names.
        semantics: the names of all semantics.
        documents: the names in the schema of the types of V1, by `part` and `message`.
        accepts: what the upstream's reader accepts; without it, everything.
        lost_by_role: statements that apply to all messages of a role. Those of a rule have priority.
        resume: by state in which a session stopped.
    """

    name: str
    title: str
    rank: int
    sources: dict[str, str] = {}
    semantics: tuple[str, ...]
    events: EventFormat
    documents: dict[str, str] = {}
    accepts: AcceptedData | None = None
    subtypes: tuple[Subtype, ...]
    lost_by_role: dict[str, FieldStatements] = {}
    messages: tuple[MessageRule, ...]
    rules: tuple[PartRule, ...]
    projections: tuple[Projection, ...]
    message_projections: tuple[MessageProjection, ...]
    state: tuple[StateRule, ...] = ()
    session: SessionRule = SessionRule()
    upstream: UpstreamRules = UpstreamRules()
    resume: dict[str, ResumeRule] = {}


def emitted_types(generation: Generation) -> frozenset[str]:
    """Return the types of events that the rules of a generation emit, without prefix and version."""
    of_messages = {event.type for rule in generation.messages for event in (*rule.begin, *rule.end)}
    return frozenset(of_messages | {event.type for rule in generation.rules for event in rule.events})
