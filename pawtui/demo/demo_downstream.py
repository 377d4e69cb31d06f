"""The made-up downstream: `example-fork/tuft`, a desktop application built on the upstream's previous line."""

import datetime as dt
import random

from pawtui.demo.demo_repository import DemoRepository, FileEdit, NewCommit, at_day, bump_revision, swap

REPO = "example-fork/tuft"
RUNTIME = "packages/runtime/src"
EXPORT = f"{RUNTIME}/session/export.ts"
PARTS = f"{RUNTIME}/session/message.ts"
PROCESSOR = f"{RUNTIME}/session/processor.ts"
PLAN = "docs/compatibility-plan.md"
DESKTOP = "packages/desktop/src/main.ts"
SDK = "packages/sdk/src/client.ts"
# `dev` was deleted between the first two reviews; its work continues on `maint/v1`.
DEV_DELETED = -38.5

FILES: dict[str, FileEdit] = {
    "README.md": "# tuft\n\nA made-up desktop application.\n",
    EXPORT: "// export\nexport function exportSession(id) {\n  return read(id)\n}\nexport const revision = 0\n",
    PARTS: "// message\nexport const parts = [\n  'text', 'tool', 'subtask',\n  'skill', 'notice',\n]\n",
    PROCESSOR: "// processor\nexport const notice = 'safe_retry_failed'\nexport const revision = 0\n",
    DESKTOP: "// desktop\nimport { server } from '@tuft/runtime'\nexport const revision = 0\n",
    SDK: "// sdk\nexport class Client {}\nexport const revision = 0\n",
    PLAN: "# Compatibility plan\n\n- Desktop server: written\n- App: written\n- SDK: open\n",
}
# (path, commit subject) of everyday commits.
_EVERYDAY = (
    (DESKTOP, "fix(desktop): start the server once"),
    (DESKTOP, "feat(desktop): say which session is open"),
    (SDK, "fix(sdk): one way to ask for a page"),
    (PROCESSOR, "fix(runtime): a notice when a retry is not safe"),
    (PROCESSOR, "chore(runtime): tidy imports"),
)
AUTHORS = ("First Maintainer", "Second Maintainer")


def build_downstream(today: dt.date) -> DemoRepository:
    """Return the downstream as of today's midnight (UTC). The result is the same for the same day."""
    rng = random.Random(209)  # noqa: S311 - a fixed seed
    commits = [
        NewCommit(
            -23.2,
            "docs(plan): the SDK's part",
            {PLAN: swap("- SDK: open", "- SDK: written\n- Background run: open")},
        ),
        NewCommit(-5.7, "feat(export): keep notices", {EXPORT: swap("read(id)", "[...read(id), ...notices(id)]")}),
    ]
    for _ in range(54):
        path, commit_subject = rng.choice(_EVERYDAY)
        commits.append(NewCommit(rng.uniform(-180, -0.5), commit_subject, {path: bump_revision}))
    repository = DemoRepository(REPO)
    repository.commit("dev", at_day(today, -181), AUTHORS[0], "feat: take over the runtime of the previous line", FILES)
    for commit in sorted(commits, key=lambda commit: commit.day):
        if commit.day >= DEV_DELETED and "maint/v1" not in repository.branches:
            repository.branch("maint/v1", "dev", at_day(today, DEV_DELETED))
        branch = "maint/v1" if "maint/v1" in repository.branches else "dev"
        repository.commit(branch, at_day(today, commit.day), rng.choice(AUTHORS), commit.subject, commit.edits)
    repository.delete_branch("dev", at_day(today, DEV_DELETED))
    repository.branch("main", "dev", at_day(today, DEV_DELETED))
    rewrite: dict[str, FileEdit] = {path: None for path in FILES if path.startswith("packages/runtime")}
    repository.commit("main", at_day(today, DEV_DELETED + 0.2), AUTHORS[1], "feat: a runtime of our own", rewrite)
    return repository
