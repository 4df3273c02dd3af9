"""What happened between the log and the sockets, counted since the process began."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from runtime.metrics.gauge import gauge
from runtime.monitor.ending import Ending
from runtime.monitor.frames import Reset


@dataclass(slots=True)
class MonitorCounters:
    """Plain numbers, added to by the one loop that runs everything."""

    watching: int = gauge()
    """Connections served now."""
    joined: int = 0
    """Connections ever served."""
    delivered: int = 0
    """Events taken from the log."""
    sent_bytes: int = 0
    """Bytes of frames sent to connections, compressed for those that take it."""
    ended: Counter[Ending] = field(default_factory=Counter)
    """Connections that the server ended, by reason."""
    flooded: int = 0
    """WebSockets whose client sent more than is read at once or taken in one message, though nothing is
    expected of it."""
    lagged: int = 0
    """Times a connection was not where the ring is, and was served from the table."""
    lag_reads: int = 0
    """Pages of events read from the table for such connections."""
    coalesced: int = 0
    """Events not sent to a connection over its limit, because a newer one of the same entity was."""
    resets: Counter[Reset] = field(default_factory=Counter)
    """Connections that came back with a position that cannot be honoured, by reason."""
    restarts: int = 0
    """Times the feed failed, and every connection was told to come back."""
    other_logs: int = 0
    """Times the log had a new epoch or an older state, and every connection was told to come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorState:
    """How a stream stands now."""

    position: int = gauge()
    """The newest position delivered by this process."""
    behind: float = gauge()
    """Events of the log that this process has yet to deliver; NaN while the log cannot be read."""
    groups: int = gauge()
    """Groups of connections with equal sight: each event is looked at once for each."""
    lagging: int = gauge()
    """Connections that wait to be served from the table."""
    ring_bytes: int = gauge()
    """Bytes of events that are kept in memory."""
