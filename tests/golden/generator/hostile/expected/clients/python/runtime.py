"""A client of the runtime service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from typing import ClassVar

from runtime.client.call import Call
from runtime.client.client import Client

from ...runtime.models import Loaf


class RuntimeClient(Client):
    """The runtime service."""

    error_header: ClassVar[str | None] = "x-error"

    async def typing(self) -> Loaf:
        """Answer GET /runtime/typing."""
        return await self._call(Call[Loaf]("GET", "/runtime/typing", status=200, returns=Loaf))
