"""A hostile server: for every response, each request ends in a fact or an error message."""

from tests.support.response_attacks import attack_reads

TITLE = "requests to a hostile server"
# The suite runs more cases in tests/sources/test_hostile_responses.py.
CASES = 1


def run(seed: int, cases: int) -> None:
    """Run cases."""
    attack_reads(seed, cases)
