"""`json`: one field of a document at an https address, requested without a token."""

import datetime as dt
from typing import Literal

import httpx
import pytest

from pawtui.probes.probe_facts import JsonFacts
from pawtui.tracker.probe_types import JsonProbe
from tests.probes.measuring import facts_of, measure
from tests.support.fake_github import FakeGitHub
from tests.support.fake_repo import FakeRepo
from tests.support.fixtures import OpenSource

URL = "https://updates.example.org/latest"
PROBE = JsonProbe(url=URL, field="releases.0.version", pattern=r"^2\.")


@pytest.fixture(autouse=True)
def begun(up: FakeRepo) -> None:
    up.git.commit({"a": "1"}, at="2026-06-01")


def responding(body: bytes | str, *, requests: list[httpx.Request] | None = None) -> httpx.MockTransport:
    def handle(request: httpx.Request) -> httpx.Response:
        if requests is not None:
            requests.append(request)
        return httpx.Response(200, content=body)

    return httpx.MockTransport(handle)


@pytest.mark.parametrize(
    ("version", "expect", "state"),
    [("2.3.2", "present", "met"), ("1.9.0", "present", "unmet"), ("2.3.2", "absent", "unmet"), ("1", "absent", "met")],
)
async def test_a_field_is_compared_with_a_pattern(
    up: FakeRepo, open_source: OpenSource, version: str, expect: Literal["present", "absent"], state: str
) -> None:
    requests: list[httpx.Request] = []
    transport = responding(f'{{"releases": [{{"version": "{version}"}}]}}', requests=requests)
    probe = JsonProbe(url=URL, field=PROBE.field, pattern=PROBE.pattern, expect=expect)
    found = (await measure(open_source(web_transport=transport), probe)).reading
    assert found.state == state
    assert found.facts == JsonFacts(
        head=up.git.sha("main"),
        url=URL,
        host="updates.example.org",
        field=PROBE.field,
        value=version,
        pattern=PROBE.pattern,
        expect=expect,
    )
    verb = "matches" if expect == "present" else "does not match"
    assert found.rule == f"met when releases.0.version at {URL} {verb} '^2\\.'"
    assert found.summary == f"releases.0.version is {version!r} at updates.example.org"
    assert found.evidence[0].url == URL
    assert [str(request.url) for request in requests] == [URL]
    assert not {"authorization", "cookie"} & {name.lower() for name in requests[0].headers}


@pytest.mark.parametrize("value", ["2.10", "1e2", "-0", "true", "null"])
async def test_a_number_or_a_constant_is_compared_as_it_is_written(
    up: FakeRepo, open_source: OpenSource, value: str
) -> None:
    transport = responding(f'{{"version": {value}}}')
    probe = JsonProbe(url=URL, field="version", pattern=f"^{value}$")
    found = (await measure(open_source(web_transport=transport), probe)).reading
    assert (found.state, facts_of(found, JsonFacts).value) == ("met", value)


CANNOT = [
    ('{"releases": [{"version": NaN}]}', "the response of updates.example.org is not JSON"),
    ('{"releases": [{"version": "1", "version": "2."}]}', "the document has the key version twice in one table"),
    ("<html>", "the response of updates.example.org is not JSON"),
    ("[" * 100_000, "the response of updates.example.org is not JSON"),
    ("{}", "the document has no field releases.0.version (releases is missing)"),
    ("[1]", "the document has no field releases.0.version (releases is missing)"),
    ('{"releases": "0"}', "the document has no field releases.0.version (0 is missing)"),
    ('{"releases": []}', "the document has no field releases.0.version (0 is missing)"),
    ('{"releases": [{"version": {}}]}', "releases.0.version is a table, not a single value"),
    ('{"releases": [{"version": []}]}', "releases.0.version is a list, not a single value"),
    (f'{{"releases": [{{"version": "{"x" * 10_001}"}}]}}', "releases.0.version has 10,001 characters"),
]


@pytest.mark.parametrize("expect", ["present", "absent"])
@pytest.mark.parametrize(("body", "cause"), CANNOT, ids=[body[:40] for body, _ in CANNOT])
async def test_a_document_without_the_value_is_unknown(
    up: FakeRepo, open_source: OpenSource, body: str, cause: str, expect: Literal["present", "absent"]
) -> None:
    probe = JsonProbe(url=URL, field=PROBE.field, pattern=PROBE.pattern, expect=expect)
    found = await measure(open_source(web_transport=responding(body)), probe)
    assert found.reading.state == "unknown"
    assert found.reading.cause.startswith(cause)
    assert not found.errors


async def test_another_host_and_http_are_refused(fake: FakeGitHub, up: FakeRepo, open_source: OpenSource) -> None:
    for location in ("https://elsewhere.example.org/latest", "http://updates.example.org/latest"):
        requests: list[str] = []

        def handle(request: httpx.Request, to: str = location, seen: list[str] = requests) -> httpx.Response:
            seen.append(request.url.host)
            return httpx.Response(302, headers={"Location": to})

        found = await measure(open_source(web_transport=httpx.MockTransport(handle)), PROBE)
        assert (found.reading.state, len(found.errors)) == ("unknown", 1)
        assert requests == ["updates.example.org"]


@pytest.mark.parametrize("response", [httpx.Response(500), httpx.Response(200, content=b"1" * 4_000_001)])
async def test_a_failed_request_is_an_error(up: FakeRepo, open_source: OpenSource, response: httpx.Response) -> None:
    transport = httpx.MockTransport(lambda _request: response)
    found = await measure(open_source(web_transport=transport), PROBE)
    assert (found.reading.state, len(found.errors)) == ("unknown", 1)
    assert found.reading.cause == str(found.errors[0])
    assert "updates.example.org" in found.reading.cause


async def test_a_past_day_is_unknown(up: FakeRepo, open_source: OpenSource) -> None:
    when = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
    found = await measure(open_source(), PROBE, today=when.date(), as_of=when)
    assert found.reading.cause == "the document has today's text, not that of 2026-07-01"
    assert not found.errors
