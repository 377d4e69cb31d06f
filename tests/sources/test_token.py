"""The token of a GitHub host is never sent to another host."""

from pathlib import Path

import httpx
import pytest

from pawtui.sources.github.connection import Connection
from pawtui.sources.github.github_errors import RequestTarget
from pawtui.sources.github.request import Request, Response
from pawtui.sources.github.token import Secret, find_token, run_gh

GITHUB = "https://api.github.com"
ENTERPRISE = "https://git.example.org/api/v3"
ALL = {
    "GH_TOKEN": "gh",
    "GITHUB_TOKEN": "github",
    "GH_ENTERPRISE_TOKEN": "gh-own",
    "GITHUB_ENTERPRISE_TOKEN": "github-own",
}


def no_login(host: str) -> str | None:
    return None


@pytest.mark.parametrize(
    ("api", "without", "expected"),
    [
        (GITHUB, (), "gh"),
        (GITHUB, ("GH_TOKEN",), "github"),
        ("http://api.localhost:8080", (), "gh"),
        ("https://api.acme.ghe.com", (), "gh"),
        (ENTERPRISE, (), "gh-own"),
        (ENTERPRISE, ("GH_ENTERPRISE_TOKEN",), "github-own"),
        ("http://127.0.0.1:1", (), "gh"),
    ],
)
def test_the_first_usable_token_is_chosen(api: str, without: tuple[str, ...], expected: str) -> None:
    env = {name: value for name, value in ALL.items() if name not in without}
    token = find_token(env, api, no_login)
    assert token is not None
    assert token.reveal() == expected


@pytest.mark.parametrize(
    ("api", "names"),
    [
        (ENTERPRISE, ("GH_TOKEN", "GITHUB_TOKEN")),
        (GITHUB, ("GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")),
        ("http://git.example.org/api/v3", tuple(ALL)),
    ],
)
def test_another_host_and_plain_http_get_no_token(api: str, names: tuple[str, ...]) -> None:
    assert find_token({name: ALL[name] for name in names}, api, no_login) is None


def test_a_workflow_on_an_enterprise_server_uses_its_token() -> None:
    env = {"GITHUB_ACTIONS": "true", "GITHUB_SERVER_URL": "https://git.example.org", "GITHUB_TOKEN": "job"}
    assert find_token(env, ENTERPRISE, no_login) == Secret("job")
    assert find_token(env | {"GITHUB_SERVER_URL": "https://github.com"}, ENTERPRISE, no_login) is None
    assert find_token(env | {"GITHUB_ACTIONS": ""}, ENTERPRISE, no_login) is None


@pytest.mark.parametrize(
    ("api", "expected"),
    [
        (GITHUB, ["github.com"]),
        ("https://api.acme.ghe.com", ["acme.ghe.com"]),
        (ENTERPRISE, ["git.example.org"]),
        ("http://localhost:1", []),
        ("http://git.example.org", []),
    ],
)
def test_gh_is_run_last_and_for_that_host_only(api: str, expected: list[str]) -> None:
    hosts: list[str] = []

    def gh(host: str) -> str:
        hosts.append(host)
        return "from-gh\n"

    token = find_token({"GH_TOKEN": " \n"}, api, gh)
    assert hosts == expected
    assert token == (Secret("from-gh") if expected else None)


def test_without_gh_there_is_no_token() -> None:
    assert run_gh("github.com") is None


@pytest.mark.parametrize("status", [0, 1])
def test_gh_gives_the_token_of_its_own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    gh = tmp_path / "gh"
    gh.write_text(f'#!/bin/sh\nread input\necho "$GH_TOKEN $*$input"\necho problem >&2\nexit {status}\n')
    gh.chmod(0o700)
    monkeypatch.setattr("pawtui.sources.github.token.GH", str(gh))
    monkeypatch.setenv("GH_TOKEN", "from-the-environment")
    assert run_gh("git.example.org") == (None if status else " auth token --hostname git.example.org\n")


