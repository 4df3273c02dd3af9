"""The tickets of the storage service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from typing import Final

from runtime.auth.tickets.ticket import TicketScheme

MONITOR_TICKET: Final = TicketScheme(
    name="monitor_ticket", cookie="enduro-storage-ws-ticket", seconds=5
)
"""Opens the monitor once, for a browser that cannot send a header with a WebSocket."""
AIP_DOWNLOAD_TICKET: Final = TicketScheme(
    name="aip_download_ticket", cookie="enduro-aip-download-ticket", seconds=5
)
"""Opens the download of one package once."""
DELETION_REPORT_TICKET: Final = TicketScheme(
    name="deletion_report_ticket", cookie="enduro-delreport-ticket", seconds=5
)
"""Opens the deletion report of one package once."""
