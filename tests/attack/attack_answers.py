"""A server that lies: whatever it answers, each question ends in a fact or in one sentence."""

from __future__ import annotations

from tests.support.attacks import attack_questions

TITLE = "questions to a lying server"
# The suite runs more of them in tests/sources/test_attacks.py.
CASES = 1


def run(seed: int, cases: int) -> None:
    """Run cases."""
    attack_questions(seed, cases)
