"""The documents of a commit, and of a folder at a commit."""

import datetime as dt

from pawtui.refresh.pins import Pin
from pawtui.report.document import Table
from pawtui.report.document_lines import plain_text
from pawtui.report.documents.pinned_documents import commit_document, folder_document
from pawtui.sources.facts import ChangedFile, Commit, CommitDetail, Tree, TreeEntry
from tests.report.samples import UP_1, WEB

ENTRIES = {
    "src": TreeEntry(UP_1, "tree"),
    "src/lib": TreeEntry(UP_1, "commit"),
    "src/new.ts": TreeEntry(UP_1, "symlink"),
    "src/old.ts": TreeEntry(UP_1, "blob", 7),
    "src/store": TreeEntry(UP_1, "tree"),
    "src/store/a.ts": TreeEntry(UP_1, "blob", 7),
}


def test_each_entry_of_a_folder_has_its_kind_and_its_web_page() -> None:
    pin = Pin(kind="file", repo="up/stream", sha=UP_1, path="src")
    document = folder_document(pin, Tree(sha=UP_1, entries=ENTRIES), WEB)
    words = [line.split() for line in plain_text(document).splitlines()]
    assert words[words.index(["Content", "4", "entries"]) + 1 :] == [
        ["store/"],
        ["lib", "submodule"],
        ["new.ts", "link"],
        ["old.ts", "7", "bytes"],
    ]
    (table,) = (block for block in document.blocks if isinstance(block, Table))
    urls = [row.target.url for row in table.rows if row.target]
    base = f"{WEB}/up/stream"
    assert urls[:2] == [f"{base}/tree/{UP_1}/src/store", f"{base}/blob/{UP_1}/src/lib"]


def test_a_commit_whose_list_of_files_is_cut_has_at_least_these_files() -> None:
    commit = Commit(sha=UP_1, at=dt.datetime(2026, 11, 20, tzinfo=dt.UTC), subject="fix: it", author="mira")
    file = ChangedFile(path="a.ts", status="modified")
    for more, words in ((True, "Files  at least 1 file\n"), (False, "Files  1 file\n")):
        detail = CommitDetail(commit=commit, message="fix: it", files=(file,), more_files=more)
        assert words in plain_text(commit_document("up/stream", detail, WEB))
