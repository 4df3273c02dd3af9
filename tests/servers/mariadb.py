"""A MariaDB of our own."""

from pathlib import Path
from typing import ClassVar

import asyncmy
from asyncmy.errors import Error

from tests.servers.database_server import PASSWORD, USER, DatabaseAddress, DatabaseServer
from tests.servers.install import find_or_install

FIRST = f"""
CREATE USER IF NOT EXISTS {USER}@'%' IDENTIFIED BY '{PASSWORD}';
GRANT ALL PRIVILEGES ON *.* TO {USER}@'%' WITH GRANT OPTION;
"""


class MariaDBAddress(DatabaseAddress):
    kind = "mariadb"
    dropping = "DROP DATABASE IF EXISTS {name}"

    async def run(self, *statements: str, database: str | None = None) -> None:
        await self._ask(*statements, database=database)

    async def process_id(self) -> int | None:
        try:
            answer = await self._ask("SELECT @@pid_file")
        except (OSError, Error):
            return None
        return _number_in(Path(str(answer)))

    async def _ask(self, *statements: str, database: str | None = None) -> object:
        """Return the first value of the last answer."""
        connection = await asyncmy.connect(
            host="127.0.0.1",
            port=self.port,
            user=USER,
            password=PASSWORD,
            database=database,
            autocommit=True,
        )
        try:
            async with connection.cursor() as cursor:
                for statement in statements:
                    await cursor.execute(statement)
                row = await cursor.fetchone() if cursor.description else None
                return row[0] if row else None
        finally:
            await connection.ensure_closed()


def _number_in(file: Path) -> int:
    return int(file.read_text())


class MariaDBServer(DatabaseServer):
    users: ClassVar = ("mysql",)

    @classmethod
    def address_at(cls, port: int) -> DatabaseAddress:
        return MariaDBAddress(port)

    def _find_programs(self) -> None:
        self._server = find_or_install("mariadbd", package="mariadb-server")
        self._installer = find_or_install("mariadb-install-db", package="mariadb-server")

    def _initialise(self) -> None:
        first = self.folder / "first.sql"
        first.write_text(FIRST)
        first.chmod(0o644)
        self._run(
            self._installer,
            "--no-defaults",
            f"--datadir={self.data}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--skip-name-resolve",
        )

    def _command(self, port: int) -> list[str]:
        return [
            str(self._server),
            "--no-defaults",
            f"--datadir={self.data}",
            "--bind-address=127.0.0.1",
            f"--port={port}",
            f"--socket={self.folder / 'socket'}",
            f"--pid-file={self.folder / 'pid'}",
            f"--init-file={self.folder / 'first.sql'}",
            "--skip-name-resolve",
            "--max-connections=200",
            "--innodb-buffer-pool-size=128M",
            "--innodb-log-file-size=64M",
            "--character-set-server=latin1",
            "--collation-server=latin1_swedish_ci",
            "--default-time-zone=+05:30",
            "--sql-mode=",
            f"--innodb-flush-log-at-trx-commit={1 if self.durable else 2}",
        ]
