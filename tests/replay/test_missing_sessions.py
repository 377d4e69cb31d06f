"""Sessions that the importer of 2.x does not import, and messages that it completes from other messages or skips."""

import pytest

from pawtui.replay.checking.proof import proofs_of_checks, proofs_of_semantics
from tests.replay.conftest import Replay, lost_parts
from tests.replay.session_db import STEP_FINISH, STEP_START, TEXT, Json, SessionDb, assistant, user, without

DAMAGED_FILE: Json = {"type": "file", "mime": "text/plain", "url": "data:text/plain,100%"}
ABORTED: Json = {"name": "MessageAbortedError", "data": {"message": "stopped"}}


@pytest.mark.parametrize(("phase", "left"), [("completed", ["ses_2"]), ("sessions", [])])
def test_sessions_that_the_importer_did_not_import_are_not_opened(
    db: SessionDb, run: Replay, phase: str, left: list[str]
) -> None:
    db.turn(TEXT)
    db.turn(TEXT)
    db.add_import(phase, "ses_1", None)
    result = run(generation="session")
    check = result.totals.checks["open"]
    assert (check.examples, check.reasons) == (left, {"session not imported": 1} if left else {})
    reason = "The upstream's import runs once, and ended without this session."
    assert {found for _, _, found in lost_parts(result)} == ({reason} if left else set())
    assert len(lost_parts(result)) == 4 * len(left)
    assert result.complete
    assert run(generation="session.next").totals.checks["open"].passed == 2


@pytest.mark.parametrize("change", ["DELETE FROM kv", "UPDATE kv SET value = NULL", "DROP TABLE session_v2"])
def test_no_session_is_missing_after_an_import_in_an_unknown_state(db: SessionDb, run: Replay, change: str) -> None:
    db.turn(TEXT)
    db.add_import("completed")
    db.connection.execute(change)
    result = run(generation="session")
    assert result.totals.checks["open"].passed == 1
    assert result.complete


def test_nothing_is_proven_if_the_importer_stops_at_a_damaged_data_url(db: SessionDb, run: Replay) -> None:
    for more in ([], [DAMAGED_FILE], [DAMAGED_FILE], []):
        db.message(db.session(), user(), [TEXT, *more])
    result = run(generation="session")
    assert [part for part, _, _ in lost_parts(result)] == ["prt_3", "prt_5"]
    stops = result.totals.issues["import stops"]
    assert (stops.unread, [(issue.where, issue.session) for issue in stops.examples]) == (
        2,
        [("prt_3", "ses_2"), ("prt_5", "ses_3")],
    )
    assert not result.complete
    assert not any(
        proof.proven for proof in (*proofs_of_checks(result).values(), *proofs_of_semantics(result).values())
    )
    other = run(generation="session.next")
    assert other.complete
    assert not lost_parts(other)


def test_the_importer_goes_on_after_a_damaged_data_url_that_it_does_not_decode(db: SessionDb, run: Replay) -> None:
    db.message(db.session(), user(), [{"type": "compaction", "auto": True}, DAMAGED_FILE])
    db.message(db.session(), {**user(), "time": None}, [DAMAGED_FILE])
    assert run(generation="session").complete


def test_the_importer_takes_missing_agents_models_and_parents_from_other_messages(db: SessionDb, run: Replay) -> None:
    session = db.session()
    db.message(session, without(user(), "agent", "model"), [TEXT])
    db.message(session, without(assistant(), "agent", "parentID"), [STEP_START, TEXT, STEP_FINISH])
    assert not lost_parts(run(generation="session"))


NO_MODEL = 'The importer skips a message with invalid data (data: "model" is a required property).'


@pytest.mark.parametrize(
    ("model", "before", "after", "lost"),
    [
        (None, [], [], True),
        (None, [assistant("msg_0")], [], False),
        # Of several replies, only the next one counts.
        (None, [assistant("msg_0")], [without(assistant(), "modelID")], True),
        (None, [], [user(), without(assistant(), "modelID"), assistant()], True),
        ('{"providerID": "fake", "id": "fake-1"}', [], [without(assistant(), "modelID")], False),
        ('{"providerID": "fake"}', [], [], True),
        ("5", [], [], True),
    ],
)
def test_a_prompt_without_a_model_needs_that_of_a_reply_or_of_its_session(
    db: SessionDb, run: Replay, model: str | None, before: list[Json], after: list[Json], lost: bool
) -> None:
    db.connection.execute("ALTER TABLE session ADD COLUMN model text")
    session = db.session(model=model)
    db.message(session, user(), id="msg_0")
    for number, data in enumerate(before):
        db.message(session, data, id=f"msg_0{number}")
    db.message(session, without(user(), "model"), [TEXT], id="msg_1")
    for number, data in enumerate(after):
        db.message(session, data, id=f"msg_1{number}")
    assert lost_parts(run(generation="session")) == ([("prt_1", "text", NO_MODEL)] if lost else [])


def test_a_reply_without_a_prompt_before_it_is_skipped(db: SessionDb, run: Replay) -> None:
    session = db.session()
    db.message(session, without(assistant(), "parentID"), [TEXT])
    db.message(session, user(), [TEXT])
    reason = 'The importer skips a message with invalid data (data: "parentID" is a required property).'
    assert lost_parts(run(generation="session")) == [("prt_1", "text", reason)]
    assert not lost_parts(run(generation="session.next"))


def test_a_summary_without_a_parent_is_that_of_the_compaction_before_it(db: SessionDb, run: Replay) -> None:
    session = db.session()
    db.message(session, user(), [{"type": "compaction", "auto": True}])
    db.message(session, without(assistant(summary=True, error=ABORTED), "parentID"), [TEXT])
    reasons = {reason for _, _, reason in lost_parts(run(generation="session"))}
    assert "The importer drops a summary that failed or did not end, and its request." in reasons
