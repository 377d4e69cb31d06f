"""Patterns are checked before they run: a valid one once, one with a mistake each time."""

import pytest

from pawtui.probes.pattern import check_patterns
from pawtui.probes.unmeasurable import Unmeasurable
from pawtui.tracker.mistake import Mistake
from pawtui.tracker.pattern_mistakes import probe_pattern_mistakes
from pawtui.tracker.probe_types import Probe, TextProbe


async def test_a_valid_pattern_is_checked_once_and_a_wrong_one_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[Probe] = []

    def mistakes(probe: Probe) -> list[Mistake]:
        checked.append(probe)
        return probe_pattern_mistakes(probe)

    monkeypatch.setattr("pawtui.probes.pattern.probe_pattern_mistakes", mistakes)
    valid = TextProbe(file="a", pattern="only in this test")
    wrong = TextProbe(file="a", pattern=".*")
    for _ in range(2):
        await check_patterns(valid)
        with pytest.raises(Unmeasurable, match=r"^pattern: .* matches an empty text"):
            await check_patterns(wrong)
    assert checked == [valid, wrong, wrong]
