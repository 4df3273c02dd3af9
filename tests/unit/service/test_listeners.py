from __future__ import annotations

import socket
from pathlib import Path

import pytest

from service.listeners import listening_for_worker, metrics_address
from service.settings import MetricsSettings, Settings
from service.start import CannotStart


def settings(folder: Path, metrics: MetricsSettings) -> Settings:
    return Settings(data_dir=folder, metrics=metrics)


def test_a_worker_leaves_the_usual_port_of_metrics_to_a_service(tmp_path: Path) -> None:
    usual = MetricsSettings()
    with listening_for_worker(settings(tmp_path, usual)) as listener:
        assert listener is not None
        host, port = listener.getsockname()
        assert (host, port != usual.port) == ("127.0.0.1", True)
        assert metrics_address(listener) == f"http://127.0.0.1:{port}/metrics"


def test_a_worker_takes_the_port_that_is_set(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        wanted = settings(tmp_path, MetricsSettings(port=port))
        with pytest.raises(CannotStart, match=f"127.0.0.1:{port}"), listening_for_worker(wanted):
            pass
    with listening_for_worker(wanted) as listener:
        assert listener is not None
        assert listener.getsockname()[1] == port


def test_a_worker_tells_nothing_where_metrics_are_off(tmp_path: Path) -> None:
    with listening_for_worker(settings(tmp_path, MetricsSettings(port=None))) as listener:
        assert listener is None
