"""The GitHub server that the environment names, and the parts of addresses, which may be invalid."""

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from pawtui.sources.sanitize import safe_line
from pawtui.sources.source_errors import Refused

_GITHUB_API = "https://api.github.com"
# A name, or an address of IP version 6.
_HOST_NAME = re.compile(r"\w[\w.-]*|[\da-f:.]+")


def find_api_url(env: Mapping[str, str]) -> str:
    """Return the root of the API without a final slash, from `GITHUB_API_URL`, `GH_HOST`, or else github.com.

    Raises `Refused` if a variable is not valid.
    """
    address = env.get("GITHUB_API_URL", "").strip().rstrip("/")
    if address:
        parts = split_url(address)
        if parts is None or parts.scheme not in ("http", "https") or not _is_host_name(parts.hostname):
            raise Refused("GITHUB_API_URL is not a web address. Example: https://github.example.org/api/v3.")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise Refused("GITHUB_API_URL contains more than a host and a path. Put the token into GH_TOKEN instead.")
        return address
    host = env.get("GH_HOST", "").strip().lower()
    if host in ("", "github.com", "api.github.com"):
        return _GITHUB_API
    parts = split_url(f"https://{host}")
    if parts is None or parts.netloc != host or "@" in host or not _is_host_name(parts.hostname):
        raise Refused("GH_HOST is not a host name. Example: github.example.org.")
    return f"https://api.{host}" if host.endswith(".ghe.com") else f"https://{host}/api/v3"


def _is_host_name(host: str | None) -> bool:
    """Return whether the host of an address is a name or an IP address, and not a text with spaces, for example."""
    return _HOST_NAME.fullmatch(host or "") is not None


def web_url(api_url: str) -> str:
    """Return the web root of an API, for links, such as `https://github.com`."""
    parts = urlsplit(api_url)
    host = parts.netloc
    if host == "api.github.com" or host.endswith(".ghe.com"):
        host = host.removeprefix("api.")
    return f"{parts.scheme}://{host}"


def is_loopback(host: str) -> bool:
    """Return whether the host name is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def split_url(url: str) -> SplitResult | None:
    """Return the parts of a URL, or None if it is invalid (for example a port above 65,535)."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - a read raises ValueError for an invalid port
    except ValueError:
        return None
    return parts


def scheme_host_port(url: str) -> tuple[str, str, int] | None:
    """Return the scheme, host and port (also the default port) of a URL, or None if it is invalid."""
    parts = split_url(url)
    if parts is None or not parts.hostname:
        return None
    return parts.scheme, parts.hostname.lower(), parts.port or (443 if parts.scheme == "https" else 80)


def is_same_server(url: str, root: str) -> bool:
    """Return whether a URL has the scheme, host and port of `root`, and no user name or password."""
    parts, found = split_url(url), scheme_host_port(url)
    if parts is None or found is None or parts.username or parts.password:
        return False
    return found == scheme_host_port(root)


def host_of(url: str) -> str:
    """Return the host of a URL, safe to show; empty if there is none."""
    parts = split_url(url)
    return safe_line(parts.hostname or "", 80) if parts else ""
