"""The number of processes of a replay."""

import pytest

from pawtui.replay.parallel import default_jobs


@pytest.mark.parametrize(("cpus", "jobs"), [(None, 1), (1, 1), (2, 2), (64, 3)])
def test_processes_are_limited_because_each_needs_memory(
    monkeypatch: pytest.MonkeyPatch, cpus: int | None, jobs: int
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: cpus)
    assert default_jobs() == jobs
