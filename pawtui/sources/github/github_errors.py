"""The error messages of failed requests: what failed, why, and what to do.

No message contains a query string or a token. No httpx exception is chained: its frames contain request headers.
"""

import ssl

import httpx
import msgspec

from pawtui.moments import moment_text
from pawtui.sources.facts import RequestUsage
from pawtui.sources.github.pauses import Pause
from pawtui.sources.sanitize import safe_line
from pawtui.sources.source_errors import (
    BadResponse,
    BudgetSpent,
    Deleted,
    NotFound,
    Offline,
    RateLimited,
    Refused,
    SourceError,
    TimedOut,
    TooLarge,
    Unauthorized,
)

# What sending a request raises. A host name that is not valid raises a `UnicodeError`, a port that is not valid an
# `ExceptionGroup`.
REQUEST_ERRORS = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, UnicodeError, ExceptionGroup, SourceError)
# Without a connection, no byte of a request is sent.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol, httpx.InvalidURL)
_MAYBE_WRITTEN = "which may have been written or not. Check on GitHub before you try again."


class RequestTarget(msgspec.Struct, frozen=True, kw_only=True):
    """What a request is for: `what` is its name ("ref v2 of owner/repo"), `host` the server.

    Remedies differ if it `writes`. `setting` is the setting that contains the address.
    """

    what: str
    host: str
    has_token: bool = False
    writes: bool = False
    setting: str = "GITHUB_API_URL and the proxy"

    @property
    def consequence(self) -> str:
        """The consequence of a failure, with a comma in front."""
        return f", so {self.what} could not be {'written' if self.writes else 'read'}"


def status_error(status: int, message: str, target: RequestTarget) -> SourceError:
    """Return the error for a response that is neither a success nor a rate limit. `message` is GitHub's, made safe."""
    host, what, verb = target.host, target.what, "write" if target.writes else "read"
    detail = f" ({message})" if message else ""
    if status in (401, 403) and not target.has_token:
        return Unauthorized(
            f"{host} denied access to {what}{detail}, and no token is set. Set GH_TOKEN, or run `gh auth login`."
        )
    if status == 401:
        return Unauthorized(
            f"{host} did not accept the token{target.consequence}. Renew it (`gh auth login`, or GH_TOKEN)."
        )
    if status == 403:
        return Unauthorized(
            f"{host} denied access: the token has no permission to {verb} {what}{detail}. "
            "Check the token's permissions, or set another GH_TOKEN."
        )
    if status == 404 and target.writes:
        return NotFound(
            f"{host} cannot write {what}: the issue does not exist, or this token has no permission. "
            "Check the issue and the token's permissions."
        )
    if status == 404:
        hidden = "not accessible with this token" if target.has_token else "private (no token is set)"
        return NotFound(f"Cannot find {what} on {host}: missing, or {hidden}. Check the name.")
    if status == 409 and not target.writes:
        return Refused(f"Cannot read {what}: the repository is empty{detail}. Refresh again when it has commits.")
    if status == 410:
        return Deleted(f"Cannot {verb} {what}: deleted on {host}{detail}. Remove it from the tracker.")
    if status >= 500:
        failed = f"{host} reported a server error ({status})"
        if target.writes:
            return BadResponse(f"{failed} for {what}, {_MAYBE_WRITTEN}")
        return BadResponse(f"{failed}{target.consequence}. Try again in a few minutes.")
    remedy = "Nothing was written: check the text and the issue" if target.writes else "Check the names in the tracker"
    return Refused(f"{host} refused {what}: status {status}{detail}. {remedy}.")


def rate_limit_error(pause: Pause, target: RequestTarget) -> SourceError:
    """Return the error for a pause that ends too late, or did not help."""
    host, until = target.host, moment_text(pause.until)
    renewal = "Post it again then" if target.writes else "Refresh again then"
    if pause.reason == "secondary":
        reached = f"{host} limits requests (secondary rate limit) until {until}"
        advice = f"{renewal}."
    else:
        size = "" if pause.limit is None else f" of {pause.limit:,} requests an hour"
        reached = f"The rate limit{size} of {host} is used up until {until}"
        advice = f"{renewal}." if target.has_token else f"{renewal}, or set GH_TOKEN for a higher limit."
    return RateLimited(f"{reached}{target.consequence}. {advice}")


