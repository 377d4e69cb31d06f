"""Addresses of one server, and hosts that are safe to show."""

import pytest

from pawtui.sources.github.server import host_of, is_same_server

API = "https://api.github.com"


@pytest.mark.parametrize(
    ("url", "other", "same"),
    [
        ("https://api.github.com/user?x=1", API, True),
        ("https://API.github.com:443", API, True),
        ("http://127.0.0.1", "http://127.0.0.1:80/x", True),
        ("http://api.github.com", API, False),
        ("http://api.github.com:443", API, False),
        ("https://api.github.com:80", API, False),
        ("https://api.github.com:444", API, False),
        ("https://github.com", API, False),
        ("/user", API, False),
        ("/user", "/user", False),
        ("https://[", "https://[", False),
        ("https://api.github.com:99999999", API, False),
        ("https://user@api.github.com", API, False),
        ("https://:secret@api.github.com", API, False),
        ("https://user:secret@api.github.com", API, False),
        ("https://api.github.com/@user", API, True),
    ],
)
def test_addresses_of_one_server_have_the_same_scheme_host_and_port(url: str, other: str, same: bool) -> None:
    assert is_same_server(url, other) is same


@pytest.mark.parametrize(
    ("url", "host"),
    [("https://user@X.org:8443/y", "x.org"), ("https://x\u202e.org", "x⟨U+202E⟩.org"), ("https://[", "")],
)
def test_the_host_of_an_address_is_safe_to_show(url: str, host: str) -> None:
    assert host_of(url) == host
