"""The tickets of the kitchen service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from typing import Final

from runtime.auth.tickets.ticket import TicketScheme

T: Final = TicketScheme(name="t", cookie="t", seconds=5)
