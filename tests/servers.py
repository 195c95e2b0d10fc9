"""Real servers on loopback, for one run of the tests."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NEEDED = "TESTS_NEED_SERVERS"
"""Set where a missing server is a failure: in CI."""


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    """Until somebody listens there."""
    for _ in range(1_500):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert server.poll() is None, f"{server.args!r} ended with {server.returncode}"
        time.sleep(0.1)
    raise AssertionError(f"{server.args!r} does not listen")


def postgres_programs() -> Path:
    """The folder with initdb and postgres; the test is skipped where there is none, and fails where it must not be."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if folders:
        return folders[-1]
    if os.environ.get(NEEDED):
        pytest.fail("PostgreSQL is not installed (apt-get install postgresql).")
    pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL server with one user and no password; gives its address without a database's name."""
    programs, port = postgres_programs(), free_port()
    # It refuses to run as root; Debian's package brings a user of its own, who may not read pytest's folders.
    as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    options = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "fsync": "off"}
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with tempfile.TemporaryDirectory(prefix="postgres-") as data:
        if as_user:
            shutil.chown(data, "postgres", "postgres")

        def command(program: str, *arguments: str) -> list[str]:
            return [*as_user, str(programs / program), "-D", data, *arguments]

        as_a_home_needs = ("--auth=trust", "--username=reverie", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        subprocess.run(command("initdb", *as_a_home_needs), check=True, cwd="/", stdout=subprocess.DEVNULL)
        server = subprocess.Popen(command("postgres", *settings), cwd="/", stderr=subprocess.DEVNULL)
        try:
            wait_for(port, server)
            yield f"postgresql://reverie@127.0.0.1:{port}"
        finally:
            subprocess.run(command("pg_ctl", "-m", "immediate", "stop"), cwd="/", stdout=subprocess.DEVNULL)
            server.wait(20)


@contextmanager
def chroma(folder: Path) -> Iterator[str]:
    """A real `chroma run`."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(folder), "--port", str(port)]
    environment = {**os.environ, "ANONYMIZED_TELEMETRY": "False", "DO_NOT_TRACK": "1"}
    server = subprocess.Popen(
        [*command, "--host", "127.0.0.1"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)
