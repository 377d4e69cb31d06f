"""A commit: its message and its changed files."""

from pawtui.moments import minute_text
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
from pawtui.sources.facts import ChangedFile, CommitDetail

_COLUMNS = (Column(), Column(align="right"), Column(shrink="wrap"))


def commit_document(repo: str, detail: CommitDetail, web: str) -> Document:
    """Return the document of a commit of `repo`; `web` is the address of the host."""
    commit = detail.commit
    commit_subject, _, rest = detail.message.strip().partition("\n")
    blocks: list[Block] = [Paragraph(Span(commit_subject, "strong")), EmptyLine()]
    blocks += [
        commit_field("commit", repo, commit.sha, web),
        Field("author", commit.author),
        Field("date", minute_text(commit.at)),
    ]
    if rest.strip():
        blocks += [EmptyLine(), Prose(rest.strip("\n"))]
    blocks.append(Heading("Files", muted(counted(len(detail.files), "file", at_least=detail.more_files))))
    blocks.append(Table(_COLUMNS, tuple(_file_row(repo, commit.sha, file, web) for file in detail.files)))
    return Document(
        key=f"commit:{repo}@{commit.sha}",
        title=short_sha(commit.sha),
        subtitle=muted(repo),
        blocks=blocks,
    )


def _file_row(repo: str, sha: str, file: ChangedFile, web: str) -> Row:
    pin = Pin(kind="file", repo=repo, sha=sha, path=file.path)
    gone = file.status == "removed"
    target = Target(copy=file.path) if gone else Target(url=pin.page_url(web), copy=str(pin))
    counts = f"+{file.additions:,} -{file.deletions:,}" if file.additions or file.deletions else ""
    name = spaced(Span(file.path, "" if gone else "link"), muted(f"was {file.before}" if file.before else ""))
    return Row((muted(file.status), muted(counts), name), target)
