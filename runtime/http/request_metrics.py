"""The durations of requests as a histogram that Prometheus reads."""

from __future__ import annotations

from itertools import accumulate
from typing import Final

from prometheus_client.metrics_core import HistogramMetricFamily, Metric

from runtime.http.requests import BOUNDS, RequestCounters

BUCKETS: Final = (*map(str, BOUNDS), "+Inf")


def request_family(prefix: str, requests: RequestCounters) -> Metric:
    """Make the histogram ``<prefix>_request_duration_seconds`` by operation and status."""
    family = HistogramMetricFamily(
        f"{prefix}_request_duration_seconds",
        "Seconds from a request to the beginning of its answer, by operation and status.",
        labels=("operation", "status"),
    )
    for (operation, status), durations in requests.durations.items():
        buckets = list(zip(BUCKETS, accumulate(durations.met), strict=True))
        family.add_metric((operation, str(status)), buckets, durations.seconds)
    return family
