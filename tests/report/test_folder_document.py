"""The document of a folder at a commit."""

from pawtui.refresh.pins import Pin
from pawtui.report.document import Table
from pawtui.report.document_lines import plain_text
from pawtui.report.documents.folder_document import folder_document
from pawtui.sources.facts import Tree, TreeEntry

SHA = "a" * 40
ENTRIES = {
    "src": TreeEntry(SHA, "tree"),
    "src/lib": TreeEntry(SHA, "commit"),
    "src/new.ts": TreeEntry(SHA, "symlink"),
    "src/old.ts": TreeEntry(SHA, "blob", 7),
    "src/store": TreeEntry(SHA, "tree"),
    "src/store/a.ts": TreeEntry(SHA, "blob", 7),
}


def test_each_entry_of_a_folder_has_its_kind_and_its_web_page() -> None:
    pin = Pin(kind="file", repo="up/stream", sha=SHA, path="src")
    document = folder_document(pin, Tree(sha=SHA, entries=ENTRIES), "https://github.com")
    words = [line.split() for line in plain_text(document).splitlines()]
    assert words[words.index(["Content", "4", "entries"]) + 1 :] == [
        ["store/"],
        ["lib", "submodule"],
        ["new.ts", "link"],
        ["old.ts", "7", "bytes"],
    ]
    (table,) = (block for block in document.blocks if isinstance(block, Table))
    urls = [row.target.url for row in table.rows if row.target]
    base = "https://github.com/up/stream"
    assert urls[:2] == [f"{base}/tree/{SHA}/src/store", f"{base}/blob/{SHA}/src/lib"]
