"""What the corner shop service does, one method an operation.

Generated from the design: do not edit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date, datetime
from uuid import UUID

from runtime.auth.claims import Caller
from runtime.download import Download
from runtime.monitor.sight import Selection
from runtime.monitor.watcher import Watcher

from .models import Crumb, Loaf, Loaves, Path, Payment, Shelf, Stream, Topping


class CornerShopService(ABC):
    """Loaves, and who eats them.

    The caller has been authenticated and holds what the operation requires; parameters and
    body have been validated.  A method raises an error of the ``errors`` beside it that its
    operation declares; any other is a fault.
    """

    @abstractmethod
    async def list_loaves(
        self,
        caller: Caller,
        *,
        crumb: Crumb | None = None,
        limit: int = 20,
        names: list[str] | None = None,
        since: datetime | None = None,
        weight: int | None = None,
        service: bool | None = None,
        sizes: list[int],
        shop: UUID,
        day: date,
        x_shelf: str | None = None,
        taste: str | None = None,
    ) -> Loaves:
        """List loaves.

        Raises:
            NotValid: It cannot be honoured. A \"quoted\" end: \\n is no line end, and \"\"\" ends nothing \\
        """

    @abstractmethod
    async def bake_loaf(self, caller: Caller, body: Loaf) -> Loaf:
        """Answer POST /shop/loaves.

        Emits: LoafBakedEvent.

        Raises:
            NotValid: It cannot be honoured. A \"quoted\" end: \\n is no line end, and \"\"\" ends nothing \\
            SoldOut: Nothing is left.
        """

    @abstractmethod
    async def show_loaf(self, caller: Caller, *, uuid: UUID, number: int) -> Loaf:
        """Show one slice of a loaf.

        Raises:
            NotValid: It cannot be honoured. A \"quoted\" end: \\n is no line end, and \"\"\" ends nothing \\
            NotFound
        """

    @abstractmethod
    async def spread(self, caller: Caller, body: Topping | None = None, *, uuid: UUID) -> Topping:
        """Put something on a loaf, or nothing.

        Raises:
            NotValid: It cannot be honoured. A \"quoted\" end: \\n is no line end, and \"\"\" ends nothing \\
        """

    @abstractmethod
    async def answer(self, caller: Caller, body: str | None) -> str | None:
        """Answer, or say that there is no answer.

        Raises:
            NotValid: It cannot be honoured. A \"quoted\" end: \\n is no line end, and \"\"\" ends nothing \\
        """

    @abstractmethod
    async def weigh(self, caller: Caller, body: list[int]) -> Shelf:
        """Answer POST /shop/weights.

        Raises:
            NotValid: It cannot be honoured. A \"quoted\" end: \\n is no line end, and \"\"\" ends nothing \\
        """

    @abstractmethod
    async def throw_away(self, caller: Caller, *, uuid: UUID) -> None:
        """Throw a loaf away.

        Deprecated.

        Emits: LoafEatenEvent.

        Raises:
            NotValid: It cannot be honoured. A \"quoted\" end: \\n is no line end, and \"\"\" ends nothing \\
        """

    @abstractmethod
    async def photo_request(self, caller: Caller, *, uuid: UUID, number: int) -> None:
        """Ask for a ticket to a photo.

        Raises:
            NotValid: It cannot be honoured. A \"quoted\" end: \\n is no line end, and \"\"\" ends nothing \\
            NotFound
        """

    @abstractmethod
    async def photo(self, caller: Caller, *, uuid: UUID, number: int) -> Download:
        """Look at a loaf.

        Raises:
            NotValid: It cannot be honoured. A \"quoted\" end: \\n is no line end, and \"\"\" ends nothing \\
            NotFound
        """

    @abstractmethod
    async def opening_hours(self, caller: Caller) -> dict[str, str]:
        """When we are open."""

    @abstractmethod
    async def pay(self, caller: Caller, body: Payment) -> None:
        """Answer POST /shop/payments.

        Raises:
            NotValid: It cannot be honoured. A \"quoted\" end: \\n is no line end, and \"\"\" ends nothing \\
        """

    @abstractmethod
    async def way(self, caller: Caller) -> Path:
        """Answer GET /shop/way."""

    @abstractmethod
    async def canal(self, caller: Caller) -> Stream:
        """Answer GET /shop/canal."""

    @abstractmethod
    async def caller(self, caller: Caller) -> None:
        """An operation of a name that the router uses."""

    @abstractmethod
    async def window(self, caller: Caller, selection: Selection) -> Watcher:
        """Watch /shop/window."""
