"""The tools of package.json, for tests that need Node."""

from __future__ import annotations

import fcntl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "node_modules"

TYPESCRIPT = "typescript/bin/tsc"
TYPESCRIPT_5 = "typescript-5/bin/tsc"
BIOME = "@biomejs/biome/bin/biome"
ASYNCAPI_PARSER = "@asyncapi/parser/package.json"
ASYNCAPI_SCHEMAS = "@asyncapi/specs/package.json"
OIDC_PROVIDER = "oidc-provider/package.json"
S3RVER = "s3rver/bin/s3rver.js"
NEEDED = (
    *(TYPESCRIPT, TYPESCRIPT_5, BIOME, ASYNCAPI_PARSER, ASYNCAPI_SCHEMAS),
    *(OIDC_PROVIDER, S3RVER),
)

# As the Makefile does: `npm ci` wants every other system's optional packages in the lock too.
INSTALL = ["npm", "install", "--no-save", "--loglevel=error", "--no-progress"]


@dataclass(frozen=True)
class Node:
    """Runs scripts of the installed tools."""

    modules: Path

    def run(self, *arguments: str | Path, cwd: Path) -> tuple[int, str]:
        """Run Node; return its exit code and all it said.

        The first argument may be a tool of this module.
        """
        first, *rest = arguments
        done = subprocess.run(
            ["node", self.modules / first if first in NEEDED else first, *rest],
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout


@pytest.fixture(scope="session")
def node() -> Node:
    """The tools of package.json, installed now if they are not there."""
    with (ROOT / "package.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not all((MODULES / path).exists() for path in NEEDED):
            subprocess.run(INSTALL, cwd=ROOT, check=True, timeout=600)
    return Node(MODULES)
