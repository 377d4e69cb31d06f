"""The document of a commit."""

import datetime as dt

from pawtui.report.document_lines import plain_text
from pawtui.report.documents.commit_document import commit_document
from pawtui.sources.facts import ChangedFile, Commit, CommitDetail
from tests.report.samples import UP_1, WEB


def test_a_commit_whose_list_of_files_is_cut_has_at_least_these_files() -> None:
    commit = Commit(sha=UP_1, at=dt.datetime(2026, 11, 20, tzinfo=dt.UTC), subject="fix: it", author="mira")
    file = ChangedFile(path="a.ts", status="modified")
    for more, words in ((True, "Files  at least 1 file\n"), (False, "Files  1 file\n")):
        detail = CommitDetail(commit=commit, message="fix: it", files=(file,), more_files=more)
        assert words in plain_text(commit_document("up/stream", detail, WEB))
