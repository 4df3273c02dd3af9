"""What starting any server takes: a port, a folder, a user, an end."""

import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

# Below the range from which the system hands out ports by itself, so that a
# server which is down for a moment finds its port free again.
PORTS = range(20_000, 32_000)


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as candidate:
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                candidate.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def server_user(*preferred: str) -> str | None:
    """Whom a server runs as: nobody special, unless we are root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in (*preferred, "nobody") if name in known), None)


def make_folder(kind: str, user: str | None) -> Path:
    """A new folder that the server's user owns, outside pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix=f"storage-service-{kind}-"))
    if user is not None:
        shutil.chown(folder, user)
    return folder


def end(process: subprocess.Popen[bytes], patience: float = 10) -> None:
    """Ask one process to stop, and make it stop if it does not listen."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()


def end_with_us(process: subprocess.Popen[bytes], folder: Path) -> subprocess.Popen[bytes]:
    """Have a process killed, and its folder removed, as soon as we are gone, however that comes.

    Returns who waits for that; to `end` it is to call it off.
    """
    # Our end of the pipe closes when we do.
    return subprocess.Popen(
        ["sh", "-c", 'read _; kill -KILL "$1"; rm -rf "$2"', "wait", str(process.pid), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
