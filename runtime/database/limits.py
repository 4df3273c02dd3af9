"""What a database server is asked to bear with, the same on every one."""

from __future__ import annotations

from typing import Final

READERS: Final = 10
"""How many reading connections a process has at most; further readers wait for one."""
WRITERS: Final = 10
"""How many write transactions a process has at a time; further ones wait, first come first served.

More would not be faster: in the end every one of them waits for the counter of its log.
"""
READER_SECONDS: Final = 10.0
"""How long a reader waits for a connection before it fails."""
CONNECT_SECONDS: Final = 5.0
"""How long the server may take to let a connection in."""
LOCK_SECONDS: Final = 10.0
"""How long a statement waits for another transaction's lock before it fails."""
STILL_SECONDS: Final = 5.0
"""How long a write transaction may say nothing before the server ends it.

Shorter than the wait for a lock: a process that is stopped in the middle of a transaction holds up
the others no longer than this, and none of them fails.
"""
PING_SECONDS: Final = 1.0
"""A connection that lay idle for longer is asked whether it still lives before it is used."""
