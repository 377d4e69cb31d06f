"""The progress lines of `git fetch`."""

import re
from collections.abc import Callable

from pawtui.sources.sanitize import safe_line

_STEP = re.compile(rb"(?:remote: )?(?P<what>[A-Z][a-z]+(?: [a-z]+)*): +(?P<percent>\d+)% \(\d+/\d+\)(?P<more>[^\r\n]*)")


class ProgressReader:
    """Parser of the stderr of `git fetch --progress`, which reports each whole percent once."""

    def __init__(self, on_step: Callable[[str], None]) -> None:
        self._on_step = on_step
        self._rest = b""
        self._last = ""

    def feed(self, chunk: bytes) -> None:
        """Parse the next bytes of stderr, and report each new percent, such as `receiving objects: 40%`."""
        *lines, self._rest = re.split(rb"[\r\n]", self._rest + chunk)
        for line in lines:
            step = _STEP.match(line)
            if step is None:
                continue
            percent = f"{step['what'].decode('ascii').lower()}: {step['percent'].decode('ascii')}%"
            if percent != self._last:
                self._last = percent
                more = safe_line(step["more"].decode("ascii", "replace").removesuffix(", done."), 60).strip(", ")
                self._on_step(f"{percent} {more}".rstrip())
