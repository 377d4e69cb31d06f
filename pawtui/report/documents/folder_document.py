"""A folder at a commit: its folders and files."""

from pawtui.phrases import counted, short_sha
from pawtui.refresh.pins import Pin
from pawtui.report.document import Block, Column, Document, Field, Heading, Row, Table, Target
from pawtui.report.documents.document_parts import commit_field
from pawtui.report.spans import Span, muted
from pawtui.sources import links
from pawtui.sources.facts import Tree, TreeEntry

_COLUMNS = (Column(shrink="wrap"), Column(align="right"))


def folder_document(pin: Pin, tree: Tree, web: str) -> Document:
    """Return the document of the pinned folder, which `tree` contains; `web` is the address of the host."""
    start = len(pin.path) + 1
    inside = [path for path in tree.entries if path.startswith(f"{pin.path}/") and "/" not in path[start:]]
    # Folders first.
    inside.sort(key=lambda path: (tree.entries[path].type != "tree", path))
    url = links.tree_url(web, pin.repo, pin.sha, pin.path)
    blocks: list[Block] = [
        Field("folder", Span(f"{pin.path}/", "link"), Target(url=url)),
        commit_field("commit", pin.repo, pin.sha, web),
        Heading("Content", muted(counted(len(inside), "entry", "entries", at_least=tree.truncated))),
        Table(_COLUMNS, tuple(_entry_row(pin, path, tree.entries[path], web) for path in inside)),
    ]
    return Document(
        key=f"folder:{pin}", title=f"{pin.path}/", subtitle=muted(f"{pin.repo} @ {short_sha(pin.sha)}"), blocks=blocks
    )


def _entry_row(folder: Pin, path: str, entry: TreeEntry, web: str) -> Row:
    pin = Pin(kind="file", repo=folder.repo, sha=folder.sha, path=path)
    name, remark, url = path[len(folder.path) + 1 :], "", pin.page_url(web)
    match entry.type:
        case "tree":
            name, url = f"{name}/", links.tree_url(web, pin.repo, pin.sha, path)
        case "blob":
            remark = counted(entry.size, "byte") if entry.size else ""
        case "symlink":
            remark = "link"
        case "commit":
            remark = "submodule"
    return Row((Span(name, "link"), muted(remark)), Target(url=url, copy=str(pin)))
