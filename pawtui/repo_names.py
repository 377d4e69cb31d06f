"""The names of repositories (`owner/name`, as GitHub allows them) and of their branches."""

import re

# An owner has letters, digits and dashes; a managed account also has an underscore. `.` and `..` are folders.
REPO = r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}/(?!\.\.?(?![A-Za-z0-9._-]))[A-Za-z0-9._-]{1,100}"


def is_repo_name(text: str) -> bool:
    """Return whether the text can be the name of a repository."""
    return re.fullmatch(REPO, text) is not None


def branch_name(ref: str) -> str:
    """Return `dev` for `refs/heads/dev`, `heads/dev` and `dev`. Another ref keeps the rest of its name."""
    return ref.removeprefix("refs/").removeprefix("heads/")
