"""A server of the program under test, on a data folder and a port of its own."""

from __future__ import annotations

import os
import re
import secrets
import signal
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import requests

ACCOUNT = "AC" + "0" * 31 + "1"
TOKEN = "token-of-the-first-account"
START_SECONDS = 20


def engines() -> list[str]:
    """The engines that can be reached here."""
    return ["sqlite", *shared_engines()]


def shared_engines() -> list[str]:
    """Those of them that several machines can share."""
    return [engine for engine in ("postgres", "citus") if f"RECOLLECT_TEST_{engine.upper()}_URL" in os.environ]


class Server:
    """Starts and stops the program; what it prints is kept in `log`."""

    def __init__(self, engine: str, folder: Path, name: str = "server", database_url: str | None = None):
        """Servers of one folder and one `database_url` are servers of one installation."""
        self.binary = os.environ["RECOLLECT_BINARY"]
        self.folder = folder
        self.log = folder / f"{name}.log"
        self.environment: dict[str, str] = {}
        self.database_url = database_url or (None if engine == "sqlite" else fresh_database(engine))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen | None = None

    @property
    def model_options(self) -> list[str]:
        """The model that the tests name, and no other that may lie on the machine."""
        folder = os.environ.get("RECOLLECT_TEST_MODEL")
        return ["--model-folder", folder] if folder else ["--model", "none"]

    @property
    def storage_options(self) -> list[str]:
        options = ["--data-dir", str(self.folder / "data")]
        return options + (["--database-url", self.database_url] if self.database_url else [])

    def start(self, *options: str) -> None:
        environment = os.environ | {"RECOLLECT_ACCOUNT_SID": ACCOUNT, "RECOLLECT_AUTH_TOKEN": TOKEN} | self.environment
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.binary, "serve", "--port", str(self.port), *self.storage_options, *self.model_options, *options],
                stdout=log,
                stderr=log,
                env=environment,
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                if requests.get(f"{self.url}/health", timeout=2).status_code == 200:
                    return
            except requests.ConnectionError:
                pass
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(f"the server did not start:\n{self.log.read_text()[-4000:]}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(timeout=30)

    def command(self, *words: str) -> str:
        """Runs another command of the program on the same data; gives what it printed."""
        result = self.attempt(*words)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def attempt(self, *words: str) -> subprocess.CompletedProcess:
        """Runs another command of the program on the same data, which may fail."""
        return subprocess.run(
            [self.binary, *words, *self.storage_options], capture_output=True, text=True, timeout=60
        )

    def resident_megabytes(self) -> int:
        """The most memory that the server has had."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) // 1024


def fresh_database(engine: str = "postgres") -> str:
    """Makes a database without rows and gives its URL: an empty one, or on Citus one whose tables are distributed."""
    parts = urlsplit(os.environ[f"RECOLLECT_TEST_{engine.upper()}_URL"])
    name = f"test_{secrets.token_hex(6)}"
    # A database of Citus would have to be made on each node; a schema of its own does as well.
    kind = "SCHEMA" if engine == "citus" else "DATABASE"
    subprocess.run(["psql", urlunsplit(parts), "-qc", f"CREATE {kind} {name}"], check=True, timeout=60)
    if engine != "citus":
        return urlunsplit(parts._replace(path=f"/{name}"))
    url = urlunsplit(parts._replace(query=f"options=-csearch_path%3D{name}"))
    command = [os.environ["RECOLLECT_BINARY"], "database", "distribute", "--database-url", url, "--shards", "4"]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return url
