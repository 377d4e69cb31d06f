"""Parts that share one event or message: joined texts, merged and divided steps, and the order of parts."""

from pathlib import Path

import pytest

from pawtui.replay.mapping.read_generation import parse_generation
from pawtui.replay.replay_sources import replay_sources
from pawtui.replay.results.result import Result
from tests.replay.conftest import Replay, lost_parts
from tests.replay.session_db import STEP_FINISH, STEP_START, TEXT, Json, SessionDb, assistant, tool, user, without

IMAGE: Json = {"type": "file", "mime": "image/png", "url": "data:image/png;base64,AA=="}
NEXT = Path(__file__).resolve().parents[2] / "pawtui" / "replay" / "generations" / "session_next.toml"


def texts(*values: str) -> list[Json]:
    """Return text parts."""
    return [{**TEXT, "text": value} for value in values]


def part_fields(result: Result) -> list[tuple[str, str, str, bool]]:
    """Return the id, the kind, the field and whether it is stated, of each difference of a part."""
    found = result.differences()
    return [(each.part, each.difference.kind, each.difference.field, each.difference.stated) for each in found]


@pytest.mark.parametrize("generation", ["session", "session.next"])
@pytest.mark.parametrize(
    ("values", "moved"),
    [
        (["one"], 0),
        ([""], 0),
        (["", ""], 2),
        (["a", "", "a", "b a"], 4),
        (["abc", "b", "c"], 3),
        (["same", "same"], 2),
    ],
)
def test_joined_texts_lose_only_their_place(
    db: SessionDb, run: Replay, generation: str, values: list[str], moved: int
) -> None:
    db.message(db.session(), user(), texts(*values))
    result = run(generation=generation)
    places = [(f"prt_{number}", "lost", "(place)", True) for number in range(1, moved + 1)]
    assert part_fields(result) == places
    assert result.counts().kept == len(values)


def test_a_text_that_is_missing_in_the_joined_text_is_changed(tmp_path: Path) -> None:
    mapping = NEXT.read_text(encoding="utf-8").replace(
        'text = { join = ["text"], of = "text", with = "\\n" }', 'text = "=x"'
    )
    db = SessionDb(tmp_path / "a.db")
    db.message(db.session(), user(), texts("x", "y"))
    result = replay_sources([db.path], parse_generation(mapping, "mine.toml"))
    assert part_fields(result) == [("prt_2", "changed", "text", False)]
    assert (result.counts().kept, result.counts().changed) == (1, 1)


def test_a_text_part_without_a_text_cannot_be_read_back(db: SessionDb, run: Replay) -> None:
    db.message(db.session(), user(), [{"type": "text"}, {"type": "text", "text": 7}])
    result = run(generation="session.next")
    reason = "This part cannot be read back from the events of the mapping."
    assert lost_parts(result) == [("prt_1", "text", reason), ("prt_2", "text", reason)]
    assert result.counts().unstated == 2


@pytest.mark.parametrize("generation", ["session", "session.next"])
def test_the_lists_of_files_of_a_reply_are_merged(db: SessionDb, run: Replay, generation: str) -> None:
    db.turn(patch("a"), patch("b"))
    assert part_fields(run(generation=generation)) == [
        ("prt_3", "changed", "files", True),
        ("prt_4", "changed", "files", True),
    ]


def test_the_parts_of_a_step_that_did_not_end_are_lost_in_1_x(db: SessionDb, run: Replay) -> None:
    prompt = db.message(db.session(), user())
    killed = without(assistant(prompt), "finish")
    db.message("ses_1", killed, [STEP_START, STEP_FINISH, {"type": "patch", "hash": "a" * 40, "files": ["a"]}])
    reason = "This part cannot be read back from the events of the mapping."
    assert lost_parts(run(generation="session.next")) == [
        ("prt_2", "step-finish", reason),
        ("prt_3", "patch", reason),
    ]


def test_a_link_to_a_file_is_replaced_in_2_x(db: SessionDb, run: Replay) -> None:
    db.message(db.session(), user(), [TEXT, {"type": "file", "mime": "text/plain", "url": "file:///a"}])
    assert part_fields(run(generation="session"))[-1] == ("prt_2", "changed", "", True)


