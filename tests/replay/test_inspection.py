"""One part is read again, with its content, its events and its differences."""

import json
from pathlib import Path

from pawtui.replay.inspection import InspectedPart, inspect_part
from pawtui.replay.results.result import Result
from pawtui.report.document_lines import plain_text
from pawtui.report.documents.replay_details import session_document
from tests.replay.conftest import Replay
from tests.replay.session_db import SUBTASK, TEXT, SessionDb, user


def inspected_part(result: Result, session_id: str, part_id: str, source: int = 0) -> InspectedPart | None:
    """Return a part of the session of a source."""
    (session,) = [session for session in result.sessions_of(session_id) if session.source == source]
    return inspect_part(result, session, part_id)


def test_a_part_of_a_database_has_its_events_or_the_reason_of_its_loss(db: SessionDb, run: Replay) -> None:
    db.message(db.session(), user(), [TEXT, SUBTASK])
    result = run()
    kept, lost = (inspected_part(result, "ses_1", part) for part in ("prt_1", "prt_2"))
    assert kept is not None
    assert lost is not None
    assert (kept.part.data, kept.semantics, kept.differences) == (TEXT, "message", [])
    assert (lost.part.data, lost.semantics, lost.events) == (SUBTASK, "subtask", [])
    assert [difference.kind for difference in lost.differences] == ["lost"]
    assert inspected_part(result, "ses_1", "prt_3") is None


def test_a_part_that_the_importer_did_not_import_is_lost(db: SessionDb, run: Replay) -> None:
    db.turn(TEXT)
    db.add_import("completed")
    result = run(generation="session")
    part = inspected_part(result, "ses_1", "prt_1")
    assert part is not None
    reasons = [difference.reason for difference in part.differences]
    assert reasons == ["The upstream's import runs once, and ended without this session."]


def test_a_part_of_a_session_without_a_row_is_read(db: SessionDb, run: Replay) -> None:
    db.message("ses_without_a_row", user(), [TEXT])
    part = inspected_part(run(), "ses_without_a_row", "prt_1")
    assert part is not None
    assert part.part.data == TEXT
    assert [difference.reason for difference in part.differences] == ["Its session has no row."]


def test_a_part_of_an_exported_session_is_read_from_its_file(tmp_path: Path, run: Replay) -> None:
    path = tmp_path / "one.json"
    message = {"info": user(id="m"), "parts": [{**TEXT, "id": "p"}]}
    path.write_text(json.dumps({"info": {"id": "ses_x"}, "messages": [message]}), encoding="utf-8")
    result = run(path)
    part = inspected_part(result, "ses_x", "p")
    assert part is not None
    assert part.part.data == TEXT
    path.write_text(path.read_text(encoding="utf-8").replace("ses_x", "ses_z"), encoding="utf-8")
    assert inspected_part(result, "ses_x", "p") is None


def test_a_part_is_read_from_the_source_of_its_session(db: SessionDb, tmp_path: Path, run: Replay) -> None:
    db.message(db.session(), user(), [SUBTASK])
    path = tmp_path / "one.json"
    message = {"info": user(id="m"), "parts": [{**TEXT, "id": "p"}]}
    path.write_text(json.dumps({"info": {"id": "ses_x"}, "messages": [message]}), encoding="utf-8")
    result = run(path, db.path)
    found = [inspected_part(result, "ses_x", "p"), inspected_part(result, "ses_1", "prt_1", source=1)]
    assert [inspected.part.type for inspected in found if inspected is not None] == ["text", "subtask"]


def test_a_session_shows_each_check_that_it_fails(db: SessionDb, run: Replay) -> None:
    db.turn(TEXT)
    db.message(db.session(), user(), [SUBTASK, "{"])
    result = run()
    fields = [plain_text(session_document(result, session)).splitlines()[2] for session in ("ses_1", "ses_2")]
    assert [line.split(maxsplit=2)[2] for line in fields] == [
        "none",
        "read: some data could not be read; resume: mid-subtask; export: the export differs when it is read again",
    ]


def test_a_session_of_several_sources_is_shown_for_each(db: SessionDb, tmp_path: Path, run: Replay) -> None:
    db.message(db.session(), user(), [SUBTASK])
    path = tmp_path / "one.json"
    message = {"info": user(id="m"), "parts": [{**TEXT, "id": "prt_1"}]}
    path.write_text(json.dumps({"info": {"id": "ses_1"}, "messages": [message]}), encoding="utf-8")
    result = run(path, db.path)
    text = plain_text(session_document(result, "ses_1"))
    first, second = (text.index(str(source)) for source in (path, db.path))
    assert "1 kept, 0 changed, 0 lost" in text[first:second]
    assert "prt_1" not in text[first:second]
    assert "0 kept, 0 changed, 1 lost" in text[second:]
    assert "prt_1" in text[second:]
    found = [inspected_part(result, "ses_1", "prt_1", source) for source in (0, 1)]
    assert [inspected.part.type for inspected in found if inspected is not None] == ["text", "subtask"]
    assert str(path) not in plain_text(session_document(run(path), "ses_1"))
