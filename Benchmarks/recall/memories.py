"""What the benchmarks of recall share: conversations as data, and a client that remembers them."""

from __future__ import annotations

import http.client
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from measuring import Server  # noqa: E402

BATCH = 10


def read(path: Path) -> tuple[list[str], list[str]]:
    """The observations and the questions of a file."""
    observations, questions = [], []
    for conversation in json.loads(path.read_text()):
        for session in conversation["observation"].values():
            observations += [item[0] for items in session.values() for item in items]
        questions += [item["question"] for item in conversation["qa"]]
    return observations, questions


def numbered(texts: list[str], count: int) -> list[str]:
    """As many texts as are wanted; those that repeat are told apart by a number."""
    return [texts[n % len(texts)] + (f" ({n // len(texts)})" if n >= len(texts) else "") for n in range(count)]


class Client:
    """One connection that is kept."""

    def __init__(self, server: Server):
        self.connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=600)
        self.headers = {"Authorization": server.authorization, "Content-Type": "application/json"}

    def post(self, path: str, body: object, method: str = "POST") -> dict:
        self.connection.request(method, path, json.dumps(body), self.headers)
        response = self.connection.getresponse()
        content = json.loads(response.read())
        assert response.status < 300, content
        return content


def profile(client: Client, profiles: str, number: int) -> str:
    phone = f"+1317{5_550_000 + number}"
    return f"{profiles}/{client.post(profiles, {'traits': {'Contact': {'phone': phone}}})['id']}"


def add(client: Client, place: str, texts: list[str], first: int) -> None:
    """Writes observations in one request; `first` is the number of the first, which gives them a day."""
    day = f"2023-{1 + first // 50 % 12:02}-{1 + first % 28:02}T12:00:00Z"
    drafts = [{"content": text, "source": "benchmark", "occurredAt": day} for text in texts]
    client.post(f"{place}/Observations", {"observations": drafts})


def remember(client: Client, place: str, texts: list[str]) -> tuple[float, float]:
    """Writes observations and waits for their vectors. Returns the seconds of each."""
    start = time.perf_counter()
    for first in range(0, len(texts), BATCH):
        add(client, place, texts[first : first + BATCH], first)
    written = time.perf_counter()
    # The queue is in order of time, so that the last has its vector when all have.
    newest = texts[-1]
    while True:
        found = client.post(f"{place}/Recall", {"query": newest, "explain": True, "observationsLimit": 1})["observations"]
        if found and "cosine" in found[0]["explanation"] and found[0]["content"] == newest:
            break
        time.sleep(0.02)
    return written - start, time.perf_counter() - start
