"""Data of a hostile server: values out of range, hostile text, odd headers, and one true response of each kind."""

from typing import Any

API = "https://api.github.com"
TOKEN = "ghp_CANARY" + "0" * 30
SHA = "1" * 40

STATUSES = (
    *(200, 200, 200, 201, 204, 206, 301, 302, 304, 307, 308),
    *(400, 401, 403, 404, 409, 410, 418, 422, 429, 451, 500, 502, 503, 504, 599),
)
DATES: tuple[Any, ...] = (
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "0000-01-01T00:00:00Z",
    "+10000-01-01T00:00:00Z",
    "-0001-01-01T00:00:00Z",
    "1969-12-31T23:59:59Z",
    "2100-01-01T00:00:00Z",
    "2026-11-20T12:00:00",
    "2026-11-20",
    "2026-02-30T00:00:00Z",
    "2026-11-20T25:00:00Z",
    "yesterday",
    "",
    0,
    None,
)
NUMBERS: tuple[Any, ...] = (0, -1, 2**31, 2**53, 2**63, 2**64, -(2**63), 10**40, 1.5, 1e300, "7", True, None)
TEXTS: tuple[Any, ...] = (
    "",
    "\x1b]52;c;aGk=\x07",
    "\x9b31m\u202egnp.exe",
    "a" * 200_000,
    "x\n" * 50_000,
    "\U000e0041\ufeff\x00",
    TOKEN,
    f"before {TOKEN} after",
    "../../../etc/passwd",
    "http://[",
    "https://evil.example/a/b/issues/" + "9" * 5_000,
    7,
    None,
    [],
    {},
)
HTTP_DATES = ("Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 +2359", "soon", "Fri, 99 Foo 20 99:99:99")
HEADERS: dict[str, tuple[str, ...]] = {
    "Retry-After": ("0", "1", "-1", "1000000000000", "9" * 50, "1e9", *HTTP_DATES),
    "X-RateLimit-Remaining": ("0", "-1", "59", "9" * 50, "many"),
    "X-RateLimit-Limit": ("0", "60", "9" * 50, "-5"),
    "X-RateLimit-Reset": ("0", "1", "253402300799", "253402300800", "9" * 50, "-1", "never"),
    "X-RateLimit-Resource": ("core", "search", "*", "", "x" * 10_000),
    "Date": HTTP_DATES,
    "ETag": ("", "W/", '"x"', "x" * 10_000, TOKEN),
    "Content-Type": ("text/html", "application/octet-stream", "", "application/json; charset=utf-16"),
    "Content-Encoding": ("gzip", "deflate", "br", "zstd", "gzip, gzip", "identity", "x-unknown"),
    "Location": (
        "",
        "/",
        "//evil.example/x",
        "https://evil.example/",
        f"{API}:99999999/",
        "http://[",
        f"{API}/user",
        "https://user:secret@api.github.com/x",
        "\x7f",
        "\x7f//",
        "https://xn--/",
        f"https://{TOKEN}.evil.example/",
        "?page=2",
        "ftp://api.github.com/",
    ),
    "Link": (
        '<https://evil.example/next>; rel="next"',
        f'<{API}/repos/a/b/commits?page=2>; rel="next"',
        f'<{API}:70000/x>; rel="next"',
        '<http://[>; rel="next"',
        '<>; rel="next"',
        f'<{API}/{"x" * 9_000}>; rel="next"',
        "<" * 5_000,
        f'<{API}/{TOKEN}>; rel="next"',
    ),
}