@pytest.mark.parametrize("value", ["a b", "tok\x00en", "tök"])
def test_a_value_that_is_invalid_in_a_header_is_not_a_token(value: str) -> None:
    assert find_token({"GH_TOKEN": value}, GITHUB, no_login) is None


def test_a_secret_is_masked() -> None:
    secret = Secret("canary")
    shown = f"{secret} {secret!r} {[secret]} {secret.fingerprint()}"
    assert "canary" not in shown
    assert Secret("other").fingerprint() != secret.fingerprint()


@pytest.mark.parametrize(
    ("api", "url", "sent"),
    [
        (GITHUB, "https://api.github.com/user", True),
        (GITHUB, "https://api.github.com:443/user", True),
        (GITHUB, "http://api.github.com/user", False),
        (GITHUB, "https://api.github.com:8443/user", False),
        (GITHUB, "https://raw.githubusercontent.com/x", False),
        (GITHUB, "https://api.github.com.evil.org/user", False),
        ("http://127.0.0.1:80", "http://127.0.0.1/user", True),
        ("http://git.example.org", "http://git.example.org/user", False),
        (GITHUB, "https://api.github.com@evil.org/user", False),
    ],
)
async def test_the_token_is_sent_to_the_api_only(api: str, url: str, sent: bool) -> None:
    received: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        received.append(request)
        return httpx.Response(200)

    await exchanged(api, url, "canary-canary", httpx.MockTransport(answer))
    assert (received[0].headers.get("Authorization") == "Bearer canary-canary") is sent


async def exchanged(api: str, url: str, token: str, transport: httpx.MockTransport) -> Response:
    """Return the response to a request with a token for the API."""
    connection = Connection(api, token=Secret(token), transport=transport)
    connection.open()
    response = await connection.exchange(Request(url=url, target=RequestTarget(what="x", host="x")))
    await connection.close()
    return response


async def test_the_token_is_masked_in_the_headers_and_the_body_of_a_response() -> None:
    for content, header in (("a canary-canary", "x"), ("a", "x=canary-canary"), ("canary-canary", "canary-canary")):
        link = f'<{GITHUB}/{header}>; rel="next"'
        answer = httpx.Response(200, headers={"X": header, "ETag": '"1"', "Link": link}, content=content)
        network = httpx.MockTransport(lambda _request, answer=answer: answer)
        response = await exchanged(GITHUB, GITHUB, "canary-canary", network)
        assert response.body.decode() == content.replace("canary-canary", "***")
        masked = header.replace("canary-canary", "***")
        assert (response.headers["x"], response.headers["etag"]) == (masked, '"1"')
        assert response.next == f"{GITHUB}/{masked}"


@pytest.mark.parametrize(
    ("token", "data", "found"),
    [("canary-canary", b"a canary-canary", True), ("canary-canary", b"canary", False), ("a", b"a", False)],
)
def test_a_secret_is_found_in_data(token: str, data: bytes, found: bool) -> None:
    assert Secret(token).is_in(data) is found


@pytest.mark.parametrize(
    ("body", "masked"),
    [
        (rb'"\u0063anary-\u0063anary \u0041"', rb'"*** A"'),
        (rb'"\\\u0063anary-canary"', rb'"\\***"'),
        # An escaped backslash: the text itself contains `\u0041`.
        (rb'"\\u0041 canary-canary"', rb'"\\u0041 ***"'),
        (rb'"\\u0063anary-canary"', rb'"\\u0063anary-canary"'),
    ],
)
def test_json_with_the_token_masked_is_still_json(body: bytes, masked: bytes) -> None:
    assert Secret("canary-canary").mask_json(body) == masked


def test_a_value_too_short_for_a_token_is_not_masked() -> None:
    assert (Secret("a").mask("a"), Secret("a").mask_json(b'"a"')) == ("a", b'"a"')
