"""A store that speaks S3 and keeps what it is given on the disk, for packages of any size.

It is the npm package `s3rver`; what it does not do as S3 does is said in `s3_server.py`.
"""

from __future__ import annotations

import atexit
import shutil
import subprocess
import time
from types import TracebackType
from typing import Self
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

from tests.node import MODULES, S3RVER
from tests.servers.process import end, free_port, make_folder
from tests.servers.s3_server import S3Bucket

KEY = "S3RVER"
BUCKET = "packages"
START_SECONDS = 60.0


class DiskS3Server:
    """One process, with one bucket; its folder is removed when it is closed."""

    def __init__(self) -> None:
        self._program = MODULES / S3RVER
        self._folder = make_folder("disk-s3", None)
        self._process: subprocess.Popen[bytes] | None = None
        self.bucket = S3Bucket(BUCKET, f"http://127.0.0.1:{free_port()}", KEY, KEY)
        atexit.register(self.close)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start, and wait until it answers."""
        port = self.bucket.endpoint.rpartition(":")[2]
        options = ["--address", "127.0.0.1", "--port", port, "--no-vhost-buckets", "--silent"]
        folder = ["--directory", str(self._folder / "data"), "--configure-bucket", BUCKET]
        log = self._folder / "log"
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                ["node", self._program, *options, *folder],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                end(self._process)
                raise RuntimeError(f"the S3 server did not start:\n{log.read_text()}")
            time.sleep(0.05)

    def close(self) -> None:
        """Stop, and remove the folder."""
        if self._process is not None:
            end(self._process)
            self._process = None
        shutil.rmtree(self._folder, ignore_errors=True)
        atexit.unregister(self.close)

    def _answers(self) -> bool:
        try:
            build_opener(ProxyHandler({})).open(f"{self.bucket.endpoint}/{BUCKET}").close()
        except HTTPError:
            return True
        except (URLError, ConnectionError):
            return False
        return True
