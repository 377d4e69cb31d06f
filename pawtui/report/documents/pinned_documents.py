"""The documents of a pinned commit, with its changed files, and of a pinned folder, with its content."""

from pawtui.moments import moment_text
from pawtui.phrases import counted, short_sha
from pawtui.refresh.pins import Pin
from pawtui.report.document import (
    Block,
    Column,
    Document,
    EmptyLine,
    Field,
    Heading,
    Paragraph,
    Prose,
    Row,
    Table,
    Target,
)
from pawtui.report.documents.document_parts import commit_field
from pawtui.report.spans import Span, muted, spaced
from pawtui.sources import links
from pawtui.sources.facts import CommitDetail, Tree, TreeEntry


def commit_document(repo: str, detail: CommitDetail, web: str) -> Document:
    """Return the document of a commit of `repo`; `web` is the address of the host."""
    commit = detail.commit
    commit_subject, _, rest = detail.message.strip().partition("\n")
    blocks: list[Block] = [Paragraph(Span(commit_subject, "strong")), EmptyLine()]
    blocks += [
        commit_field("commit", repo, commit.sha, web),
        Field("author", commit.author),
        Field("date", moment_text(commit.at)),
    ]
    if rest.strip():
        blocks += [EmptyLine(), Prose(rest.strip("\n"))]
    blocks.append(Heading("Files", muted(counted(len(detail.files), "file", at_least=detail.more_files))))
    rows = []
    for file in detail.files:
        pin = Pin(kind="file", repo=repo, sha=commit.sha, path=file.path)
        gone = file.status == "removed"
        target = Target(copy=file.path) if gone else Target(url=pin.page_url(web), copy=str(pin))
        counts = f"+{file.additions:,} -{file.deletions:,}" if file.additions or file.deletions else ""
        name = spaced(Span(file.path, "" if gone else "link"), muted(f"was {file.before}" if file.before else ""))
        rows.append(Row((muted(file.status), muted(counts), name), target))
    blocks.append(Table((Column(), Column(align="right"), Column(shrink="wrap")), rows))
    return Document(f"commit:{repo}@{commit.sha}", short_sha(commit.sha), muted(repo), blocks)


def folder_document(pin: Pin, tree: Tree, web: str) -> Document:
    """Return the document of the pinned folder, which `tree` contains; `web` is the address of the host."""
    start = len(pin.path) + 1
    inside = [path for path in tree.entries if path.startswith(f"{pin.path}/") and "/" not in path[start:]]
    # Folders first.
    inside.sort(key=lambda path: (tree.entries[path].type != "tree", path))
    url = links.tree_url(web, pin.repo, pin.sha, pin.path)
    rows = [_entry_row(pin, path, tree.entries[path], web) for path in inside]
    blocks: list[Block] = [
        Field("folder", Span(f"{pin.path}/", "link"), Target(url=url)),
        commit_field("commit", pin.repo, pin.sha, web),
        Heading("Content", muted(counted(len(inside), "entry", "entries", at_least=tree.truncated))),
        Table((Column(shrink="wrap"), Column(align="right")), rows),
    ]
    return Document(f"folder:{pin}", f"{pin.path}/", muted(f"{pin.repo} @ {short_sha(pin.sha)}"), blocks)


def _entry_row(folder: Pin, path: str, entry: TreeEntry, web: str) -> Row:
    pin = Pin(kind="file", repo=folder.repo, sha=folder.sha, path=path)
    name, url = path[len(folder.path) + 1 :], pin.page_url(web)
    remark = {"blob": counted(entry.size, "byte") if entry.size else "", "symlink": "link", "commit": "submodule"}
    if entry.type == "tree":
        name, url = f"{name}/", links.tree_url(web, pin.repo, pin.sha, path)
    return Row((Span(name, "link"), muted(remark.get(entry.type, ""))), Target(url=url, copy=str(pin)))
