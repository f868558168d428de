"""Several servers of one installation, and a client that goes on at another server when one fails it."""

from __future__ import annotations

import itertools
import random
import secrets
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import requests

from server import ACCOUNT, TOKEN, Server

# How long a request may go on failing over before the test gives up on it.
PATIENCE_SECONDS = 60
# Longer than any request may take while servers and database come and go.
ANSWER_SECONDS = 20
# How far a broken connection may lie outside of the time its server is known to have been away.
SLACK_SECONDS = 1.0


def new_servers(folder: Path, database_url: str, count: int) -> list[Server]:
    """Servers of one installation, which are not started yet."""
    return [Server("postgres", folder, name=f"server-{number}", database_url=database_url) for number in range(count)]


class Cluster:
    """Servers on one database; each may be killed and started again while clients call."""

    def __init__(self, servers: list[Server], *options: str):
        self.servers = servers
        self.options = options
        self.outages: list[tuple[str, float, float]] = []

    def start(self) -> None:
        """Starts all servers at once, as a machine that boots does."""
        threads = [threading.Thread(target=server.start, args=self.options) for server in self.servers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for server in self.servers:
            assert server.process is not None and server.process.poll() is None, server.log.read_text()[-4000:]

    def stop(self) -> None:
        for server in self.servers:
            if server.process is not None and server.process.poll() is None:
                server.stop()

    def kill_and_start(self, number: int) -> None:
        """Kills a server and starts it again until it stays, as who supervises it would."""
        server = self.servers[number]
        began = time.monotonic()
        self.outages.append((server.url, began, float("inf")))
        server.stop(signal.SIGKILL)
        while True:
            try:
                server.start(*self.options)
                break
            except AssertionError:
                assert time.monotonic() < began + PATIENCE_SECONDS, server.log.read_text()[-4000:]
        self.outages[-1] = (server.url, began, time.monotonic())

    def was_away(self, url: str, since: float, until: float) -> bool:
        """Whether a server had been killed and was not back for some of a time."""
        return any(
            url == away and since < end + SLACK_SECONDS and until > begin - SLACK_SECONDS
            for away, begin, end in self.outages
        )


@dataclass
class Experience:
    """What a client has met with."""

    statuses: dict[int, int] = field(default_factory=dict)
    failovers: int = 0
    faults: list[str] = field(default_factory=list)


class Caller:
    """Calls the servers in turn. What fails for a server's sake is sent again, elsewhere, with the same key."""

    def __init__(self, cluster: Cluster, seed: int = 0):
        self.cluster = cluster
        self.experience = Experience()
        self.session = requests.Session()
        self.session.auth = (ACCOUNT, TOKEN)
        self._servers = itertools.cycle(random.Random(seed).sample(cluster.servers, len(cluster.servers)))

    def write(self, method: str, path: str, **options) -> requests.Response:
        return self.call(method, path, headers={"Idempotency-Key": secrets.token_hex(16)}, **options)

    def call(self, method: str, path: str, allowed: tuple[int, ...] = (), **options) -> requests.Response:
        """Calls until there is an answer that is a success, or one of those allowed."""
        give_up = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < give_up:
            url = next(self._servers).url
            began = time.monotonic()
            try:
                answer = self.session.request(method, url + path, timeout=ANSWER_SECONDS, **options)
            except requests.RequestException as error:
                self.experience.failovers += 1
                if not self.cluster.was_away(url, began, time.monotonic()):
                    self.experience.faults.append(f"{method} {url}{path}: {error} of a server that is there")
                time.sleep(0.05)
                continue
            statuses = self.experience.statuses
            statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
            if answer.ok or answer.status_code in allowed:
                return answer
            if answer.status_code == 503 and "Retry-After" in answer.headers:
                time.sleep(0.1)
                continue
            self.experience.faults.append(f"{method} {url}{path}: {answer.status_code} {answer.text}")
            raise AssertionError(self.experience.faults[-1])
        raise AssertionError(f"{method} {path} was not answered within {PATIENCE_SECONDS} s")

    def everything(self, path: str, key: str) -> list:
        """Every row of a list, page after page."""
        rows: list = []
        token = None
        while True:
            body = self.call("GET", path, params={"pageToken": token} if token else {"pageSize": 1000}).json()
            rows += body[key]
            token = body["meta"].get("nextToken")
            if not token:
                return rows

    def store(self, name: str) -> str:
        """Creates a store and gives its id."""
        accepted = self.write("POST", "/v1/ControlPlane/Stores", json={"displayName": name})
        operation = accepted.headers["Operation-Id"]
        return self.call("GET", f"/v1/ControlPlane/Operations/{operation}").json()["result"]["id"]

    def profile(self, store: str, **contact: str) -> str:
        """Creates a profile, or finds the one with these identifiers; gives its id."""
        return self.write("POST", f"/v1/Stores/{store}/Profiles", json={"traits": {"Contact": contact}}).json()["id"]


def import_file(caller: Caller, store: str, content: bytes) -> str:
    """Announces and uploads a file of the columns email and name; gives the import's path."""
    mappings = [
        {"columnName": "email", "traitGroup": "Contact", "traitName": "email"},
        {"columnName": "name", "traitGroup": "Contact", "traitName": "firstName"},
    ]
    body = {"filename": "customers.csv", "fileSize": len(content), "columnMappings": mappings}
    announced = caller.write("POST", f"/v1/Stores/{store}/Profiles/Imports", json=body).json()
    # 409: the file had come when the answer that said so was lost.
    path = announced["url"].split("/", 3)[3]
    caller.call("PUT", f"/{path}", data=content, allowed=(409,))
    return f"/v1/Stores/{store}/Profiles/Imports/{announced['importId']}"


def ended_import(caller: Caller, path: str, seconds: float = 60) -> dict:
    """The import once it has ended."""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        current = caller.call("GET", path).json()
        if current["status"] in ("COMPLETED", "FAILED"):
            return current
        time.sleep(0.1)
    raise AssertionError(f"the import does not end: {current}")


def query(database: str, text: str) -> str:
    """What PostgreSQL answers, as psql prints it."""
    result = subprocess.run(["psql", database, "-tAc", text], capture_output=True, text=True, check=True, timeout=60)
    return result.stdout.strip()
