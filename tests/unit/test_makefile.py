"""What `make` does before anything is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Stands for the machine's Python: it makes a .venv whose Python takes its time over an
# installation, and writes down when one begins and ends.
PYTHON = f"""#!/bin/sh
if [ "$1" != -m ]; then exec {sys.executable} "$@"; fi
mkdir -p .venv/bin
cat > .venv/bin/python <<'SCRIPT'
#!/bin/sh
echo begin >> installed
sleep 0.3
echo end >> installed
SCRIPT
chmod +x .venv/bin/python
cat > .venv/bin/storage-service <<'SCRIPT'
#!/bin/sh
printf '%s\\n' "$@"
SCRIPT
chmod +x .venv/bin/storage-service
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone in which nothing is installed, and installing costs little."""
    for name in ("Makefile", "pyproject.toml", "requirements/run.txt", "requirements/dev.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "python").write_text(PYTHON)
    (tmp_path / "python").chmod(0o755)
    return tmp_path


def make(clone: Path, *arguments: str) -> subprocess.Popen[str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.Popen(
        ["make", "-s", "PYTHON=./python", *arguments],
        cwd=clone,
        env=bare,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_at_once_install_one_after_the_other_and_once(clone: Path) -> None:
    makes = [make(clone, "token") for _ in range(3)]
    told = ""
    for each in makes:
        said, complained = each.communicate(timeout=60)
        assert each.returncode == 0, complained
        assert said.splitlines()[0] == "token"
        told += complained
    assert told.count("Installing requirements/run.txt") == 1
    steps = (clone / "installed").read_text().split()
    assert steps == ["begin", "end"] * (len(steps) // 2)


@pytest.mark.parametrize("attributes", ["*", "$(shell touch made)", "$$HOME a:b", "`id`", "it's"])
def test_attributes_are_handed_over_as_they_are(clone: Path, attributes: str) -> None:
    making = make(clone, "token", f"ATTRIBUTES={attributes}")
    said, complained = making.communicate(timeout=60)
    assert said.splitlines() == ["token", "--attributes", attributes], complained
    assert not (clone / "made").exists()
