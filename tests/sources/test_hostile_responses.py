"""A server that lies: whatever it answers, a question ends in a fact or in one sentence."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.attack_texts import attack_questions

SEEDS = st.integers(0, 2**32)


@settings(max_examples=30, derandomize=True)
@given(SEEDS)
def test_every_question_survives_every_answer(seed: int) -> None:
    attack_questions(seed)