@pytest.mark.parametrize(
    "summary", [{}, {"error": {"name": "APIError", "data": {"message": "no", "isRetryable": False}}}]
)
@pytest.mark.parametrize("generation", ["session", "session.next"])
def test_a_summary_is_no_message_of_its_own(db: SessionDb, run: Replay, generation: str, summary: Json) -> None:
    session = db.session()
    request = db.message(session, user(), [{"type": "compaction", "auto": True}])
    db.message(session, assistant(request, summary=True, **summary), [TEXT])
    (found,) = [
        (found.subject, found.kind, found.stated)
        for found in run(generation=generation).outside_differences()
        if not found.field and found.subject != "compaction"
    ]
    failed = ("summary.failed", "lost" if generation == "session" else "changed", True)
    assert found == (failed if summary else ("summary", "changed", True))


def test_the_parts_of_a_summary_have_no_order(db: SessionDb, run: Replay) -> None:
    retry = {"type": "retry", "attempt": 1, "error": {"name": "APIError", "data": {}}, "time": {"created": 1}}
    request = db.message(db.session(), user(), [{"type": "compaction", "auto": True}])
    db.message("ses_1", assistant(request, summary=True), [TEXT, retry])
    result = run(generation="session.next")
    assert not [found for found in result.outside_differences() if found.field == "(order)"]


def test_an_agent_is_an_event_only_if_it_changes(db: SessionDb, run: Replay) -> None:
    for agents in (("build", "build", "plan"), ("plan", "build")):
        session = db.session()
        for agent in agents:
            db.message(session, user(agent=agent), [TEXT])
    assert run(generation="session.next").totals.events["agent.switched"] == 4


SECOND_START: Json = {**STEP_START, "snapshot": "b" * 40}
SECOND_FINISH: Json = {**STEP_FINISH, "snapshot": "c" * 40}


def patch(*files: str) -> Json:
    """Return a patch with changed files."""
    return {"type": "patch", "hash": "a" * 40, "files": list(files)}


@pytest.fixture
def two_steps(db: SessionDb) -> SessionDb:
    """A reply with two steps, each with texts and a patch."""
    prompt = db.message(db.session(), user())
    first = [STEP_START, *texts("a"), STEP_FINISH, patch("a", "b")]
    second = [SECOND_START, *texts("b", "c"), SECOND_FINISH, patch("b", "c")]
    db.message("ses_1", assistant(prompt), [*first, *second])
    return db


@pytest.mark.parametrize("generation", ["session", "session.next"])
def test_the_steps_of_a_reply_are_merged(two_steps: SessionDb, run: Replay, generation: str) -> None:
    result = run(generation=generation)
    total = result.counts()
    assert (total.kept, total.changed, total.lost, total.unstated) == (9, 0, 0, 0)
    fields = {(part, kind, field) for part, kind, field, _ in part_fields(result)}
    # Both lists of files arrive as one list. Of the snapshots at the start, the first arrives.
    assert {part for part, kind, field in fields if (kind, field) == ("changed", "files")} == {"prt_4", "prt_9"}
    assert ("prt_5", "lost", "snapshot") in fields
    assert ("prt_1", "lost", "snapshot") not in fields
    # Of the snapshots at the end, the last arrives.
    assert {part for part, kind, field in fields if field == "snapshot"} == {"prt_3", "prt_5"}


@pytest.mark.parametrize("generation", ["session", "session.next"])
def test_the_last_end_of_a_step_arrives_but_not_its_cost(db: SessionDb, run: Replay, generation: str) -> None:
    tokens = {"input": 7, "output": 7, "reasoning": 0, "cache": {"read": 0, "write": 0}}
    first = {**STEP_FINISH, "reason": "tool-calls", "cost": 1.0}
    last = {**STEP_FINISH, "cost": 2.0, "tokens": tokens}
    prompt = db.message(db.session(), user())
    reply = assistant(prompt, cost=3.0, tokens=tokens)
    db.message("ses_1", reply, [{"type": "step-start"}, first, STEP_START, last])
    found = [(part, kind, field) for part, kind, field, _ in part_fields(run(generation=generation))]
    assert found == [
        ("prt_2", "changed", "reason"),
        ("prt_2", "changed", "cost"),
        ("prt_2", "changed", "tokens.input"),
        ("prt_2", "changed", "tokens.output"),
        ("prt_4", "changed", "cost"),
    ]


