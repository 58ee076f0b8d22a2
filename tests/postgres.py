"""A PostgreSQL that belongs to one test run: own data folder, own socket, no network."""

import itertools
import os
import pwd
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

INSTALL = "apt-get install -y postgresql postgresql-contrib"


@dataclass
class Cluster:
    """A running server, a child of this process (an orphan would outlive a killed run)."""

    folder: Path
    server: subprocess.Popen[bytes]
    user: str
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://{self.user}@/{name}?host={self.folder}"

    def create(self, name: str) -> None:
        self._administer(f'CREATE DATABASE "{name}"')

    def create_from(self, template: str) -> str:
        name = f"registry_{next(self.numbers)}"
        self._administer(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, name: str) -> None:
        self._administer(f'DROP DATABASE "{name}" WITH (FORCE)')

    def stop(self) -> None:
        self.server.terminate()
        self.server.wait(timeout=30)

    def _administer(self, statement: str) -> None:
        with psycopg.connect(
            f"host={self.folder} user={self.user} dbname=postgres", autocommit=True
        ) as connection:
            connection.execute(statement)


def binaries() -> Path:
    """The folder with initdb and postgres; a loud failure names the command that installs them."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    raise RuntimeError(f"PostgreSQL is not installed; the suite runs on both engines. Run: {INSTALL}")


def start_cluster(folder: Path) -> Cluster:
    """Initialise and start a server in ``folder``; PostgreSQL refuses to run as root, so root lends it away."""
    tools, user = binaries(), pwd.getpwuid(os.getuid()).pw_name
    as_user: list[str] = []
    if os.getuid() == 0:
        user, as_user = "postgres", ["runuser", "-u", "postgres", "--"]
        # The sockets and files live below pytest's own folder, which only its owner may enter.
        for parent in folder.parents:
            parent.chmod(0o711)
            if parent.name.startswith("pytest-of-"):
                break
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    subprocess.run(
        [*as_user, tools / "initdb", "-D", data, "--locale=C.UTF-8", "--encoding=UTF8", "-A", "trust"],
        check=True, capture_output=True,
    )  # fmt: skip
    settings = (
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "listen_addresses=",
        "max_connections=60",
    )
    server = subprocess.Popen(
        [*as_user, tools / "postgres", "-D", data, "-k", folder, *itertools.chain(*(("-c", s) for s in settings))],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    cluster = Cluster(folder, server, user)
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(f"host={folder} user={user} dbname=postgres").close()
            return cluster
        except psycopg.OperationalError:
            if time.monotonic() > deadline or server.poll() is not None:
                raise
            time.sleep(0.05)
