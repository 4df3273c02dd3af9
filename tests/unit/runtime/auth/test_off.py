from __future__ import annotations

import pytest

from runtime.auth.claims import UNRESTRICTED
from runtime.auth.off import NoVerification


@pytest.mark.parametrize("token", ["", "anything"])
async def test_with_access_control_off_everybody_may_do_everything(token: str) -> None:
    assert await NoVerification().verify(token) == UNRESTRICTED
