"""Every attack, with a limited number of cases; `python -m tests.attack --cases N` runs more cases."""

from __future__ import annotations

import pytest

from tests.attack.__main__ import main
from tests.attack.attacks import Attack, attacks


@pytest.mark.parametrize("attack", attacks().values(), ids=attacks().keys())
def test_no_attack_succeeds(attack: Attack) -> None:
    attack.run(0, attack.CASES)


def test_the_runner_prints_successes_and_failures(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Harmful:
        TITLE = "a harmful one"
        CASES = 3

        @staticmethod
        def run(seed: int, cases: int) -> None:
            assert cases == 7, f"{cases} cases from {seed} on"

    monkeypatch.setattr("tests.attack.__main__.attacks", lambda: {"harmful": Harmful})
    assert main(["--cases", "7"]) == 0
    assert "a harmful one" in capsys.readouterr().out
    assert main(["--only", "harmful", "--seed", "40"]) == 1
    shown = capsys.readouterr()
    assert shown.out.rstrip().endswith("FAILED")
    assert "AssertionError: 3 cases from 40 on" in shown.err
    with pytest.raises(SystemExit):
        main(["--only", "nothing"])
