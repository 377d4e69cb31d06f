"""Every attack, the slow ones with a part of their cases; `python -m tests.attack` runs all cases."""

import pytest

from tests.attack.__main__ import main
from tests.attack.attacks import Attack, attacks

# The first case and the number of cases of slow attacks: every kind of damage to a record, every command with a valid
# tracker, and screens that `tests/tui/test_hostile_text.py` does not open. Other tests make more cases of single texts.
_PARTS = {
    "approval": (0, 50),
    "disk": (0, 8),
    "markdown": (0, 20),
    "record": (159, 16),
    "screens": (0, 1),
    "terminal": (4, 1),
    "tracker": (0, 9),
}


@pytest.mark.parametrize(("name", "attack"), attacks().items(), ids=attacks().keys())
def test_no_attack_succeeds(name: str, attack: Attack) -> None:
    attack.run(*_PARTS.get(name, (0, attack.CASES)))


def test_the_runner_prints_successes_and_failures(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Harmful:
        TITLE = "a harmful attack"
        CASES = 3

        @staticmethod
        def run(seed: int, cases: int) -> None:
            assert cases == 7, f"{cases} cases from {seed} on"

    monkeypatch.setattr("tests.attack.__main__.attacks", lambda: {"harmful": Harmful})
    assert main(["--cases", "7"]) == 0
    assert "a harmful attack" in capsys.readouterr().out
    assert main(["--only", "harmful", "--seed", "40"]) == 1
    shown = capsys.readouterr()
    assert shown.out.rstrip().endswith("FAILED")
    assert "AssertionError: 3 cases from 40 on" in shown.err
    with pytest.raises(SystemExit):
        main(["--only", "nothing"])
