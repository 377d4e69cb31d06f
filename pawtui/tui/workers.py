"""Starting a worker, the one way this app does it: in a group of its own kind, and never taking the app down itself."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from textual.dom import DOMNode
from textual.worker import Worker

T = TypeVar("T")


def start(
    node: DOMNode, job: Callable[[], Coroutine[Any, Any, T]], group: str, *, exclusive: bool = False
) -> Worker[T]:
    """Run a coroutine function beside the event loop's other work. `exclusive` cancels the group's others on that node.

    What it raises comes to `on_worker_state_changed`: a sentence, or the end where it is a bug.
    """
    worker: Worker[T] = node.run_worker(job, group=group, exclusive=exclusive, exit_on_error=False)
    return worker
