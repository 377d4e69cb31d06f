"""The slowest twentieth of the keys that `bench_key` types into the app with the big record, against one frame."""

from __future__ import annotations

import statistics

from tests.bench.bench_key import times

TITLE = "key to paint, p95, against one frame of 16 ms"
BUDGET = 1.0
FRAME = 0.016


def measure() -> tuple[float, float]:
    """The 95th percentile, in seconds; and one frame."""
    big, _empty = times()
    return statistics.quantiles(big, n=20)[-1], FRAME
