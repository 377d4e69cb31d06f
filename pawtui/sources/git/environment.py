"""The environment of git commands: no user configuration, no prompts, no hooks, no helpers.

git also reads the `config` of the repository, which may come from another user. Its settings that start programs, write
files or open connections are overridden here. Configuration in environment variables (`GIT_CONFIG_COUNT`) overrides
every file (git-config(1), "ENVIRONMENT").
"""

import os
from collections.abc import Mapping

# Variables that the system needs to start a program. No others are passed on.
_SYSTEM = ("PATH", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH")
# Variables for proxies (also in lower case) and certificates.
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_CERTIFICATES = ("GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "SSL_CERT_FILE", "SSL_CERT_DIR")
_NETWORK = (*_PROXIES, *map(str.lower, _PROXIES), *_CERTIFICATES)
_NO_PROTOCOL = "none"  # no transport has this name

_SETTINGS: Mapping[str, str] = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.askPass": "",
    "core.alternateRefsCommand": "true",
    "credential.helper": "",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "fetch.writeCommitGraph": "false",
    "fetch.recurseSubmodules": "false",
    "protocol.allow": "never",
}


def read_only_environment(env: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for commands that only read: no network, no locks, no writes.

    `GIT_NO_LAZY_FETCH` stops git 2.45 and later from fetching a missing object. Older versions try and fail, because
    no protocol is allowed.
    """
    return {
        **_base(env),
        **_settings({}),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": _NO_PROTOCOL,
    }


def network_environment(env: Mapping[str, str], protocol: str, settings: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for a fetch into a mirror over `protocol` only.

    The system's git configuration applies (on Windows it contains the certificates). The user's does not: its
    `insteadOf` could redirect the fetch. `settings` may contain the header with the token.
    """
    network = {name: env[name] for name in _NETWORK if name in env}
    if "SSL_CERT_FILE" in network:
        network.setdefault("GIT_SSL_CAINFO", network["SSL_CERT_FILE"])
    fetch_settings = {
        f"protocol.{protocol}.allow": "always",
        "http.lowSpeedLimit": "1000",
        "http.lowSpeedTime": "60",
        **settings,
    }
    return {**_base(env), **network, **_settings(fetch_settings), "GIT_ALLOW_PROTOCOL": protocol}


def _base(env: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of every git command, except those of the configuration (`_settings`)."""
    return {
        **{name: env[name] for name in _SYSTEM if name in env},
        # Messages and times are parsed.
        "LC_ALL": "C",
        "TZ": "UTC",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        # Ignore local replacements of objects and parents.
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_GRAFT_FILE": os.devnull,
        # Without this, git writes to a pipe once for each commit.
        "GIT_FLUSH": "0",
        # Paths are paths, not patterns.
        "GIT_LITERAL_PATHSPECS": "1",
    }


def _settings(more: Mapping[str, str]) -> dict[str, str]:
    """Return `_SETTINGS` and more settings as variables (`GIT_CONFIG_KEY_0`, `GIT_CONFIG_VALUE_0`, ...)."""
    pairs = list({**_SETTINGS, **more}.items())
    numbered = {"GIT_CONFIG_COUNT": str(len(pairs))}
    for number, (key, value) in enumerate(pairs):
        numbered |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return numbered
