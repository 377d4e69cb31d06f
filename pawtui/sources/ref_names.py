"""The names of refs: `refs/heads/dev`, `heads/dev` and `dev` are one branch."""


def branch_name(ref: str) -> str:
    """Return the name of a branch without `refs/` and `heads/`. Another ref keeps the rest of its name."""
    return ref.removeprefix("refs/").removeprefix("heads/")
