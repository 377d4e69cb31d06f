"""A fake GitHub that supports cloning: the same repositories by the git protocol, at the same address."""

import os
import subprocess
from pathlib import Path

from tests.support.fake_github import FakeGitHub
from tests.support.fake_http import Reply, Request

_GIT_PATH = (".git/info/refs", ".git/git-upload-pack")


class FakeGitHost(FakeGitHub):
    """The API, and git repositories at `/owner/name.git`. A private repository needs the token.

    `uploads` counts the requested packs.
    """

    def __init__(self) -> None:
        self.uploads = 0
        super().__init__()

    def handle(self, request: Request) -> Reply:
        """Serve git requests, too."""
        name, _, _ = request.path.lstrip("/").partition(".git/")
        if not request.path.endswith(_GIT_PATH):
            return super().handle(request)
        repo = self.repos.get(name.lower())
        if repo is None or (repo.private and not request.has_token):
            # As on GitHub: the response does not reveal whether the repository exists.
            return Reply(401, "Repository not found.", {"WWW-Authenticate": 'Basic realm="GitHub"'}, etag=False)
        repo.git.flush()
        if request.path.endswith("git-upload-pack") and b"command=fetch" in request.body:
            self.uploads += 1
        return _git_http_backend(repo.git.path, request)


def _git_http_backend(path: Path, request: Request) -> Reply:
    """Return the response of git's server program (git-http-backend(1))."""
    env = {
        "PATH": os.environ.get("PATH", os.defpath),
        "GIT_PROJECT_ROOT": str(path),
        "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "REQUEST_METHOD": request.method,
        "PATH_INFO": request.path.partition(".git")[2],
        "QUERY_STRING": request.raw_query,
        "CONTENT_TYPE": request.headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(request.body)),
        "HTTP_CONTENT_ENCODING": request.headers.get("content-encoding", ""),
        "GIT_PROTOCOL": request.headers.get("git-protocol", ""),
    }
    out = subprocess.run(["git", "http-backend"], env=env, input=request.body, capture_output=True, check=True).stdout
    head, _, body = out.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode("ascii").split("\r\n"))
    status = int(headers.pop("Status", "200").split()[0])
    return Reply(status, body, headers, etag=False)
