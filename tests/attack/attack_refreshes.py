"""Refreshes from a hostile server: each fails, or is recorded, safe to show, and without the token."""

from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.probes.measuring import open_world
from tests.support.hostile_http import Recording
from tests.support.response_attacks import attack_refresh, record_responses

TITLE = "whole refreshes from a hostile server"
# The suite runs these cases in tests/refresh/test_out_of_range.py, with data that other tests share.
CASES = 0


def run(seed: int, cases: int) -> None:
    """Run cases."""
    if cases:
        attack_refresh(_true_responses(), seed, cases)


@lru_cache(maxsize=1)
def _true_responses() -> Recording:
    with TemporaryDirectory() as folder, open_world(Path(folder)) as world:
        return record_responses(world)
