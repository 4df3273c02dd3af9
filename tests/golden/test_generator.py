"""Each folder in ``generator/`` is a design, and exactly what is generated from it.

``pytest tests/golden/test_generator.py --accept`` takes what is generated now into ``expected/``.
``everything`` holds what Python code depends on, and its ``expected/`` only the Python.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.check import load_folder
from codegen.emit import EMITTERS, gather
from codegen.write.format import formatted

FOLDERS = sorted(path for path in (Path(__file__).parent / "generator").iterdir() if path.is_dir())
SUFFIXES = {"everything": (".py",)}


def generated(folder: Path) -> dict[str, str]:
    design = load_folder(folder / "design").design
    assert design is not None
    texts = gather(file for emitter in EMITTERS for file in emitter.emit(design))
    wanted = SUFFIXES.get(folder.name, ("",))
    return formatted({path: text for path, text in texts.items() if path.endswith(wanted)})


def expected(folder: Path) -> dict[str, str]:
    root = folder / "expected"
    return {
        path.relative_to(root).as_posix(): path.read_bytes().decode()
        for path in sorted(root.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def take(folder: Path, texts: dict[str, str]) -> None:
    root = folder / "expected"
    for stale in expected(folder).keys() - texts.keys():
        (root / stale).unlink()
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_design_generates_exactly_these_files(folder: Path, accept: bool) -> None:
    texts = generated(folder)
    if accept:
        take(folder, texts)
    assert texts == expected(folder)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_second_run_makes_the_same_bytes(folder: Path) -> None:
    assert generated(folder) == generated(folder)
