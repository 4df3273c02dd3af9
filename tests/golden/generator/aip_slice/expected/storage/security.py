"""The tickets of the storage service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from typing import Final

from runtime.auth.tickets.ticket import TicketScheme

MONITOR_TICKET: Final = TicketScheme(
    name="monitor_ticket", cookie="enduro-storage-ws-ticket", seconds=5
)
