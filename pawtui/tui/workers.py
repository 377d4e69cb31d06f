"""Start workers: each has a group, and its expected errors become a message in this one place."""

from collections.abc import Callable, Coroutine
from typing import Any

from textual.dom import DOMNode
from textual.worker import Worker

from pawtui.errors import PawtuiError
from pawtui.tui.messages import TaskFailed


def start(
    node: DOMNode, job: Callable[[], Coroutine[Any, Any, object]], group: str, *, exclusive: bool = False
) -> Worker[None]:
    """Run a coroutine function in a worker of `node`; `exclusive` cancels the other workers of that group and node.

    An expected error (`PawtuiError`) is posted to `node` as `TaskFailed`, which bubbles up to the app. Any other
    exception is a bug and ends the app with a report.
    """

    async def run() -> None:
        try:
            await job()
        except PawtuiError as error:
            node.post_message(TaskFailed(str(error), group=group))

    return node.run_worker(run, group=group, exclusive=exclusive)
