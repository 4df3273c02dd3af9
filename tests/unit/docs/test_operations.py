"""docs/operations.md, held against the settings and the metrics."""

from __future__ import annotations

import ast
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.metrics_core import Metric
from pydantic import BaseModel

from runtime.auth.oidc.keys import IssuerKeys
from runtime.auth.oidc.tokens import ProviderTokens
from service.app import running
from service.metrics import Metrics
from service.settings import PREFIX, AuditSettings, Settings
from service.tokens import provider_counters

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "operations.md"


def names(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from names(field.annotation, f"{prefix}{name.upper()}__")
        else:
            yield f"{prefix}{name.upper()}"


def test_every_setting_has_its_row_and_every_row_its_setting() -> None:
    rows = re.findall(r"^\| `(SERVICE_\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(names(Settings, PREFIX))


@pytest.fixture
async def metrics(tmp_path: Path) -> AsyncIterator[Metrics]:
    """Those of a service that has everything that counts."""
    keys = IssuerKeys("https://id.test")
    settings = Settings(data_dir=tmp_path, audit=AuditSettings(path=tmp_path / "audit.log"))
    async with running(settings) as service:
        counted = provider_counters(ProviderTokens([], [keys]))
        yield replace(service.metrics, providers=counted)
    await keys.close()


def exposed(metric: Metric) -> str:
    return f"{metric.name}_total" if metric.type == "counter" else metric.name


async def test_every_metric_has_its_row_and_every_row_its_metric(metrics: Metrics) -> None:
    rows = re.findall(
        r"^\| `((?:storage|process)_\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert sorted(rows) == sorted(exposed(metric) for metric in await metrics.collect())


async def test_whatever_counts_is_a_metric(metrics: Metrics) -> None:
    counting = {
        node.name
        for room in ("runtime", "service")
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and node.name.endswith("Counters")
    }
    told = {type(source.numbers).__name__ for source in await metrics.sources()}
    assert counting == {name for name in told if name.endswith("Counters")} | {"RequestCounters"}
