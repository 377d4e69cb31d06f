"""Errors for failed git commands: what failed, why, and what to do.

git's messages (in English: `LC_ALL=C`) are matched to a cause. Only a message without a known cause is quoted.
"""

import re

from pawtui.phrases import capitalized
from pawtui.sources.sanitize import safe_line
from pawtui.sources.source_errors import (
    BadResponse,
    CloneDamaged,
    CloneUnusable,
    NotFound,
    NotInClone,
    Offline,
    RefConflict,
    Refused,
    SourceError,
    TimedOut,
    Unauthorized,
)

_MISSING_OBJECT = re.compile(
    r"bad object|missing (?:blob|tree|commit|object)|promisor|lazy fetching disabled|"
    r"transport '.*' not allowed|could not (?:read|parse|get|fetch)|unable to (?:read|parse)|failed to traverse|"
    r"not a valid object|not a tree object|invalid object",
    re.IGNORECASE,
)
_DAMAGE = re.compile(
    r"corrupt|inflate|truncated|garbage|bad (?:pack|index|signature|tree|commit|config|revision)|does not match index|"
    r"hash mismatch|sha1 mismatch|is too small|wrong (?:index|version)|packfile|pack has|too short|unknown object type|"
    r"not (?:from|a) .*index|malformed|missing object|not a git repository|reference broken",
    re.IGNORECASE,
)
_NO_NETWORK = re.compile(
    r"could not resolve|failed to connect|connection (?:refused|timed out|reset)|couldn't connect|"
    r"network is unreachable|operation (?:timed out|too slow)|ssl certificate|certificate verif|"
    r"unexpected disconnect|early eof|hung up unexpectedly|recv failure|rpc failed|proxy|"
    r"unable to access|transfer closed",
    re.IGNORECASE,
)
_ACCESS_DENIED = re.compile(
    r"authentication failed|could not read (?:username|password)|returned error: 40[13]|"
    r"terminal prompts disabled|invalid credentials|repository .*not found|returned error: 404|"
    r"does not appear to be a git repository",
    re.IGNORECASE,
)
_STATUS = re.compile(r"returned error: (\d+)")
_REF_CONFLICT = "exists; cannot create"
_NO_REF = "couldn't find remote ref"
_NO_SPACE = re.compile(r"no space left|disk quota", re.IGNORECASE)


def timeout_error(what: str, seconds: float) -> SourceError:
    """Return the error for a command that was stopped after `seconds`."""
    return TimedOut(f"git took longer than {seconds:g} s to read {what}, and was stopped. Try again.")


def read_error(stderr: str, what: str, name: str, *, partial: bool) -> SourceError:
    """Return the error for a failed command on the clone `name`, with this stderr. `partial`: it lacks objects."""
    if _DAMAGE.search(stderr):
        return damage_error(stderr, name)
    if _MISSING_OBJECT.search(stderr):
        return missing_object_error(what, name, partial=True) if partial else damage_error(stderr, name)
    return CloneUnusable(f"git cannot read {what}: {_quoted(stderr)}. Run `git fsck` in {name}, or update git.")


def damage_error(reason: str, name: str) -> SourceError:
    """Return the error for the clone `name`, whose objects cannot be read. `reason` is git's stderr, or a text."""
    remedy = "Run `pawtui mirror`" if name.startswith("the mirror of ") else "Clone it again"
    return CloneDamaged(f"{capitalized(name)} is damaged ({_quoted(reason)}). {remedy}.")


def missing_object_error(what: str, name: str, *, partial: bool = False) -> SourceError:
    """Return the error for an object that the clone `name` lacks."""
    remedy = ", a partial clone. Fetch it there, or use `--source auto`." if partial else ". Fetch it there."
    return NotInClone(f"{capitalized(what)} is not in {name}{remedy}")


def fetch_error(stderr: str, repo: str, host: str) -> SourceError:
    """Return the error for a failed fetch into the mirror of `repo`, with this stderr."""
    if _NO_SPACE.search(stderr):
        return Refused(f"Cannot update the mirror of {repo}: the disk is full. Free space and try again.")
    if _ACCESS_DENIED.search(stderr):
        return Unauthorized(
            f"{host} refused access to {repo}: it does not exist, or it is private and there is no token that can "
            "read it. Check the name, or set GH_TOKEN."
        )
    if _NO_REF in stderr:
        return NotFound(f"{repo} has no such ref on {host}.")
    status = _STATUS.search(stderr)
    if status and status[1].startswith("3"):
        return Refused(f"{host} redirects {repo} to another address. Use its new name in the tracker.")
    if status:
        return BadResponse(f"{host} responded with status {status[1]} for {repo}. Try again in a few minutes.")
    if _NO_NETWORK.search(stderr):
        return Offline(f"Cannot reach {host} for {repo} ({_quoted(stderr)}). Check the network and proxy.")
    if _DAMAGE.search(stderr) or _MISSING_OBJECT.search(stderr):
        return damage_error(stderr, f"the mirror of {repo}")
    kind = RefConflict if _REF_CONFLICT in stderr else CloneUnusable
    return kind(f"git cannot update the mirror of {repo}: {_quoted(stderr)}. Try again.")


def is_access_denied(stderr: str) -> bool:
    """Return whether a fetch with this stderr was refused because it needs a token."""
    return _ACCESS_DENIED.search(stderr) is not None


def _quoted(stderr: str) -> str:
    """Return the first fatal or error line of git's stderr, or its last line except hints if there is none."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip() and not line.startswith("hint:")]
    reason = next((line for line in lines if line.startswith(("fatal:", "error:"))), None)
    last = lines[-1] if lines else "no reason"
    return safe_line(re.sub(r"^(?:fatal|error|warning): ", "", reason or last), 160).rstrip(".")
