"""Find a server's program, or install its Debian package.

A test that needs a server is never skipped: without the program it fails, and
says the one line that installs it.
"""

import fcntl
import glob
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Debian keeps some servers where an ordinary user's PATH does not look.
SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")
VERSIONED_FOLDERS = "/usr/lib/postgresql/*/bin"

# Installing a server must not start it: policy-rc.d forbids that while we
# install, unless the machine has a policy of its own. The lists of packages
# are often too old or not there, so they are renewed if the first try fails.
INSTALL = r"""
set -eu
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    trap 'exit 1' HUP INT TERM
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
install() {
    apt-get install --yes -q --no-install-recommends -o DPkg::Lock::Timeout=300 "$1"
}
install "$1" || { apt-get update -q && install "$1"; }
"""


class ServerMissingError(Exception):
    """The program is not on this machine, and we could not install it."""

    def __init__(self, program: str, package: str, reason: str) -> None:
        super().__init__(
            f"This test needs {program}, which is not on this machine ({reason}). "
            f"Run: sudo apt-get install --yes {package}"
        )


def find(program: str) -> Path | None:
    """Where a program is: on PATH, or in one of the system's folders, the newest version first."""
    versions = sorted(glob.glob(VERSIONED_FOLDERS), key=_version, reverse=True)
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), *SYSTEM_FOLDERS, *versions))
    found = shutil.which(program, path=path)
    return Path(found) if found else None


def _version(folder: str) -> int:
    number = Path(folder).parent.name
    return int(number) if number.isdigit() else 0


def find_or_install(program: str, package: str) -> Path:
    """Where a program is, after installing its package if need be."""
    if found := find(program):
        return found
    with _one_at_a_time():
        if found := find(program):  # another worker was first
            return found
        _install(program, package)
    if found := find(program):
        return found
    raise ServerMissingError(program, package, f"not even after installing {package}")


def _install(program: str, package: str) -> None:
    if not find("apt-get"):
        raise ServerMissingError(program, package, "and there is no apt-get")
    if os.geteuid() == 0:
        become_root = []
    elif (sudo := find("sudo")) and _succeeds(str(sudo), "-n", "true"):
        become_root = [str(sudo), "-n"]
    else:
        raise ServerMissingError(program, package, "and only root may install it")
    done = subprocess.run(
        [*become_root, "sh", "-c", INSTALL, "install", package],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        last_words = " / ".join(done.stdout.strip().splitlines()[-3:])
        raise ServerMissingError(program, package, f"apt-get failed: {last_words}")


def _succeeds(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let one test process of this user install; the others wait."""
    lock = Path(tempfile.gettempdir()) / f"storage-service-install-{os.geteuid()}.lock"
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
