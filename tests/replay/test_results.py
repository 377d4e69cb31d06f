"""The totals of a replay: they can be counted in portions, and are listed with the worst first."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from pawtui.replay.checking.proof import proofs_of_checks, proofs_of_semantics
from pawtui.replay.mapping.read_generation import find_generation
from pawtui.replay.reading.session_types import DataIssue
from pawtui.replay.results.result import Result, SchemaInfo, SourceInfo
from pawtui.replay.results.totals import MAX_EXAMPLES, WHOLE, Counts, Difference, SessionResult, Totals
from tests.replay.conftest import whole_losses

LOST = Difference("lost", WHOLE, "gone", "content")
REPLACED = Difference("changed", WHOLE, "other content", "content")
LOST_FIELD = Difference("lost", "title", "no title", "detail")
CHANGED = Difference("changed", "text", "other", "content", "tool")
UNSTATED = Difference("changed", "time", "?", "detail", stated=False)
ADDED = Difference("added", "x", "new", "detail")


def result_of(totals: Totals) -> Result:
    """Return a result with these totals."""
    generation = replace(find_generation("session"), semantics=("tool", "notice"))
    return Result(SourceInfo(path="a"), [], [], generation, None, totals, [])


def count(totals: Totals, session: str, parts: list[tuple[str, str, list[Difference]]]) -> SessionResult:
    """Count a session with parts of a type, an id and differences."""
    result = SessionResult(id=session)
    totals.begin_session(result)
    for part_type, part, differences in parts:
        totals.count_part(part_type, "message", part, differences)
    totals.end_session()
    return result


@pytest.mark.parametrize(
    ("differences", "counts"),
    [
        ([], Counts(total=1, kept=1)),
        ([LOST], Counts(total=1, lost=1)),
        ([REPLACED], Counts(total=1, changed=1)),
        ([LOST_FIELD], Counts(total=1, kept=1, lacks_fields=1, lost_fields=1)),
        ([LOST_FIELD, LOST_FIELD, CHANGED], Counts(total=1, changed=1, lacks_fields=1, lost_fields=2)),
        ([UNSTATED, ADDED], Counts(total=1, kept=1, unstated=1)),
        # The fields of a part that is lost are not counted again.
        ([LOST, LOST_FIELD, CHANGED, UNSTATED], Counts(total=1, lost=1, unstated=1)),
    ],
)
def test_a_part_is_kept_changed_or_lost(differences: list[Difference], counts: Counts) -> None:
    totals = Totals()
    session = count(totals, "s", [("text", "p", differences)])
    assert result_of(totals).counts() == session.parts == counts
    twice = count(totals, "t", [("text", "q", differences), ("text", "r", differences)]).parts
    for name in Counts.__struct_fields__:
        assert getattr(twice, name) == 2 * getattr(counts, name)


def portions() -> Iterator[Totals]:
    """Yield the totals of two processes."""
    for number in range(2):
        totals = Totals()
        count(
            totals,
            f"ses_{number}",
            [("text", f"p{number}", [LOST_FIELD]), ("tool", f"q{number}", [CHANGED, LOST_FIELD])],
        )
        totals.begin_session(None)
        totals.count_part("text", "message", f"orphan{number}", [LOST])
        totals.end_session()
        totals.count_outside("message", "step", [LOST_FIELD, UNSTATED], f"m{number}", count=2)
        for _ in range(3):
            totals.count_event_error("text.ended", "bad", f"m{number}")
        totals.count_event_error(f"e{number}", "bad", "m")
        totals.count_issue(DataIssue("damaged database", f"w{number}", unread=number == 1))
        totals.checks["open"].passed += 2
        totals.checks["read"].count(f"ses_{number}", "why")
        totals.messages["user"] += 1
        totals.events["text.ended"] += 4
        totals.stopped_in["answered"] += 1
        yield totals


def test_the_totals_of_several_processes_are_added() -> None:
    totals = Totals()
    for portion in portions():
        totals.merge(portion)
    result = result_of(totals)
    total = result.counts()
    assert (total.total, total.kept, total.changed, total.lost, total.lost_fields, total.lacks_fields) == (
        6,
        2,
        2,
        2,
        4,
        4,
    )
    found = [
        (each.part, each.session.id if each.session else None, each.difference.kind, each.difference.semantics)
        for each in result.differences()
    ]
    assert found == [
        (part, session, kind, semantics)
        for number in range(2)
        for part, session, kind, semantics in [
            (f"p{number}", f"ses_{number}", "lost", "message"),
            (f"q{number}", f"ses_{number}", "changed", "tool"),
            (f"q{number}", f"ses_{number}", "lost", "message"),
            (f"orphan{number}", None, "lost", "message"),
        ]
    ]
    assert [(each.field, each.count, each.examples) for each in result.outside_differences()] == [
        ("time", 4, ["m0", "m1"]),
        ("title", 4, ["m0", "m1"]),
    ]
    assert {key: errors.count for key, errors in totals.event_errors.items()} == {
        ("text.ended", "bad"): 6,
        ("e0", "bad"): 1,
        ("e1", "bad"): 1,
    }
    (issues,) = totals.issues.values()
    assert (issues.count, issues.unread, [issue.where for issue in issues.examples]) == (2, 1, ["w0", "w1"])
    assert totals.checks["open"].passed == 4
    read = totals.checks["read"]
    assert (read.failed, read.reasons, read.examples) == (2, {"why": 2}, ["ses_0", "ses_1"])
    assert (totals.messages, totals.events, totals.stopped_in) == ({"user": 2}, {"text.ended": 8}, {"answered": 2})


def test_processes_can_find_the_same_differences_in_another_order() -> None:
    first, second = Totals(), Totals()
    count(first, "a", [("text", "p", [LOST]), ("tool", "q", [CHANGED])])
    count(second, "b", [("tool", "r", [CHANGED]), ("text", "s", [LOST]), ("file", "t", [LOST_FIELD])])
    first.merge(second)
    result = result_of(first)
    assert [(each.part, each.difference.type, each.difference.kind) for each in result.differences()] == [
        ("p", "text", "lost"),
        ("q", "tool", "changed"),
        ("r", "tool", "changed"),
        ("s", "text", "lost"),
        ("t", "file", "lost"),
    ]
    # The parts of later sessions are still counted in the groups of the first process.
    count(first, "c", [("text", "u", [LOST])])
    assert [(entry.type, parts) for entry, parts in whole_losses(result)] == [("text", 3)]
    assert result.by_type() == [
        ("text", Counts(total=3, lost=3)),
        ("tool", Counts(total=2, changed=2)),
        ("file", Counts(total=1, kept=1, lacks_fields=1, lost_fields=1)),
    ]


def test_an_id_of_a_part_may_have_any_characters() -> None:
    ids = ["prt_ü", "", "prt_\ud83d", "prt_\U0001f600", "prt_1"]
    first, second = Totals(), Totals()
    count(first, "a", [("text", part, [LOST]) for part in ids])
    count(second, "b", [("text", part, [LOST]) for part in ids])
    first.merge(second)
    assert [each.part for each in result_of(first).differences()] == ids * 2


def test_differences_can_be_limited_to_a_semantics_and_a_session() -> None:
    totals = Totals()
    count(totals, "a", [("tool", "p", [CHANGED]), ("text", "q", [LOST])])
    count(totals, "b", [("tool", "r", [CHANGED])])
    count(totals, "c", [])
    totals.begin_session(None)
    totals.count_part("text", "message", "s", [LOST])
    totals.end_session()
    result = result_of(totals)
    sessions = {"": None, **{session.id: session for session in totals.sessions}}
    listed = {
        (semantics, name): [each.part for each in result.differences(semantics=semantics, session=sessions[name])]
        for semantics in ("", "tool")
        for name in ("", "a", "c")
    }
    assert listed == {
        ("", ""): ["p", "q", "r", "s"],
        ("", "a"): ["p", "q"],
        ("", "c"): [],
        ("tool", ""): ["p", "r"],
        ("tool", "a"): ["p"],
        ("tool", "c"): [],
    }
    assert [(entry.type, parts) for entry, parts in whole_losses(result)] == [("text", 2)]
    assert [(entry.type, parts) for entry, parts in result.difference_counts("tool")] == [("tool", 2)]
    assert result.sessions_of("b") == [sessions["b"]]
    assert result.sessions_of("d") == []


def test_the_worst_comes_first() -> None:
    totals = Totals()
    count(totals, "kept", [("a", "1", []), ("a", "1", [])])
    count(totals, "fields", [("b", "2", [LOST_FIELD])])
    count(totals, "changed", [("c", "3", [CHANGED])])
    count(totals, "unstated", [("d", "4", [UNSTATED])])
    count(totals, "lost", [("e", "5", [LOST])])
    count(totals, "more", [("f", "6", [LOST]), ("f", "7", [LOST])])
    result = result_of(totals)
    names = ["more", "lost", "unstated", "changed", "fields", "kept"]
    assert [session.id for session in result.sessions()] == names
    assert [name for name, _counts in result.by_type()] == ["f", "e", "d", "c", "b", "a"]
    assert [name for name, _counts in result.by_semantics()] == ["message", "tool", "notice"]
    assert [(entry.type, parts) for entry, parts in whole_losses(result)] == [
        ("f", 2),
        ("e", 1),
    ]


def test_differences_outside_parts_without_a_reason_come_first() -> None:
    totals = Totals()
    stated = Difference("lost", "b", "r", "detail")
    for scope, name, difference, number in (
        ("message", "m", stated, 1),
        ("message", "m", Difference("lost", "a", "r", "detail"), 1),
        ("message", "l", stated, 1),
        ("message", "m", Difference("lost", "c", "r", "detail"), 2),
        ("session", "m", stated, 1),
        ("message", "m", CHANGED, 1),
        ("message", "m", UNSTATED, 1),
    ):
        totals.count_outside(scope, name, [difference], count=number)  # type: ignore[arg-type]
    assert [(each.scope, each.subject, each.field) for each in result_of(totals).outside_differences()] == [
        ("message", "m", "time"),
        ("message", "m", "text"),
        ("message", "m", "c"),
        ("message", "l", "b"),
        ("message", "m", "a"),
        ("message", "m", "b"),
        ("session", "m", "b"),
    ]


def test_a_result_has_a_few_examples() -> None:
    totals = Totals()
    for number in range(2 * MAX_EXAMPLES):
        totals.count_event_error("x", "bad", str(number))
    (errors,) = totals.event_errors.values()
    assert (errors.count, errors.examples) == (2 * MAX_EXAMPLES, [str(number) for number in range(MAX_EXAMPLES)])


SCHEMA = SchemaInfo(path="s", sha256="", title="", version="", events=1)
NOT_READ = "some data could not be read"


@pytest.mark.parametrize(
    ("differences", "outside", "unread", "proof"),
    [
        ([[], []], [], False, (True, "all arrive: 2 parts")),
        ([[], [CHANGED]], [], False, (True, "all arrive: 2 parts, 1 of them changed as stated")),
        ([[], []], [], True, (False, NOT_READ)),
        ([[LOST], []], [], True, (False, "1 lost")),
        ([[LOST], [LOST_FIELD]], [], False, (False, "1 lost, 1 field lost")),
        ([[UNSTATED], [UNSTATED]], [], False, (False, "2 differences without a reason")),
        ([[]], [LOST], False, (False, "fields of messages lost")),
        ([[]], [UNSTATED], False, (False, "fields of messages lost")),
        ([[]], [LOST_FIELD], False, (True, "all arrive: 1 part")),
    ],
)
def test_a_semantics_is_proven_if_nothing_of_it_is_lost(
    differences: list[list[Difference]], outside: list[Difference], unread: bool, proof: tuple[bool, str]
) -> None:
    totals = Totals()
    count(totals, "s", [("text", str(number), found) for number, found in enumerate(differences)])
    totals.count_outside("message", "m", outside)
    totals.count_issue(DataIssue("damaged database", "w", unread=unread))
    assert proofs_of_semantics(result_of(totals)._replace(schema=SCHEMA))["message"] == proof


def test_a_check_is_proven_if_every_session_passes_it() -> None:
    totals = Totals()
    totals.checks["open"].count("a", "why")
    totals.checks["open"].count("b", "because")
    totals.checks["open"].count("c", "because")
    totals.checks["open"].passed += 1
    totals.checks["read"].passed += 1
    totals.checks["resume"].passed += 2
    totals.stopped_in.update(("answered", "unknown"))
    proofs = proofs_of_checks(result_of(totals))
    assert proofs == {
        "open": (False, "2 because, 1 why"),
        "read": (False, "the sessions were not validated: no schema"),
        "resume": (False, "the data has no unfinished session"),
        "export": (False, "the data has no session"),
    }
    totals.stopped_in["mid-step"] += 1
    proofs = proofs_of_checks(result_of(totals)._replace(schema=SCHEMA))
    assert (proofs["read"], proofs["resume"]) == ((True, "all pass: 1 session"), (True, "all pass: 2 sessions"))
    totals.count_issue(DataIssue("damaged database", "w", unread=True))
    proofs = proofs_of_checks(result_of(totals))
    assert proofs["open"].reason == "2 because, 1 why"
    assert [proofs[name].reason for name in ("read", "resume")] == [NOT_READ, NOT_READ]
