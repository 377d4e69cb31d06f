"""Hostile responses: each method returns a fact or raises an error with one sentence."""

from contextlib import suppress

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from pawtui.sources.source_errors import BadResponse
from tests.support.hostile_values import SAMPLES
from tests.support.response_attacks import attack_reads, calls, hostile_source

SEEDS = st.integers(0, 2**32)


@settings(max_examples=10, derandomize=True)
@given(SEEDS)
def test_every_method_handles_hostile_responses(seed: int) -> None:
    attack_reads(seed)


async def test_the_attack_damages_the_response_of_every_request() -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json=SAMPLES[request.url.raw_path.decode()]))
    async with hostile_source(transport, cache=None) as source:
        for call in calls(source):
            # The sample of a file does not match its SHA.
            with suppress(BadResponse):
                await call()