@pytest.mark.parametrize(
    ("generation", "reply"),
    [
        # V1 begins a message with zeros, and completes it at its end.
        ("session", {**without(assistant(), "finish"), "cost": 0, "time": {"created": 1_000}}),
        ("session.next", without(assistant(), "tokens")),
    ],
)
def test_the_tokens_of_a_step_are_lost_if_the_reply_has_none(
    db: SessionDb, run: Replay, generation: str, reply: Json
) -> None:
    step = {**without(STEP_FINISH, "snapshot"), "tokens": {**STEP_FINISH["tokens"], "total": 16}}
    prompt = db.message(db.session(), user(), [TEXT])
    db.message("ses_1", {**reply, "parentID": prompt}, [step])
    result = run(generation=generation)
    assert ("prt_2", "lost", "tokens", True) in part_fields(result)
    # A part with a lost field is never proven.
    assert result.counts().lost_fields == 1


ORDER = ("changed", "(order)", "detail")


@pytest.mark.parametrize(
    ("data", "parts", "mapping", "reasons"),
    [
        (user(), [TEXT, IMAGE], "", {}),
        (
            user(),
            [IMAGE, TEXT],
            "",
            {ORDER: "A prompt has one text, then files, then mentions; synthetic texts follow as"},
        ),
        (user(), [IMAGE, TEXT], "reordered", {ORDER: "The order of the parts differs, and the mapping has no reason"}),
        (user(), [TEXT, IMAGE, TEXT], "", {}),
        (assistant(), [STEP_START, TEXT, tool("completed"), TEXT, STEP_FINISH], "", {}),
        # A part that is lost does not change the order of the others.
        (assistant(), [STEP_START, tool("weird"), TEXT, tool("completed", "call_2"), STEP_FINISH], "", {}),
        (assistant(), [tool("completed"), TEXT, tool("error", error="no"), TEXT], "", {}),
    ],
)
def test_another_order_of_the_parts_is_a_difference_of_the_message(
    tmp_path: Path, data: Json, parts: list[Json], mapping: str, reasons: dict[tuple[str, str, str], str]
) -> None:
    lines = NEXT.read_text(encoding="utf-8").splitlines()
    # Leave out the line with the reason.
    text = "\n".join(line for line in lines if not mapping or not line.startswith(mapping))
    db = SessionDb(tmp_path / "a.db")
    db.message(db.session(), data, parts)
    result = replay_sources([db.path], parse_generation(text, "mine.toml"))
    outside = [found for found in result.outside_differences() if found.scope == "message" and found.kind == "changed"]
    assert {(found.kind, found.field, found.weight) for found in outside} == set(reasons)
    for found in outside:
        assert found.reason.startswith(reasons[ORDER])
        assert found.stated is not bool(mapping)


def test_a_message_without_a_rule_or_without_its_events_is_lost(tmp_path: Path) -> None:
    mapping = NEXT.read_text(encoding="utf-8").replace('type = "step.started"\nat', 'type = "step.begun"\nat')
    db = SessionDb(tmp_path / "a.db")
    session = db.session()
    for data in ({"role": "made-later"}, {}, assistant(error={"name": "x"}), user()):
        db.message(session, data)
    result = replay_sources([db.path], parse_generation(mapping, "mine.toml"))
    lost = {
        (found.subject, found.reason, found.stated)
        for found in result.outside_differences()
        if (found.kind, found.field) == ("lost", "")
    }
    no_rule = "The mapping has no rule for this message."
    not_read_back = "This message cannot be read back from the events of the mapping."
    assert lost == {
        ("made-later", no_rule, False),
        ("(unknown)", no_rule, False),
        ("step", not_read_back, False),
    }
    assert dict(result.totals.messages) == {"made-later": 1, "(unknown)": 1, "assistant": 1, "user": 1}


@pytest.mark.parametrize(
    ("stored", "costs", "fields"),
    [
        (3, [1, 2], []),
        (0.3, [0.1, 0.2], []),
        (3, [1, 1.5], ["cost"]),
        (-3, [1, 2], ["cost"]),
        (None, [1, 2], []),
    ],
)
def test_the_cost_of_a_session_is_the_sum_of_its_replies(
    db: SessionDb, run: Replay, stored: float | None, costs: list[float], fields: list[str]
) -> None:
    db.connection.execute("ALTER TABLE session ADD COLUMN cost")
    for others in (None, stored):
        session = db.session(cost=others)
        prompt = db.message(session, user(cost=5), [TEXT])
        for cost in costs:
            db.message(session, assistant(prompt, cost=cost))
    assert [
        found.field for found in run(generation="session").outside_differences() if found.scope == "session"
    ] == fields
