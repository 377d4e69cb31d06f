"""Databases that real upstream builds wrote. They are not part of this repository: without them, the tests are skipped.

The numbers are from the notes of the databases, which count the losses in the upstream's code and rows.
"""

from collections import Counter
from pathlib import Path

import pytest

from pawtui.replay.checking.openapi_schema import OpenApiSchema
from pawtui.replay.mapping.read_generation import find_generation
from pawtui.replay.replay_sources import replay_sources
from pawtui.replay.results.result import Result
from tests.replay.conftest import lost_parts, whole_losses

FIXTURES = Path(__file__).resolve().parents[3] / "shared" / "fixtures"
pytestmark = pytest.mark.skipif(not FIXTURES.is_dir(), reason="needs the real databases")


def run(name: str, generation: str) -> Result:
    """Replay one of the databases, with the schema if it defines the generation."""
    path = FIXTURES / "opencode-1.18.34-openapi.json"
    schema = OpenApiSchema(path.read_bytes(), path.name) if generation == "session.next" else None
    return replay_sources([FIXTURES / name], find_generation(generation), schema=schema)


@pytest.mark.parametrize(
    ("name", "parts", "changed_or_lost"),
    [("opencode-v1.db", 153, 12), ("dualwrite-1.17.9.db", 74, 5), ("pawwork-v1.db", 158, 16)],
)
def test_the_losses_of_the_importer_are_found_and_no_others(name: str, parts: int, changed_or_lost: int) -> None:
    total = run(name, "session").counts()
    assert total.total == parts
    assert total.changed + total.lost == changed_or_lost
    assert total.unstated == 0


def test_each_loss_of_the_importer_is_counted_once() -> None:
    result = run("pawwork-v1.db", "session")
    lost: Counter[str] = Counter()
    for entry, parts in whole_losses(result):
        lost[entry.type] += parts
    assert lost == {
        "step-start": 3,
        "step-finish": 3,
        "subtask": 2,
        "text": 2,
        "tool": 1,
        "notice": 1,
        "skill": 1,
        "retry": 1,
    }
    found = [part for part, _type, _reason in lost_parts(result)]
    assert len(found) == len(set(found)) == sum(lost.values())


@pytest.mark.parametrize("name", ["opencode-v1.db", "dualwrite-1.17.9.db", "pawwork-v1.db"])
def test_every_event_is_valid_in_the_upstreams_schema(name: str) -> None:
    result = run(name, "session.next")
    assert result.complete
    assert not [error for error in result.totals.event_errors.values() if error.type.startswith("session.next")]


def test_the_mapping_agrees_with_the_events_that_the_upstream_wrote() -> None:
    comparisons = run("dualwrite-1.17.9.db", "session.next").upstream
    assert {compared.stored for compared in comparisons} == {"events", "rows"}
    for compared in comparisons:
        assert compared.agreement > 0.9
        assert compared.unexplained == 0
        assert all(difference.reason for difference in compared.differences)


def test_the_skill_part_makes_its_session_unreadable_on_the_upstream() -> None:
    result = run("pawwork-v1.db", "session.next")
    assert [session.id[-6:] for session in result.totals.sessions if "read" in session.failed] == ["sUP2zj"]
    assert {session.stopped_in for session in result.totals.sessions} >= {"mid-tool", "interrupted"}
