"""Durations of requests, grouped."""

from __future__ import annotations

import pytest
from starlette.routing import Route

from runtime.http.request_metrics import request_family
from runtime.http.requests import BOUNDS, RequestCounters

SCOPE = {"route": Route("/fish", lambda _: None, name="list_fish")}


def samples(requests: RequestCounters) -> dict[tuple[str, str, str, str], float]:
    found = {}
    for sample in request_family("pond", requests).samples:
        labels = sample.labels
        kind = sample.name.removeprefix("pond_request_duration_seconds_")
        found[kind, labels["operation"], labels["status"], labels.get("le", "")] = sample.value
    return found


def test_durations_are_grouped_and_each_group_holds_the_smaller_ones() -> None:
    requests = RequestCounters()
    for seconds in (0.001, 0.005, 0.3, 60.0):
        requests.answered(SCOPE, 200, seconds)
    found = samples(requests)
    assert found["bucket", "list_fish", "200", "0.005"] == 2
    assert found["bucket", "list_fish", "200", "0.25"] == 2
    assert found["bucket", "list_fish", "200", "0.5"] == 3
    assert found["bucket", "list_fish", "200", "10.0"] == 3
    assert found["bucket", "list_fish", "200", "+Inf"] == 4
    assert found["count", "list_fish", "200", ""] == 4
    assert found["sum", "list_fish", "200", ""] == pytest.approx(60.306)


def test_statuses_are_counted_apart_and_what_callers_make_up_together() -> None:
    requests = RequestCounters()
    requests.answered(SCOPE, 200, 0.1)
    requests.answered(SCOPE, 404, 0.1)
    for path in ("/a", "/b"):
        requests.answered({"path": path}, 404, 0.1)
    assert {key: durations.seconds for key, durations in requests.durations.items()} == {
        ("list_fish", 200): 0.1,
        ("list_fish", 404): 0.1,
        ("none", 404): 0.2,
    }
    assert len(samples(requests)) == 3 * (len(BOUNDS) + 3)
