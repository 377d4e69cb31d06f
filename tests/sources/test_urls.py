"""The origin of an address, and addresses that must not be followed."""

import pytest

from pawtui.sources.github.urls import has_credentials, host_of, same_origin

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
    ],
)
def test_an_origin_is_a_scheme_a_host_and_a_port(url: str, other: str, same: bool) -> None:
    assert same_origin(url, other) is same


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://user@x.org", True),
        ("https://:secret@x.org", True),
        ("https://user:secret@x.org", True),
        ("https://x.org/@user", False),
        ("https://[", False),
    ],
)
def test_credentials_in_an_address_are_found(url: str, found: bool) -> None:
    assert has_credentials(url) is found


@pytest.mark.parametrize(
    ("url", "host"),
    [("https://user@X.org:8443/y", "x.org"), ("https://x\u202e.org", "x⟨U+202E⟩.org"), ("https://[", "")],
)
def test_the_host_of_an_address_is_safe_to_show(url: str, host: str) -> None:
    assert host_of(url) == host
