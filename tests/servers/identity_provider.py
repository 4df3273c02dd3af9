"""A real identity provider of our own: on loopback, with keys, clients and people a test names."""

from __future__ import annotations

import atexit
import base64
import hashlib
import json
import re
import secrets
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2
from joserfc.jwk import ECKey, OKPKey, RSAKey

from tests.servers.process import end, free_port, make_folder

SCRIPT = Path(__file__).with_suffix(".mjs")
START_TRIES = 5
START_SECONDS = 30.0
SIGNED_IN = "http://127.0.0.1/signed-in"
FORM = re.compile(r'<form[^>]* action="([^"]+)"')


def new_keys() -> list[dict[str, Any]]:
    """New private keys, one of each kind, as JWKs with names of their own."""
    keys: list[RSAKey | ECKey | OKPKey] = [
        RSAKey.generate_key(2048),
        ECKey.generate_key("P-256"),
        OKPKey.generate_key("Ed25519"),
    ]
    return [{**key.as_dict(private=True), "kid": secrets.token_hex(4)} for key in keys]


class IdentityProvider:
    """One process of the npm package `oidc-provider`; it keeps its address over restarts.

    `clients` are programs, each with what its access tokens say: `claims`, `audience` (`archive`),
    `algorithm` (`RS256`), `ttl` in seconds. `people` are what the ID tokens of each say.
    """

    def __init__(self, clients: dict[str, Any], people: dict[str, Any]) -> None:
        self.keys = new_keys()
        self.clients = clients
        self.people = people
        self._folder = make_folder("identity", None)
        self._port: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
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

    @property
    def issuer(self) -> str:
        if self._port is None:
            raise RuntimeError("this identity provider has never been started")
        return _issuer(self._port)

    def start(self) -> None:
        """Start, and wait until it answers."""
        if self._port is not None:
            self._start_on(self._port)
            return
        for tries_left in reversed(range(START_TRIES)):
            port = free_port()
            try:
                self._start_on(port)
            except RuntimeError:  # another program may have taken the port first
                if not tries_left:
                    raise
            else:
                self._port = port
                return

    def _start_on(self, port: int) -> None:
        settings = {
            "port": port,
            "keys": self.keys,
            "clients": self.clients,
            "people": self.people,
        }
        file, log = self._folder / "settings.json", self._folder / "log"
        file.write_text(json.dumps(settings))
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                ["node", SCRIPT, file], stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        deadline = time.monotonic() + START_SECONDS
        while _issuer(port) not in log.read_text().splitlines():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"the identity provider did not start:\n{log.read_text()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop; nobody answers at its address until it is started again."""
        if self._process is not None:
            end(self._process)
            self._process = None

    def close(self) -> None:
        """Stop, and remove the folder."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)
        atexit.unregister(self.close)

    def rotate(self) -> None:
        """Restart with new keys only."""
        self.stop()
        self.keys = new_keys()
        self.start()

    def access_token(self, client: str) -> str:
        """An access token for a program."""
        answer = httpx2.post(
            f"{self.issuer}/token",
            auth=(client, "open sesame"),
            data={"grant_type": "client_credentials", "resource": "urn:archive"},
        )
        answer.raise_for_status()
        return str(answer.json()["access_token"])

    def id_token(self, login: str) -> str:
        """An ID token for a person, who signs in as with a browser."""
        verifier = secrets.token_urlsafe(32)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
        asked = {
            "client_id": "browser",
            "response_type": "code",
            "redirect_uri": SIGNED_IN,
            "scope": "openid",
            "code_challenge": challenge.rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        with httpx2.Client() as browser:
            page = _followed(browser, browser.get(f"{self.issuer}/auth", params=asked))
            for fields in ({"prompt": "login", "login": login}, {"prompt": "consent"}):
                form = FORM.search(page.text)
                assert form is not None, page.text
                page = _followed(browser, browser.post(form[1], data={"password": "x", **fields}))
            code = parse_qs(urlsplit(page.headers["location"]).query)["code"][0]
            answer = browser.post(
                f"{self.issuer}/token",
                data={
                    "grant_type": "authorization_code",
                    "client_id": "browser",
                    "redirect_uri": SIGNED_IN,
                    "code": code,
                    "code_verifier": verifier,
                },
            )
            answer.raise_for_status()
            return str(answer.json()["id_token"])


def _issuer(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _followed(browser: httpx2.Client, answer: httpx2.Response) -> httpx2.Response:
    """Follow redirects up to the page of the program, which nobody serves."""
    while answer.has_redirect_location:
        target = urljoin(str(answer.url), answer.headers["location"])
        if target.startswith(SIGNED_IN):
            return answer
        answer = browser.get(target)
    return answer
