"""Hostile responses: each method returns a fact or raises an error with one sentence."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.response_attacks import attack_reads

SEEDS = st.integers(0, 2**32)


@settings(max_examples=10, derandomize=True)
@given(SEEDS)
def test_every_method_handles_hostile_responses(seed: int) -> None:
    attack_reads(seed)
