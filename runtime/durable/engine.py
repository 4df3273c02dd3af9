"""The protocol of a workflow engine: what a workflow is, and what it may ask of its engine.

A *workflow* is an asynchronous function of a :class:`Run`.  It holds no state and touches nothing
itself: all it does to the world is done in *steps*, each recorded with its outcome under a name
of its own.  A workflow that is performed again after a crash is handed the recorded outcomes of
the steps that were done, so its own code must be deterministic: no clock, no random, no I/O.

There are two kinds of step::

    run.step("copy", copy)        an activity: any side effect, recorded after it;
                                  may happen again after a crash, so it must be idempotent
    run.change("copied", change)  rows, events and the record of the step commit together;
                                  happens exactly once

A workflow ends by returning an :class:`Ending`: its last change, which commits together with the
end of the run.  If it raises, or was interrupted and cannot go on, its ``undo`` is called instead.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Generic, Literal, Protocol, TypeAlias, TypeVar
from uuid import UUID

from runtime.database.transaction import Transaction
from runtime.events.event import Event

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | float | bool | None"
"""What can be recorded."""

E = TypeVar("E", bound=Event)
J = TypeVar("J", bound=Json)


class RunStatus(StrEnum):
    """Where the latest run of an identifier stands."""

    NONE = "none"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


class AlreadyRunning(Exception):
    """There is an unfinished run of this identifier."""

    def __init__(self, identifier: str) -> None:
        super().__init__(f"{identifier} is running already")
        self.identifier = identifier


class StepFailed(Exception):
    """A step failed for good; ``reason`` is the sentence of the error that it failed with."""

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(reason)
        self.step = step
        self.reason = reason


class Interrupted(Exception):
    """The engine stopped, or died, before the run was done."""

    def __init__(self) -> None:
        super().__init__("the service stopped before it was done")


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How often an activity is tried (``attempts``), and how long is waited in between.

    The first wait lasts ``seconds``, each further one ``factor`` times as long as the one before,
    none longer than ``longest``.  An error of a class in ``unless`` is not worth another try.
    """

    attempts: int
    seconds: float = 1.0
    factor: float = 2.0
    longest: float = 60.0
    unless: tuple[type[Exception], ...] = ()

    def waits(self) -> Iterator[float]:
        """Yield the seconds to wait after each failed attempt but the last."""
        for attempt in range(self.attempts - 1):
            yield min(self.seconds * self.factor**attempt, self.longest)


ONCE: Final = Retry(attempts=1)
"""Try once."""


@dataclass(frozen=True)
class Ending(Generic[E]):
    """How a run ends: its status, and the last change, in the transaction that records it."""

    status: Literal[RunStatus.COMPLETED, RunStatus.FAILED]
    change: Callable[[Transaction[E]], Awaitable[None]]


class Run(Protocol[E]):
    """One run of a workflow, as its functions see it."""

    @property
    def identifier(self) -> str:
        """The identifier it was started for."""
        ...

    @property
    def input(self) -> Mapping[str, Json]:
        """What it was started with."""
        ...

    def uuid_for(self, name: str) -> UUID:
        """Derive an identifier from the run: the same, however often it is asked for."""
        ...

    def done(self, name: str) -> bool:
        """Tell whether a step of this name is recorded as done."""
        ...

    def failure(self) -> StepFailed | None:
        """Return the first step recorded as failed, if there is one."""
        ...

    async def step(self, name: str, activity: Callable[[], Awaitable[J]], retry: Retry = ONCE) -> J:
        """Perform an activity unless it is recorded, record it, and return what it returned.

        Raises:
            StepFailed: It failed, now or when it was recorded.
        """
        ...

    async def change(self, name: str, change: Callable[[Transaction[E]], Awaitable[None]]) -> None:
        """Make a change in one transaction with its record, unless it is recorded.

        An error of the change is passed on, with nothing changed or recorded.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Workflow(Generic[E]):
    """A workflow to register with an engine.

    ``name`` is recorded with every run and must stay what it is; ``work`` is the name that the
    design has for this background work, on whose behalf it publishes.  ``undo`` brings back what
    was before a failed or interrupted run; it takes steps of the same run, so it sees what was
    done, and it is called again if it was interrupted itself.
    """

    name: str
    work: str
    perform: Callable[[Run[E]], Awaitable[Ending[E]]]
    undo: Callable[[Run[E], Exception], Awaitable[Ending[E]]]


class WorkflowEngine(Protocol[E]):
    """Runs workflows; what it needs to know is recorded, not remembered."""

    async def start(
        self,
        transaction: Transaction[E],
        workflow: str,
        identifier: str,
        input: Mapping[str, Json],
    ) -> None:
        """Record a run as part of the caller's transaction; it begins after the commit.

        Raises:
            AlreadyRunning: There is an unfinished run of this identifier.
            LookupError: No workflow of this name is registered.
        """
        ...

    async def status(self, identifier: str) -> RunStatus:
        """Tell where the latest run of an identifier stands."""
        ...
