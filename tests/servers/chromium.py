"""A real browser, without a window, which visits one page until the end of the block."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers.install import find_or_install
from tests.servers.process import end

FLAGS = (
    "--headless",
    "--no-sandbox",  # root may not have one
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-component-update",
    "--disable-background-networking",
    "--no-first-run",
)


@contextmanager
def visiting(url: str) -> Iterator[None]:
    """Open a page in a browser that knows nothing of earlier visits."""
    program = find_or_install("chromium", package="chromium")
    profile = tempfile.mkdtemp(prefix="storage-service-chromium-")
    browser = subprocess.Popen(
        [program, *FLAGS, f"--user-data-dir={profile}", url],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        end(browser)
        # Its own children may still be writing.
        shutil.rmtree(profile, ignore_errors=True)
