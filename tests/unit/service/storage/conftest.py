from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.unit.service.conftest import Domain
from tests.unit.service.storage.archive import Archive


@pytest.fixture
async def archive(domain: Domain, tmp_path: Path) -> AsyncIterator[Archive]:
    archive = Archive(domain, tmp_path)
    with capture_logs():
        yield archive
        await archive.close()
