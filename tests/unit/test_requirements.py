"""What the service imports is what `make run` installs."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = {"codegen", "generated", "runtime", "service", "tests"}


def imports(room: str) -> set[str]:
    """The packages that a room imports from outside the house."""
    names: set[str] = set()
    for path in (ROOT / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                names.add(node.module.split(".")[0])
    return names - ROOMS - sys.stdlib_module_names


def pinned(file: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements" / file).read_text(), re.M))


def distributions(package: str) -> set[str]:
    found = packages_distributions().get(package, [package])
    return {re.sub(r"[-_.]+", "-", name).lower() for name in found}


@pytest.mark.parametrize("room", ["generated", "runtime", "service"])
def test_what_runs_imports_only_what_run_installs(room: str) -> None:
    installed = pinned("run.txt")
    missing = {name for name in imports(room) if not distributions(name) & installed}
    assert missing == set()


@pytest.mark.parametrize("file", ["run.txt", "dev.txt"])
def test_requirements_name_no_package_index(file: str) -> None:
    text = (ROOT / "requirements" / file).read_text()
    assert "://" not in text
    assert "--hash=sha256:" in text


def test_development_runs_the_versions_that_run_installs() -> None:
    def lines(file: str) -> set[str]:
        text = (ROOT / "requirements" / file).read_text()
        return set(re.findall(r"^\S+==\S+", text, re.M))

    assert lines("run.txt") <= lines("dev.txt")


def test_the_npm_lock_names_no_registry() -> None:
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()
