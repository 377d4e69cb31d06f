"""The environment that git runs in: nothing of the person's configuration, no prompts, no hooks, no helpers.

A repository may belong to somebody else, and its own `config` is read: whatever in it could start a program, write a
file or open a connection is overridden here. Configuration given by environment variables (`GIT_CONFIG_COUNT`) goes
before every file (git-config(1), "ENVIRONMENT").
"""

from __future__ import annotations

import os
from collections.abc import Mapping

# What the system needs to start a program at all; the rest of the person's environment stays outside.
_SYSTEM = ("PATH", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH")
# What a connection through a company's network needs.
_NETWORK = (
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "GIT_SSL_CAINFO",
    "GIT_SSL_CAPATH",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
)
_NO_PROTOCOL = "none"  # no transport has this name

_SETTINGS: Mapping[str, str] = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.pager": "cat",
    "core.askPass": "",
    "core.quotePath": "false",
    "core.alternateRefsCommand": "true",
    "credential.helper": "",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "fetch.writeCommitGraph": "false",
    "fetch.recurseSubmodules": "false",
    "diff.ignoreSubmodules": "none",
    "protocol.allow": "never",
}


def read_environment(env: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for commands that only read: no network, no lock, not one byte written.

    `GIT_NO_LAZY_FETCH` keeps git 2.45 (and the maintained older lines) from fetching a missing object; older versions
    try, and find that no protocol is allowed.
    """
    return {
        **_base(env),
        **_settings({}),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": _NO_PROTOCOL,
    }


def network_environment(env: Mapping[str, str], protocol: str, settings: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for a fetch into a mirror over `protocol` alone.

    The system's git configuration counts (on Windows it names the certificates), the person's does not: an
    `insteadOf` or a credential helper in it would lead elsewhere. `settings` may hold the header with a token.
    """
    network = {name: env[name] for name in _NETWORK if name in env}
    if "SSL_CERT_FILE" in network:
        network.setdefault("GIT_SSL_CAINFO", network["SSL_CERT_FILE"])
    own = {f"protocol.{protocol}.allow": "always", "http.lowSpeedLimit": "1000", "http.lowSpeedTime": "60", **settings}
    return {**_base(env), **network, **_settings(own), "GIT_ALLOW_PROTOCOL": protocol}


def _base(env: Mapping[str, str]) -> dict[str, str]:
    return {
        **{name: env[name] for name in _SYSTEM if name in env},
        # Sentences in English, times in UTC: both are parsed.
        "LC_ALL": "C",
        "TZ": "UTC",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "",
        "SSH_ASKPASS": "",
        "GIT_PAGER": "cat",
        "GIT_EDITOR": "true",
        # Objects and parents as they are, not as somebody replaced them here.
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_GRAFT_FILE": os.devnull,
        # Paths are paths, not patterns.
        "GIT_LITERAL_PATHSPECS": "1",
    }


def _settings(more: Mapping[str, str]) -> dict[str, str]:
    pairs = list({**_SETTINGS, **more}.items())
    numbered = {"GIT_CONFIG_COUNT": str(len(pairs))}
    for number, (key, value) in enumerate(pairs):
        numbered |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return numbered
