"""A store that speaks S3, of our own: on loopback, in memory, with one user whose key it checks.

It is the server of the library `moto`, and not the npm package `s3rver` that keeps large packages
for other tests (`disk_s3_server.py`): that one looks at no signature, cannot take an upload back,
and shows an object while it is being written.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from itertools import count
from types import TracebackType
from typing import Any, Self

from tests.servers.process import end, free_port, make_folder

START_TRIES = 5
START_SECONDS = 60.0
REGION = "us-east-1"
ANYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
# What is asked before there is a user who could sign: for the user, its rights and its key.
UNSIGNED = 3


@dataclass(frozen=True)
class S3Bucket:
    """An empty bucket, and the key to it."""

    name: str
    endpoint: str
    key: str
    secret: str

    def value(self, **other: Any) -> dict[str, Any]:
        """The configuration of a location in it."""
        return {
            "bucket": self.name,
            "region": REGION,
            "endpoint": self.endpoint,
            "path_style": True,
            "key": self.key,
            "secret": self.secret,
            **other,
        }


class S3Server:
    """One process of the server."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = make_folder("s3", None)
        self._numbers = count(1)
        self.endpoint = ""
        self.key = ""
        self.secret = ""
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
        """Start, and make the user."""
        for tries_left in reversed(range(START_TRIES)):
            try:
                self._start_on(free_port())
                return
            except RuntimeError:  # another program may have taken the port first
                if not tries_left:
                    raise

    def close(self) -> None:
        """Stop; nothing is left."""
        if self._process is not None:
            end(self._process)
            self._process = None
        shutil.rmtree(self._folder, ignore_errors=True)
        atexit.unregister(self.close)

    def new_bucket(self) -> S3Bucket:
        """An empty bucket."""
        name = f"bucket-{next(self._numbers)}"
        self.client("s3").create_bucket(Bucket=name)
        return S3Bucket(name, self.endpoint, self.key, self.secret)

    def keys(self, bucket: S3Bucket) -> list[str]:
        """What objects there are in a bucket."""
        found = self.client("s3").list_objects_v2(Bucket=bucket.name)
        return [each["Key"] for each in found.get("Contents", ())]

    def uploads(self, bucket: S3Bucket) -> list[str]:
        """For which objects there are parts of an upload that is neither completed nor aborted."""
        found = self.client("s3").list_multipart_uploads(Bucket=bucket.name)
        return [each["Key"] for each in found.get("Uploads", ())]

    def client(self, service: str, *, key: str | None = None, secret: str | None = None) -> Any:
        """A client of another make than ours."""
        import boto3  # it takes a while, which not every test process should wait for

        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=key or self.key,
            aws_secret_access_key=secret or self.secret,
        )

    def _start_on(self, port: int) -> None:
        from botocore.exceptions import BotoCoreError

        self.endpoint = f"http://127.0.0.1:{port}"
        log = self._folder / "log"
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
                env={**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": str(UNSIGNED)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        deadline = time.monotonic() + START_SECONDS
        iam = self.client("iam", key="nobody", secret="nothing")
        while True:
            try:
                iam.create_user(UserName="archive")
                break
            except BotoCoreError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    end(self._process)
                    raise RuntimeError(f"the S3 server did not start:\n{log.read_text()}") from None
            time.sleep(0.05)
        iam.put_user_policy(
            UserName="archive", PolicyName="anything", PolicyDocument=json.dumps(ANYTHING)
        )
        made = iam.create_access_key(UserName="archive")["AccessKey"]
        self.key, self.secret = made["AccessKeyId"], made["SecretAccessKey"]
