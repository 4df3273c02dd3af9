"""The command line: ``codegen gen``, ``codegen lint``, ``codegen explain``.

It stands on argparse and not on typer, which takes 0.2 s to import: as long as a whole run may
take that finds nothing changed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codegen.check import Outcome
    from codegen.generate import Generated
    from codegen.write.plan import Plan

OK, MISTAKES, UNUSABLE = 0, 1, 2
"""Exit codes: all well; a mistake in the design, or a difference; no way to do it at all."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal of few letters shows the others as escapes.
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    code: int = options.run(options)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="codegen", description="Turn an API's design into code.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    gen = commands.add_parser("gen", help="write the output folder from the design")
    _add_design(gen)
    gen.add_argument(
        "--output", type=Path, default=Path("generated"), metavar="DIR", help="default: generated"
    )
    gen.add_argument(
        "--check", action="store_true", help="write nothing; print what would change, and fail then"
    )
    gen.add_argument(
        "--force", action="store_true", help="write also over files that were edited by hand"
    )
    gen.add_argument("--stats", action="store_true", help="print how long each phase took")
    gen.set_defaults(run=_gen)

    lint = commands.add_parser("lint", help="say what is wrong with the design")
    _add_design(lint)
    lint.set_defaults(run=_lint)

    explain = commands.add_parser("explain", help="say more about a diagnostic")
    explain.add_argument("code", metavar="CODE", help="as in error[CODE]")
    explain.set_defaults(run=_explain)
    return parser


def _add_design(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--design", type=Path, default=Path("design"), metavar="DIR", help="default: design"
    )


def _gen(options: argparse.Namespace) -> int:
    from codegen.generate import generate

    stopwatch = _Stopwatch()
    try:
        generated = generate(
            options.design,
            options.output,
            write=not options.check,
            force=options.force,
            phase=stopwatch.phase,
        )
    except Exception as error:
        if not _is_foreseen(error):
            raise
        print(f"codegen: {error}", file=sys.stderr)
        return UNUSABLE
    code = _checked(generated) if options.check else _written(generated, options.output)
    if options.stats:
        stopwatch.print()
    return code


def _is_foreseen(error: Exception) -> bool:
    """Tell whether an error says something to the user, and is not a fault of ours."""
    from codegen.emit.python.library import LibraryFailed
    from codegen.write.format import FormatFailed
    from codegen.write.manifest import BadManifest
    from codegen.write.plan import OutputUnusable

    return isinstance(error, OSError | BadManifest | FormatFailed | LibraryFailed | OutputUnusable)


def _written(generated: Generated, output: Path) -> int:
    if generated.outcome is not None:
        _print_diagnostics(generated.outcome)
    if generated.unchanged is not None:
        print(f"{output} is up to date ({generated.unchanged} files)")
        return OK
    plan = generated.plan
    if plan is None:
        print(f"{output} was not touched", file=sys.stderr)
        return MISTAKES
    for line in _changes(plan):
        print(line)
    if plan:
        print(
            f"{output}: {len(plan.write)} written, {len(plan.remove)} removed, "
            f"{plan.current} unchanged"
        )
    else:
        print(f"{output} is up to date ({plan.current} files)")
    return OK


def _changes(plan: Plan) -> Iterator[str]:
    for path in plan.write:
        yield f"  write   {path}"
    for path in plan.remove:
        yield f"  remove  {path}"
    for path in plan.keep:
        yield f"  keep    {path} (not generated any more, but edited by hand: delete it yourself)"


def _checked(generated: Generated) -> int:
    if generated.outcome is not None:
        _print_diagnostics(generated.outcome)
    if generated.unchanged is not None:
        return OK
    if generated.plan is None:
        return MISTAKES
    if not generated.plan:
        return OK
    from codegen.write.plan import difference

    sys.stdout.writelines(difference(generated.plan))
    print("codegen: the output is not what the design says; run `codegen gen`", file=sys.stderr)
    return MISTAKES


def _lint(options: argparse.Namespace) -> int:
    from codegen.check import load_folder

    outcome = load_folder(options.design)
    _print_diagnostics(outcome)
    if outcome.design is None:
        return MISTAKES
    if not outcome.diagnostics:
        print(f"{options.design}: no mistakes")
    return OK


def _explain(options: argparse.Namespace) -> int:
    from codegen.check.reference import explain

    try:
        sys.stdout.write(explain(options.code))
    except LookupError as error:
        print(f"codegen: {error}", file=sys.stderr)
        return UNUSABLE
    return OK


def _print_diagnostics(outcome: Outcome) -> None:
    from codegen.check import render

    sys.stderr.write(render(outcome.diagnostics))


class _Stopwatch:
    """Measures phases."""

    def __init__(self) -> None:
        self._begun = time.perf_counter()
        self._phases: list[tuple[str, float]] = []

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Measure what happens inside."""
        begun = time.perf_counter()
        yield
        self._phases.append((name, time.perf_counter() - begun))

    def print(self) -> None:
        """Print every phase and the whole."""
        whole = time.perf_counter() - self._begun
        for name, seconds in [*self._phases, ("all", whole)]:
            print(f"{seconds * 1000:8.1f} ms  {name}")
