"""The server is killed in the middle of writes; what it had acknowledged is there, whole, once.

Each writer posts observations and patches them, one request after the other, while the server is killed with SIGKILL and
started again. Half of the writers send an Idempotency-Key and repeat a request whose answer was lost with the same key.
"""

from __future__ import annotations

import signal
import sqlite3
import threading
import time

import pytest
import requests

from conftest import API
from server import ACCOUNT, TOKEN, Server, engines

KILLS = 20
WRITERS = 8
SECONDS_BETWEEN_KILLS = 0.5


class Writer(threading.Thread):
    """Posts observations with contents of its own and patches some of them."""

    def __init__(self, number: int, place: str, stop: threading.Event):
        super().__init__(daemon=True)
        self.number = number
        self.place = place
        self.stop_event = stop
        self.repeats = number % 2 == 0
        self.posted: set[str] = set()
        self.patched: set[str] = set()
        self.unknown: set[str] = set()
        self.refused: list[str] = []

    def run(self) -> None:
        count = 0
        while not self.stop_event.is_set():
            count += 1
            content = f"writer {self.number} fact {count}"
            if not self.send("POST", f"{self.place}/Observations", self.draft(content), content, self.posted):
                continue
            if count % 3 == 0:
                self.patch(content)

    def draft(self, content: str) -> dict:
        return {"observations": [{"content": content, "source": "crash", "occurredAt": "2026-11-20T19:47:09Z"}]}

    def patch(self, content: str) -> None:
        """Patches the observation just posted: the newest of this writer's own profile."""
        try:
            answer = requests.get(
                f"{self.place}/Observations", params={"pageSize": 1}, auth=(ACCOUNT, TOKEN), timeout=10
            )
            newest = answer.json()["observations"][0]
        except (requests.RequestException, ValueError, KeyError, IndexError):
            return
        if newest["content"] == content:
            changed = f"{content} changed"
            self.send("PATCH", f"{self.place}/Observations/{newest['id']}", {"content": changed}, changed, self.patched)

    def send(self, method: str, url: str, body: dict, marker: str, acknowledged: set[str]) -> bool:
        headers = {"Idempotency-Key": marker} if self.repeats else {}
        while True:
            try:
                answer = requests.request(method, url, json=body, headers=headers, auth=(ACCOUNT, TOKEN), timeout=10)
            except requests.RequestException:
                time.sleep(0.05)
                if self.repeats and not self.stop_event.is_set():
                    continue
                self.unknown.add(marker)
                return False
            if answer.status_code == 202:
                acknowledged.add(marker)
                return True
            if answer.status_code != 503:
                self.refused.append(f"{method} {url} {answer.status_code} {answer.text}")
                return False
            if not self.repeats:
                self.unknown.add(marker)
                return False


def everything(api: API, path: str, key: str) -> list[dict]:
    """Every row of a list, page after page."""
    rows: list[dict] = []
    token = None
    while True:
        parameters = {"pageToken": token} if token else {"pageSize": 1000}
        body = api.request("GET", path, params=parameters).json()
        rows += body[key]
        token = body["meta"].get("nextToken")
        if not token:
            return rows


@pytest.mark.parametrize("engine", engines())
def test_what_was_acknowledged_survives_kills(engine, tmp_path):
    server = Server(engine, tmp_path)
    server.start()
    api = API(server)
    store = api.store("crash")
    places = [f"/v1/Stores/{store}/Profiles/{api.profile(store, f'+1317555{n:04}')}" for n in range(WRITERS)]
    stop = threading.Event()
    writers = [Writer(number, server.url + place, stop) for number, place in enumerate(places)]
    for writer in writers:
        writer.start()
    for _ in range(KILLS):
        time.sleep(SECONDS_BETWEEN_KILLS)
        server.stop(signal.SIGKILL)
        server.start()
    time.sleep(SECONDS_BETWEEN_KILLS)
    stop.set()
    for writer in writers:
        writer.join(timeout=30)
        assert not writer.is_alive()

    posts = patches = 0
    for writer, place in zip(writers, places):
        assert writer.refused == []
        states: list[str] = []
        for observation in everything(api, f"{place}/Observations", "observations"):
            revisions = everything(api, f"{place}/Observations/{observation['id']}/Revisions", "revisions")
            contents = [revision["content"] for revision in revisions]
            assert contents[0] == observation["content"], "the current state comes first"
            assert len(contents) == (2 if contents[0].endswith("changed") else 1)
            states += contents
        assert len(states) == len(set(states)), "nothing is there twice"
        missing = (writer.posted | writer.patched) - set(states)
        assert not missing, "everything acknowledged is there"
        assert set(states) <= writer.posted | writer.patched | writer.unknown, "nothing else is"
        posts += len(writer.posted)
        patches += len(writer.patched)
    assert server.stop() == 0
    if engine == "sqlite":
        with sqlite3.connect(tmp_path / "data" / "recollect.sqlite") as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    print(f"{engine}: {KILLS} kills, {posts} posts and {patches} patches acknowledged, all there once")
    assert posts > KILLS and patches > 0
