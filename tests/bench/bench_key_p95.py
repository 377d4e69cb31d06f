"""The 95th percentile of the key times of `bench_key` with the big record, against one frame."""

import statistics

from tests.bench.bench_key import times

TITLE = "key to paint, p95, against one frame of 16 ms"
BUDGET = 1.0
FRAME = 0.016


def measure() -> tuple[float, float]:
    """Return the 95th percentile and the duration of one frame, in seconds."""
    big, _empty = times()
    return statistics.quantiles(big, n=20)[-1], FRAME
