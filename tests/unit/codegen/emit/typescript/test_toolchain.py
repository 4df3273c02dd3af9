"""What compilers, linters and Node itself say of the generated client."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from codegen.emit.typescript import emit
from codegen.model import Design
from tests.node import BIOME, TYPESCRIPT, TYPESCRIPT_5, Node
from tests.unit.codegen.emit.designs import BAKERY

USES = Path(__file__).parent / "bakery"

STRICT = {
    "strict": True,
    "exactOptionalPropertyTypes": True,
    "noUncheckedIndexedAccess": True,
    "noImplicitOverride": True,
    "noPropertyAccessFromIndexSignature": True,
    "noUnusedLocals": True,
    "noUnusedParameters": True,
    "erasableSyntaxOnly": True,
    "isolatedModules": True,
    "verbatimModuleSyntax": True,
    "skipLibCheck": True,
    "target": "ES2022",
    "module": "nodenext",
    "lib": ["ES2022", "DOM"],
    "types": [],
}


def write_client(design: Design, folder: Path) -> Path:
    """Write the client of a design as a project of its own."""
    folder.mkdir(parents=True)
    for file in emit(design):
        (folder / Path(file.path).name).write_text(file.text, encoding="utf-8")
    return folder


def write_project(folder: Path, **options: object) -> None:
    project = {"compilerOptions": STRICT | options, "include": ["**/*.ts"]}
    (folder / "tsconfig.json").write_text(json.dumps(project), encoding="utf-8")


@pytest.fixture
def clients(designs: dict[str, Design], tmp_path: Path) -> Path:
    """A folder with the client of every design, and with the files that use the bakery's."""
    for name, design in designs.items():
        write_client(design, tmp_path / name)
    for use in USES.glob("*.ts"):
        shutil.copy(use, tmp_path / "bakery")
    write_project(tmp_path, noEmit=True)
    return tmp_path


@pytest.mark.parametrize("compiler", [TYPESCRIPT, TYPESCRIPT_5])
def test_the_compiler_refuses_a_forgotten_event_and_nothing_else(
    compiler: str, clients: Path, node: Node
) -> None:
    code, output = node.run(compiler, "--project", clients, "--pretty", "false", cwd=clients)

    mistakes = [line for line in output.splitlines() if "error TS" in line]
    assert code != 0
    assert len(mistakes) == 1, output
    assert mistakes[0].startswith("bakery/missing_case.ts(14,")
    assert '{ type: "reset"; value: WindowResetEvent; }' in mistakes[0]
    assert "'never'" in mistakes[0]


def test_biome_finds_nothing_to_complain_of(
    designs: dict[str, Design], tmp_path: Path, node: Node
) -> None:
    for name, design in designs.items():
        write_client(design, tmp_path / name)
    (tmp_path / "biome.json").write_text("{}\n", encoding="utf-8")

    code, output = node.run(
        BIOME, "check", "--error-on-warnings", "--max-diagnostics=20", tmp_path, cwd=tmp_path
    )

    assert code == 0, output
    assert "No fixes applied" in output


def test_the_client_works_in_node(tmp_path: Path, node: Node) -> None:
    folder = write_client(BAKERY, tmp_path / "bakery")
    write_project(folder)
    code, output = node.run(TYPESCRIPT, "--project", folder, cwd=folder)
    assert code == 0, output
    for script in USES.glob("*.mjs"):
        shutil.copy(script, folder)

    scripts = sorted(folder.glob("*.test.mjs"))
    code, output = node.run("--test", *scripts, cwd=folder)

    assert code == 0, output
    assert "fail 0" in output
    assert "after the test ended" not in output