def budget_error(budget: int, usage: RequestUsage, target: RequestTarget) -> SourceError:
    """Return the error for an optional request that was not sent, because of the budget or the hourly limit."""
    renewal = "Refresh again"
    if usage.remaining is None or budget - usage.sent <= usage.remaining:
        reason = f"The budget of {budget} requests was spent before {target.what} could be read"
    else:
        reason = f"Too few requests are left of the rate limit of {target.host} to read {target.what}"
        renewal += f" after {moment_text(usage.reset_at)}" if usage.reset_at else " later"
    return BudgetSpent(f"{reason}. {renewal}{'' if target.has_token else ', or set GH_TOKEN for a higher limit'}.")


def deadline_error(seconds: float, target: RequestTarget) -> SourceError:
    """Return the error for a request that was not finished at the deadline after `seconds`."""
    late = f"The time limit of {seconds:g} s ended before {target.host}"
    if not target.writes:
        return TimedOut(f"{late} returned {target.what}. Refresh again.")
    return TimedOut(f"{late} responded to {target.what}, {_MAYBE_WRITTEN}")


def request_error(error: Exception, target: RequestTarget) -> SourceError:
    """Return the error for one of `REQUEST_ERRORS`: a connection failed, or middleware raised an error."""
    if isinstance(error, SourceError):
        # Without its frames, which contain request headers.
        return error.with_traceback(None)
    if target.writes and not isinstance(error, _NOT_SENT):
        return _incomplete_write_error(target)
    host, consequence = target.host, target.consequence
    if _is_caused_by(error, ssl.SSLCertVerificationError):
        return Offline(
            f"The certificate of {host} is not trusted{consequence}. Check the clock, the proxy and SSL_CERT_FILE."
        )
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError):
        # All requests fail for the same reason: their message is the same, so that it is shown once.
        return Offline(f"No connection to {host}. Check the network, the proxy and the host name, then try again.")
    incomplete = f"{host} returned no complete response{consequence}. Try again."
    if isinstance(error, httpx.TimeoutException | httpx.NetworkError):
        return Offline(incomplete)
    if isinstance(error, httpx.ProtocolError | httpx.DecodingError):
        # The server can be reached: other responses may be complete.
        return BadResponse(incomplete)
    return Refused(
        f"The address for {target.what} on {host} is not valid. Check {target.setting}, and the names in the tracker."
    )


def _is_caused_by(error: BaseException | None, type_: type[BaseException]) -> bool:
    """Return whether an error, or an error in its chain of causes, has the type."""
    while error is not None and not isinstance(error, type_):
        error = error.__cause__ or error.__context__
    return error is not None


def json_error(error: Exception, path: str, target: RequestTarget) -> SourceError:
    """Return the error for a success whose JSON has another shape. `path` is that of the response's URL."""
    if target.writes:
        return BadResponse(f"{target.host} returned an unreadable response about {target.what}, {_MAYBE_WRITTEN}")
    return BadResponse(
        f"{target.host} responded to {target.what} with unexpected JSON ({safe_line(str(error), 120)}, at "
        f"{safe_line(path, 120)}). Check that this is GitHub's API, or update pawtui."
    )


def too_large_error(limit: int, target: RequestTarget) -> SourceError:
    """Return the error for a body of more than `limit` bytes."""
    if target.writes:
        return _incomplete_write_error(target)
    return TooLarge(
        f"The response of {target.host} to {target.what} is larger than {limit / 1e6:g} MB and is not read. "
        "Choose a smaller file."
    )


def redirect_error(host: str, target: RequestTarget) -> SourceError:
    """Return the error for a redirect to another server. `host` is safe to show, or empty."""
    return Refused(
        f"{target.host} redirects {target.what} to another server ({host or 'not named'}), which is not allowed. "
        f"Check {target.setting}."
    )


def _incomplete_write_error(target: RequestTarget) -> SourceError:
    return Offline(f"{target.host} returned an incomplete response about {target.what}, {_MAYBE_WRITTEN}")