_PERSON = {"name": "Ada", "date": "2026-06-01T12:00:00Z"}
_COMMIT = {
    "sha": SHA,
    "commit": {"message": "feat: one", "author": _PERSON, "committer": _PERSON},
    "html_url": "https://github.com/up/stream/commit/" + SHA,
    "parents": [{"sha": "2" * 40}],
}
_ISSUE = {
    "number": 1,
    "title": "An issue",
    "state": "closed",
    "html_url": "https://github.com/up/stream/issues/1",
    "created_at": "2026-06-01T12:00:00Z",
    "closed_at": "2026-06-02T12:00:00Z",
    "labels": [{"name": "bug"}, "old"],
    "pull_request": {"merged_at": "2026-06-02T12:00:00Z"},
    "state_reason": "completed",
}
_COMMENT = {
    "id": 7,
    "created_at": "2026-06-01T12:00:00Z",
    "updated_at": "2026-06-01T12:00:00Z",
    "body": "Duplicate of #7",
    "user": {"login": "ada"},
    "author_association": "OWNER",
    "html_url": "https://github.com/up/stream/issues/1#issuecomment-7",
}
_PULL = {
    "number": 3,
    "title": "A change",
    "html_url": "https://github.com/up/stream/pull/3",
    "updated_at": "2026-06-01T12:00:00Z",
    "head": {"sha": SHA},
    "draft": False,
}
_PUSH = {"ref": "refs/heads/main", "before": "0" * 40, "after": SHA, "timestamp": "2026-06-01T12:00:00Z"}
_ROOT = "/repos/up/stream"
# One well-formed response for each kind of request; another request gets a random one of these.
SAMPLES: dict[str, Any] = {
    f"{_ROOT}": {"full_name": "up/stream"},
    f"{_ROOT}/commits/heads/main?per_page=1": _COMMIT,
    f"{_ROOT}/commits/{SHA}?per_page=1": _COMMIT,
    f"{_ROOT}/commits/{SHA}": _COMMIT | {"files": [{"filename": "a", "previous_filename": "b", "status": "renamed"}]},
    f"{_ROOT}/branches/main": {"name": "trunk"},
    f"{_ROOT}/git/trees/{SHA}?recursive=1": {
        "sha": SHA,
        "tree": [{"path": "src/a", "type": "blob", "sha": SHA, "size": 3, "mode": "100644"}],
        "truncated": False,
    },
    f"{_ROOT}/git/blobs/{SHA}": {"content": "MQ==", "encoding": "base64", "size": 1},
    f"{_ROOT}/commits?sha={SHA}&path=src&per_page=100&page=1": [_COMMIT],
    f"{_ROOT}/commits?sha={SHA}&per_page=100": [_COMMIT],
    f"{_ROOT}/activity?ref=refs%2Fheads%2Fmain&time_period=quarter&direction=asc&per_page=100": [_PUSH],
    f"{_ROOT}/git/matching-refs/tags/v2?per_page=100&page=1": [
        {"ref": "refs/tags/v2.0", "object": {"sha": SHA, "type": "tag"}}
    ],
    f"{_ROOT}/git/tags/{SHA}": {"object": {"sha": SHA, "type": "commit"}, "tagger": _PERSON},
    f"{_ROOT}/compare/{SHA}...{'2' * 40}?per_page=100&page=1": {
        "status": "diverged",
        "ahead_by": 1,
        "behind_by": 1,
        "base_commit": _COMMIT,
        "commits": [_COMMIT],
        "files": [{"filename": "a", "previous_filename": "b"}],
    },
    f"{_ROOT}/issues/1": _ISSUE,
    f"{_ROOT}/issues/2": _ISSUE | {"number": 2, "state_reason": "duplicate"},
    "/search/issues?q=repo%3Aup%2Fstream%20is%3Aopen&per_page=30": {
        "total_count": 1,
        "incomplete_results": False,
        "items": [_ISSUE],
    },
    f"{_ROOT}/issues/1/comments?per_page=100&page=1": [_COMMENT],
    f"{_ROOT}/issues/2/comments?per_page=100&page=1": [_COMMENT],
    f"{_ROOT}/issues/1/comments": _COMMENT,
    f"{_ROOT}/pulls?state=open&base=main&sort=updated&direction=desc&per_page=50": [_PULL],
    f"{_ROOT}/pulls/3/files?per_page=100&page=1": [{"filename": "a"}],
    f"{_ROOT}/pulls/3": {"merged": True, "base": {"ref": "main"}, "merge_commit_sha": SHA},
    "/user": {"login": "ada"},
    f"{_ROOT}/issues/comments/1": _COMMENT,
}
