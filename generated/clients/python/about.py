"""A client of the about service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from typing import ClassVar

from runtime.client.call import Call
from runtime.client.client import Client

from ...about import errors
from ...about.models import About


class AboutClient(Client):
    """What this installation is."""

    error_header: ClassVar[str | None] = "goa-error"

    async def about(self) -> About:
        """Say what this installation is."""
        return await self._call(
            Call[About]("GET", "/about", status=200, returns=About, errors=(errors.Unauthorized,))
        )
