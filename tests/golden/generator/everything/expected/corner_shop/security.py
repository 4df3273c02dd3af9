"""The tickets of the corner shop service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from typing import Final

from runtime.auth.tickets.ticket import TicketScheme

PHOTO_TICKET: Final = TicketScheme(name="photo_ticket", cookie="shop-photo", seconds=10)
