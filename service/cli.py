"""The command ``storage-service``."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from runtime.auth.attributes import Attributes
from runtime.auth.revocations import Revocation
from service.announcement import announce, announce_worker
from service.config import SettingsError, load_settings
from service.garbage import begin_collections, postpone_collections
from service.listeners import Listeners
from service.settings import Settings
from service.start import CannotStart
from service.visible import visible

application: Final = typer.Typer(
    help="A storage service for digital preservation.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

events_commands: Final = typer.Typer(help="What concerns the log of events.", no_args_is_help=True)
application.add_typer(events_commands, name="events")

ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", help="A TOML file with settings (default: storage-service.toml)."),
]
AttributeList = Annotated[
    str,
    typer.Option(help="What the token allows, separated by spaces; none is no rights, * is all."),
]


@application.command()
def serve(
    config: ConfigFile = None, worker: Annotated[str, typer.Option(hidden=True)] = ""
) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    postpone_collections()
    from service.logs import configure_logs

    with _mistakes_in_words():
        settings = load_settings(config)
        configure_logs(level=settings.log.level, format=settings.log.format)
        asyncio.run(_serving(settings, worker))


@application.command()
def worker(config: ConfigFile = None) -> None:
    """Perform workflows, and serve nobody, until Ctrl-C or SIGTERM."""
    from service.logs import configure_logs
    from service.worker import work

    with _mistakes_in_words():
        settings = load_settings(config)
        configure_logs(level=settings.log.level, format=settings.log.format)
        asyncio.run(
            work(
                settings,
                lambda other, metrics: announce_worker(settings, other, metrics, typer.echo),
            )
        )


@application.command()
def token(
    attributes: AttributeList = "",
    subject: Annotated[str, typer.Option(help="Who bears it.")] = "developer",
    email: Annotated[str, typer.Option(help="The bearer's e-mail address.")] = "",
    ttl: Annotated[int, typer.Option(min=1, help="For how many seconds it is good.")] = 3600,
    config: ConfigFile = None,
) -> None:
    """Print a token, and nothing else: for development mode only."""
    with _mistakes_in_words():
        settings = load_settings(config)
        typer.echo(_token(settings, attributes, subject=subject, email=email, ttl=ttl))
        _doubt(attributes)


@application.command()
def watch(
    attributes: AttributeList = "",
    url: Annotated[str, typer.Option(help="The service (default: where serve listens).")] = "",
    config: ConfigFile = None,
) -> None:
    """Print what happens, one line an event, until Ctrl-C."""
    from generated.clients.python.storage import StorageClient
    from runtime.client.errors import ClientError
    from runtime.errors import ServiceError
    from service.watching import watch as watch_events

    async def run(settings: Settings) -> None:
        keys = None if settings.auth.mode == "off" else lambda: _token(settings, attributes)
        host = f"[{settings.http.host}]" if ":" in settings.http.host else settings.http.host
        async with StorageClient(
            url or f"http://{host}:{settings.http.port}", token=keys
        ) as client:
            await watch_events(client, typer.echo)

    with _mistakes_in_words():
        settings = load_settings(config)
        _doubt(attributes)
        try:
            asyncio.run(run(settings))
        except KeyboardInterrupt:
            raise typer.Exit from None
        except (ClientError, ServiceError) as error:
            _fail([f"cannot watch: {error}"])


@application.command()
def migrate(config: ConfigFile = None) -> None:
    """Bring the database to the schema of this version; serve does so by itself."""
    from service.database import open_database

    async def run(settings: Settings) -> None:
        await (await open_database(settings, told=typer.echo)).close()

    with _mistakes_in_words():
        asyncio.run(run(load_settings(config)))
        typer.echo("The database has the schema of this version.")


@application.command()
def check(config: ConfigFile = None) -> None:
    """Look at all that the service stands on, and say what is wrong; nothing is changed."""
    from service.checking import Finding
    from service.checking import check as look_at_all

    def tell(finding: Finding) -> bool:
        mark = "ok   " if finding.good else "WRONG"
        typer.echo(f"{mark}  {finding.name:<18} {visible(finding.says)}")
        return finding.good

    async def run(settings: Settings) -> bool:
        return all([tell(finding) async for finding in look_at_all(settings)])

    try:
        settings = load_settings(config)
    except SettingsError as error:
        for flaw in error.flaws:
            tell(Finding("settings", False, flaw))
        raise typer.Exit(1) from None
    tell(Finding("settings", True, "understood"))
    if not asyncio.run(run(settings)):
        raise typer.Exit(1)


@application.command()
def revoke(
    subject: Annotated[str, typer.Option(help="Whose tokens: the claim sub of them.")],
    issuer: Annotated[
        str, typer.Option(help="The claim iss; needed where there are several.")
    ] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Let them be good again.")] = False,
    config: ConfigFile = None,
) -> None:
    """Let every token that a subject has by now be good no more, in every process."""
    from service import revoking

    with _mistakes_in_words():
        settings = load_settings(config)
        if undo:
            asyncio.run(revoking.undo(settings, subject, issuer))
            typer.echo(f"Tokens of {visible(subject)} are good again within 5 seconds.")
        else:
            new = asyncio.run(revoking.revoke(settings, subject, issuer))
            typer.echo(f"{_revoked(new)}: known to every process within 5 seconds.")


@application.command()
def revocations(config: ConfigFile = None) -> None:
    """Print what has been revoked, one line a subject."""
    from service import revoking

    with _mistakes_in_words():
        found = asyncio.run(revoking.revoked(load_settings(config)))
        for each in found:
            typer.echo(_revoked(each))
        if not found:
            typer.echo("Nothing is revoked.", err=True)


@events_commands.command()
def tail(
    after: Annotated[
        int | None,
        typer.Option("--from", min=1, help="The position to begin at (default: what comes now)."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Whole events, as JSON.")] = False,
    config: ConfigFile = None,
) -> None:
    """Print every event of the log as it happens, one a line, until Ctrl-C."""
    from service import tailing
    from service.database import open_database

    async def run(settings: Settings) -> None:
        database = await open_database(settings)
        try:
            await tailing.tail(
                database,
                typer.echo,
                tailing.document if as_json else tailing.line,
                None if after is None else after - 1,
            )
        finally:
            await database.close()

    with _mistakes_in_words():
        settings = load_settings(config)
        try:
            asyncio.run(run(settings))
        except KeyboardInterrupt:
            raise typer.Exit from None


@events_commands.command("new-epoch")
def new_epoch(config: ConfigFile = None) -> None:
    """Let every watcher load everything again: to be run after an older database was restored."""
    from service.epoch import raise_epoch

    with _mistakes_in_words():
        position = asyncio.run(raise_epoch(load_settings(config)))
        typer.echo(f"A new epoch of the events has begun: {position.epoch}.")


def _serving(settings: Settings, worker: str) -> Coroutine[Any, Any, None]:
    """Return what serves: this process, its workers, or this process as one of them."""

    def ready(listeners: Listeners) -> None:
        begin_collections()
        announce(settings, listeners, typer.echo)

    if worker:
        from service.workers import serve_as_worker

        return serve_as_worker(settings, worker, begin_collections)
    if settings.http.workers > 1:
        from service.workers import serve_with_workers

        return serve_with_workers(settings, ready)
    from service.server import serve as serve_alone

    return serve_alone(settings, ready)


def main() -> None:
    """Run the command."""
    application()


def _revoked(each: Revocation) -> str:
    return (
        f"tokens of {visible(each.subject)} of the issuer {visible(each.issuer)} issued up to"
        f" {each.issued_before:%Y-%m-%dT%H:%M:%SZ}"
    )


def _token(
    settings: Settings,
    attributes: str,
    *,
    subject: str = "developer",
    email: str = "",
    ttl: int = 3600,
) -> str:
    from service.tokens import token_keys

    if settings.auth.mode == "off":
        raise CannotStart("access control is off (SERVICE_AUTH__MODE): no token is needed")
    if settings.auth.mode == "oidc":
        raise CannotStart(
            "only development mode makes tokens of its own (SERVICE_AUTH__MODE): in mode oidc the"
            " identity provider issues them"
        )
    return token_keys(settings).mint(
        subject=subject,
        email=email,
        attributes=_names(attributes),
        ttl=ttl,
    )


def _names(attributes: str) -> list[str]:
    return attributes.replace(",", " ").split()


def _doubt(attributes: str) -> None:
    """Say on stderr which attributes allow nothing here: most likely they are mistyped."""
    from difflib import get_close_matches

    from generated.storage.attributes import ATTRIBUTES

    for name in _names(attributes):
        if not any(Attributes.of([name]).grant(known) for known in ATTRIBUTES):
            close = get_close_matches(name, ATTRIBUTES, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            typer.echo(f"storage-service: {visible(name)} allows nothing here{hint}", err=True)


@contextmanager
def _mistakes_in_words() -> Iterator[None]:
    """End with exit code 1, and sentences instead of a traceback, for what the operator can mend."""
    try:
        yield
    except SettingsError as error:
        _fail(error.flaws)
    except CannotStart as error:
        _fail([str(error)])
    except Exception as error:
        from service.app import OPERATORS_ERRORS

        if not isinstance(error, OPERATORS_ERRORS):
            raise
        _fail([str(error)])


def _fail(sentences: list[str]) -> None:
    for sentence in sentences:
        typer.echo(f"storage-service: {sentence}", err=True)
    raise typer.Exit(1)
