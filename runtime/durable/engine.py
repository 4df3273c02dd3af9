"""The protocol of a workflow engine: what a workflow is, and what it may ask of its engine.

A *workflow* is an asynchronous function of a :class:`Run`.  It holds no state and touches nothing
itself: all it does to the world is done in *steps*, one after the other, each recorded with its
outcome under a name of its own.  After a crash the function is called again from its beginning:
steps that are recorded give their recorded outcome, and the first that is not is performed.  So its
own code must be deterministic: no clock, no random, no I/O, no tasks.

There are three kinds of step::

    run.step("copy", copy)        an activity: any side effect, recorded after it;
                                  may happen again after a crash, so it must be idempotent
    run.change("copied", change)  rows, events and the record of the step commit together;
                                  happens exactly once
    run.wait("decided", "decide") what a signal of that name carried; waits without limit, and
                                  costs nothing but a row meanwhile

A workflow ends by returning an :class:`Ending`: its last change, which commits together with the
end of the run.  If a step failed for good, or the run is canceled, its ``undo`` is called instead.

The protocol asks for no more than a distributed engine such as Temporal gives.  There, ``perform``
and ``undo`` are workflow code; steps are activities, and so are changes, whose transaction records
the step as well, so that a repeated one finds itself done; ``wait`` is a signal handler, ``confirm``
a heartbeat.  What is part of a caller's transaction (``start``, ``signal``, ``cancel``) is a row that
is handed on to the engine after the commit.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Generic, Literal, Protocol, TypeAlias, TypeVar
from uuid import UUID

from runtime.events.event import Event
from runtime.events.transaction import Transaction

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
    CANCELED = "canceled"


class AlreadyRunning(Exception):
    """There is an unfinished run of this identifier."""

    def __init__(self, identifier: str) -> None:
        super().__init__(f"{identifier} is running already")
        self.identifier = identifier


class NotRunning(Exception):
    """There is no unfinished run of this identifier: none was started, or it has ended."""

    def __init__(self, identifier: str) -> None:
        super().__init__(f"{identifier} is not running")
        self.identifier = identifier


class StepFailed(Exception):
    """A step failed for good; ``reason`` is the sentence of the error that it failed with."""

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(reason)
        self.step = step
        self.reason = reason


class Canceled(Exception):
    """Somebody canceled the run."""

    def __init__(self) -> None:
        super().__init__("it was canceled")


class Fault(Exception):
    """Something broke that is no failure of a step; what, is in the log alone."""

    def __init__(self) -> None:
        super().__init__("internal error")


Failure: TypeAlias = StepFailed | Canceled | Fault
"""Why a run is undone.  As a text, it is a sentence that may be shown to people."""


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

    def wait_after(self, failed: int, error: Exception) -> float | None:
        """Return the seconds to wait after so many failed attempts; ``None`` to give up."""
        if failed >= self.attempts or isinstance(error, self.unless):
            return None
        return min(self.seconds * self.factor ** (failed - 1), self.longest)


ONCE: Final = Retry(attempts=1)
"""Try once."""


@dataclass(frozen=True)
class Ending(Generic[E]):
    """How a run ends: its status, and the last change, in the transaction that records it."""

    status: Literal[RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELED]
    change: Callable[[Transaction[E]], Awaitable[None]]


class Run(Protocol[E]):
    """One run of a workflow, as its functions see it.

    What its methods raise and is no ``Exception`` is the engine's, and is let through.
    """

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

    async def step(self, name: str, activity: Callable[[], Awaitable[J]], retry: Retry = ONCE) -> J:
        """Perform an activity unless it is recorded, record it, and return what it returned.

        Attempts are counted, and the next one is due, beyond the life of the process.  An attempt
        that was cut short, by a crash or by the engine, is made again and does not count.

        Raises:
            StepFailed: It failed, now or when it was recorded.
            Canceled: The run was canceled meanwhile; the activity is cut short.
        """
        ...

    async def change(self, name: str, change: Callable[[Transaction[E]], Awaitable[None]]) -> None:
        """Make a change in one transaction with its record, unless it is recorded.

        An error of the change is passed on, with nothing changed or recorded.

        Raises:
            Canceled: The run was canceled meanwhile; nothing is changed.
        """
        ...

    async def wait(self, name: str, signal: str) -> Json:
        """Wait for a signal unless the step is recorded, record it, and return what it carried.

        A signal that came before is taken at once, the oldest of its name first; each is taken
        by one step.

        Raises:
            Canceled: The run was canceled meanwhile.
        """
        ...

    async def confirm(self) -> None:
        """See, within an activity, that this process is still the one to perform the run.

        To be awaited right before what must not happen late: a process that was stopped in the
        middle of an activity may wake up when others have long done what it was about to do, and
        something else since.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Workflow(Generic[E]):
    """A workflow to register with an engine.

    ``name`` is recorded with every run and must stay what it is, as must the names of its steps and
    their order while runs are unfinished; ``work`` is the name that the design has for this
    background work, on whose behalf it publishes.  ``undo`` brings back what was before a run that
    failed or was canceled; it takes steps of the same run, so it sees what was done, and goes on
    after a crash as ``perform`` does.
    """

    name: str
    work: str
    perform: Callable[[Run[E]], Awaitable[Ending[E]]]
    undo: Callable[[Run[E], Failure], Awaitable[Ending[E]]]


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

    async def signal(
        self, transaction: Transaction[E], identifier: str, signal: str, value: Json
    ) -> None:
        """Hand a value to a run as part of the caller's transaction.

        It is kept until the run waits for it, or ends.

        Raises:
            NotRunning: There is no unfinished run of this identifier.
        """
        ...

    async def cancel(self, transaction: Transaction[E], identifier: str) -> None:
        """Have a run undone, after the commit of the caller's transaction.

        It ends as canceled, unless its ``undo`` finds that all of it was done.  A run that is being
        undone already goes on with that.

        Raises:
            NotRunning: There is no unfinished run of this identifier.
        """
        ...

    async def status(self, identifier: str) -> RunStatus:
        """Tell where the latest run of an identifier stands."""
        ...
