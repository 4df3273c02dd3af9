"""The golden design ``hostile``: names and texts that would break generated code if they could.

``make check`` holds its Python to mypy's strict rules, as it does all of ``tests/``.
"""

from __future__ import annotations

import importlib
import json
import shutil
from pathlib import Path

import pytest

from tests.node import TYPESCRIPT, Node, node

__all__ = ["node"]

EXPECTED = Path(__file__).parent / "generator" / "hostile" / "expected"
MODULES = sorted(
    ".".join(path.relative_to(EXPECTED).with_suffix("").parts) for path in EXPECTED.rglob("*.py")
)


@pytest.mark.parametrize("module", MODULES)
def test_every_module_can_be_imported(module: str) -> None:
    importlib.import_module(f"tests.golden.generator.hostile.expected.{module}")


def test_words_of_the_design_stay_words() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in EXPECTED.rglob("*.py"))
    assert not [line for line in text.splitlines() if line.startswith("import os")]


def test_the_typescript_compiles(node: Node, tmp_path: Path) -> None:
    shutil.copytree(EXPECTED / "clients" / "typescript", tmp_path / "client")
    options = {
        "strict": True,
        "exactOptionalPropertyTypes": True,
        "noUncheckedIndexedAccess": True,
        "erasableSyntaxOnly": True,
        "verbatimModuleSyntax": True,
        "target": "ES2022",
        "module": "nodenext",
        "lib": ["ES2022", "DOM"],
        "types": [],
        "noEmit": True,
    }
    project = {"compilerOptions": options, "include": ["**/*.ts"]}
    (tmp_path / "tsconfig.json").write_text(json.dumps(project), encoding="utf-8")
    assert node.run(TYPESCRIPT, "--project", tmp_path, cwd=tmp_path) == (0, "")
