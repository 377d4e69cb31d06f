"""The network connection, with the environment's proxies and certificates, which are checked first."""

import os
import ssl
from importlib.util import find_spec
from urllib.request import getproxies, proxy_bypass

import httpx

from pawtui.sources.github.server import is_loopback
from pawtui.sources.github.urls import host_of, split_url
from pawtui.sources.source_errors import BadNetworkSettings


def open_network(url: str, *, max_connections: int, use_proxy: bool = True) -> httpx.AsyncHTTPTransport:
    """Return a transport to the host of `url`. Blocks about 15 ms to read certificates.

    Raises `BadNetworkSettings` for an unusable proxy or certificate file.
    """
    # Without TLS, certificates are not read.
    context = _tls_context() if url.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    proxy_url = _proxy_url(url) if use_proxy else ""
    return httpx.AsyncHTTPTransport(
        verify=context,
        limits=httpx.Limits(max_connections=max_connections, max_keepalive_connections=max_connections),
        proxy=_proxy(proxy_url, context) if proxy_url else None,
    )


def _tls_context() -> ssl.SSLContext:
    """Return the TLS settings with the trusted certificates. Raises `BadNetworkSettings`."""
    try:
        return httpx.create_ssl_context()
    except OSError as error:
        no_certificate = isinstance(error, ssl.SSLError)
        reason = "it contains no certificate" if no_certificate else (error.strerror or "unknown reason").lower()
        about_keys = error.filename is not None and error.filename == os.environ.get("SSLKEYLOGFILE")
    name = "SSLKEYLOGFILE" if about_keys else "SSL_CERT_FILE"
    raise BadNetworkSettings(f"Cannot use the file in {name} for TLS: {reason}. Correct the path, or unset {name}.")


def _proxy_url(url: str) -> str:
    """Return the proxy for an address from the environment or the system; empty for none."""
    parts = split_url(url)
    # This machine is always reached directly.
    if parts is None or is_loopback(parts.hostname or "") or proxy_bypass(parts.netloc):
        return ""
    proxies = getproxies()
    return (proxies.get(parts.scheme) or proxies.get("all") or "").strip()


def _proxy(url: str, context: ssl.SSLContext) -> httpx.Proxy:
    name = _variable_of(url)
    try:
        proxy = httpx.Proxy(url if "://" in url else f"http://{url}")
    except (httpx.InvalidURL, ValueError):
        proxy = None
    if proxy is None or not host_of(str(proxy.url)):
        raise BadNetworkSettings(
            f"The proxy in {name} is not a valid http, https or SOCKS address. "
            "Correct it (example: http://proxy.example.org:3128), or unset it."
        )
    if proxy.url.scheme.startswith("socks") and find_spec("socksio") is None:
        raise BadNetworkSettings(
            f"The proxy in {name} is a SOCKS proxy, and the package socksio is not installed. "
            "Install httpx[socks], or set an http proxy."
        )
    proxy.ssl_context = context if proxy.url.scheme == "https" else None
    return proxy


def _variable_of(url: str) -> str:
    """Return the name of the variable or setting that contains a proxy."""
    named = [name for name, value in os.environ.items() if name.lower().endswith("_proxy") and value.strip() == url]
    return min(named, default="the system's settings", key=len)
