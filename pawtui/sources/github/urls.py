"""Questions about addresses that may come from a server, so that none of them is taken for granted to be one."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from pawtui.sources.sanitize import safe_line


def split_url(url: str) -> SplitResult | None:
    """Return the parts of an address; None where it is none, such as one with a port above 65,535."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it is what checks it
    except ValueError:
        return None
    return parts


def origin(url: str) -> tuple[str, str, int] | None:
    """Return the scheme, host and port of an address, the port spelled out; None where it is no address."""
    parts = split_url(url)
    if parts is None or not parts.hostname:
        return None
    return parts.scheme, parts.hostname.lower(), parts.port or (443 if parts.scheme == "https" else 80)


def same_origin(url: str, other: str) -> bool:
    """Return whether two addresses have the same scheme, host and port."""
    found = origin(url)
    return found is not None and found == origin(other)


def has_credentials(url: str) -> bool:
    """Return whether an address holds a user name or a password."""
    parts = split_url(url)
    return parts is not None and bool(parts.username or parts.password)


def host_of(url: str) -> str:
    """Return the host of an address, safe to show; empty where it names none."""
    parts = split_url(url)
    return safe_line(parts.hostname or "", 80) if parts else ""
