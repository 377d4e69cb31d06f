"""A source whose server sends given responses."""

import datetime as dt
from pathlib import Path

import httpx

from pawtui.sources.github.github_source import BUDGET, GitHubSource
from pawtui.sources.github.token import Secret
from tests.support.hostile_values import API, TOKEN
from tests.support.offline_transports import no_sleep

NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


def server_with(*responses: httpx.Response) -> httpx.MockTransport:
    """Return a server that sends these responses in order, and then repeats the last response."""
    left = list(responses)
    return httpx.MockTransport(lambda request: left.pop(0) if len(left) > 1 else left[0])


def source_of(
    transport: httpx.AsyncBaseTransport, cache: Path | None = None, budget: int | None = BUDGET
) -> GitHubSource:
    """Return a source that sends its requests to a server, without sleeps."""

    return GitHubSource(
        api_url=API,
        token=Secret(TOKEN),
        cache=cache,
        budget=budget,
        transport=transport,
        sleep=no_sleep,
        clock=lambda: NOW,
    )
