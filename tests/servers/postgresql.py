"""A PostgreSQL of our own."""

import signal
from pathlib import Path
from typing import ClassVar

import asyncpg

from tests.servers.database_server import PASSWORD, USER, DatabaseAddress, DatabaseServer
from tests.servers.install import find_or_install


class PostgreSQLAddress(DatabaseAddress):
    kind = "postgresql"
    dropping = "DROP DATABASE IF EXISTS {name} WITH (FORCE)"

    async def run(self, *statements: str, database: str | None = None) -> None:
        connection = await asyncpg.connect(self.url(database or "postgres"))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def process_id(self) -> int | None:
        try:
            connection = await asyncpg.connect(self.url("postgres"), timeout=5)
        except (OSError, asyncpg.PostgresError):
            return None
        try:
            file = await connection.fetchval("SHOW data_directory")
        finally:
            await connection.close()
        return int((Path(file) / "postmaster.pid").read_text().split()[0])


class PostgreSQLServer(DatabaseServer):
    users: ClassVar = ("postgres",)
    # Fast: it does not wait for its clients to leave.
    stop_signal = signal.SIGINT

    @classmethod
    def address_at(cls, port: int) -> DatabaseAddress:
        return PostgreSQLAddress(port)

    def _find_programs(self) -> None:
        found = find_or_install("initdb", package="postgresql")
        self._programs = found.resolve().parent

    def _initialise(self) -> None:
        password = self.folder / "password"
        password.write_text(PASSWORD)
        password.chmod(0o644)
        self._run(
            self._programs / "initdb",
            *("--pgdata", self.data),
            *("--username", USER),
            *("--pwfile", password),
            *("--auth", "scram-sha-256"),
            *("--encoding", "UTF8"),
            *("--locale", "C.UTF-8"),
            "--no-sync",
            "--no-instructions",
        )

    def _command(self, port: int) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self.folder),
            "max_connections": "200",
            "shared_buffers": "64MB",
            "timezone": "Asia/Kolkata",
            "default_transaction_isolation": "serializable",
            "fsync": "on" if self.durable else "off",
        }
        options = (word for name, value in settings.items() for word in ("-c", f"{name}={value}"))
        return [str(self._programs / "postgres"), "-D", str(self.data), "-p", str(port), *options]
