"""End the app in order when its terminal is closed or the process is told to stop."""

from __future__ import annotations

import asyncio
import signal
from functools import partial
from typing import Any

from textual.app import App

# Windows has no SIGHUP.
_SIGNALS = ("SIGHUP", "SIGTERM")


def exit_on_signals(app: App[Any]) -> None:
    """Let these signals exit the running app, with the exit status that shells give a process ended by one.

    An exception raised by a signal handler would leave Textual's threads running after the app is gone.
    """
    loop = asyncio.get_running_loop()
    for number in (getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)):
        try:
            loop.add_signal_handler(number, partial(app.exit, return_code=128 + number))
        except NotImplementedError:
            # The event loop of Windows takes no signal handlers.
            return
