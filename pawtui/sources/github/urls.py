"""Parse URLs that may come from a server and may be invalid."""

from urllib.parse import SplitResult, urlsplit

from pawtui.sources.sanitize import safe_line


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
