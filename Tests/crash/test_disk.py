"""The disk under SQLite is full, or has become read-only: writers are told to come back, and nothing is lost or half done.

The full disk is a small tmpfs, which only the server sees; the test is skipped where nothing can be mounted. The read-only disk
is a library preloaded into the server, as a file system in use cannot be remounted read-only at will.
"""

from __future__ import annotations

import itertools
import shutil
import signal
import sqlite3
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conftest import API
from preloaded import preloaded
from server import Server

DISK_MEGABYTES = 8
CONTENT = "x" * 3000
TOGETHER = 8
LOGGED = "the database's disk is full or cannot be written"


class DiskServer(Server):
    """A server on SQLite whose data folder is on a small disk of its own."""

    def __init__(self, folder: Path):
        super().__init__("sqlite", folder)
        self.disk = folder / "data"
        self.disk.mkdir()
        wrapper = folder / "serve"
        wrapper.write_text(
            f"#!/bin/sh\nset -e\nmount -t tmpfs -o size={DISK_MEGABYTES}m none {self.disk}\nexec {self.binary} \"$@\"\n"
        )
        wrapper.chmod(0o700)
        self.binary = str(folder / "unshared")
        Path(self.binary).write_text(f"#!/bin/sh\nexec unshare -m {wrapper} \"$@\"\n")
        Path(self.binary).chmod(0o700)

    @property
    def seen(self) -> Path:
        """The data folder as the server sees it."""
        return Path(f"/proc/{self.process.pid}/root{self.disk}")


def can_mount() -> bool:
    attempt = ["unshare", "-m", "mount", "-t", "tmpfs", "-o", "size=1m", "none", "/mnt"]
    try:
        return subprocess.run(attempt, capture_output=True, timeout=20).returncode == 0
    except OSError:
        return False


class Writer:
    """Writes observations and remembers which were acknowledged."""

    def __init__(self, server: Server):
        self.api = API(server)
        store = self.api.store("disk")
        self.place = f"/v1/Stores/{store}/Profiles/{self.api.profile(store, '+13175550100')}"
        self.acknowledged: list[str] = []
        self.numbers = itertools.count()

    def post(self):
        content = f"fact {next(self.numbers)} {CONTENT}"
        draft = {"content": content, "source": "disk", "occurredAt": "2026-11-20T19:47:09Z"}
        answer = self.api.request("POST", f"{self.place}/Observations", json={"observations": [draft]})
        if answer.status_code == 202:
            self.acknowledged.append(content)
        else:
            assert (answer.status_code, answer.json()["code"]) == (503, 20503), answer.text
            assert int(answer.headers["Retry-After"]) >= 1
        return answer

    def post_together(self) -> set[int]:
        """Posts from several connections at once, as their writes may share a commit; gives the statuses."""
        with ThreadPoolExecutor(TOGETHER) as pool:
            return {answer.status_code for answer in pool.map(lambda _: self.post(), range(5 * TOGETHER))}

    def post_until(self, status: int, seconds: float = 60) -> None:
        give_up = time.monotonic() + seconds
        while self.post().status_code != status:
            assert time.monotonic() < give_up, f"no answer is {status}"

    def check(self) -> None:
        """What was acknowledged is there, once, and nothing else."""
        contents, token = [], None
        while True:
            parameters = {"pageToken": token} if token else {"pageSize": 100}
            body = self.api.request("GET", f"{self.place}/Observations", params=parameters).json()
            contents += [row["content"] for row in body["observations"]]
            token = body["meta"].get("nextToken")
            if not token:
                break
        assert sorted(contents) == sorted(self.acknowledged)
        assert self.api.request("POST", f"{self.place}/Recall", json={"query": "fact"}).status_code == 200


def check_integrity(file: Path) -> None:
    with sqlite3.connect(file) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.skipif(not can_mount(), reason="mounting a small disk is not permitted here")
def test_a_full_disk_is_503_until_there_is_space(tmp_path):
    server = DiskServer(tmp_path)
    server.start()
    try:
        writer = Writer(server)
        assert writer.post_together() == {202}
        ballast = server.seen / "ballast"
        with open(ballast, "wb") as file:
            file.write(bytes(shutil.disk_usage(server.seen).free - 200_000))
        assert any(writer.post_together() == {503} for _ in range(50)), "the disk does not fill up"
        assert writer.post_together() == {503}
        writer.check()
        assert LOGGED in server.log.read_text()
        ballast.unlink()
        writer.post_until(202, seconds=5)
        assert writer.post_together() == {202}
        writer.check()
        # Killed, as it is then found by the next start.
        copy = tmp_path / "copy"
        server.process.send_signal(signal.SIGSTOP)
        shutil.copytree(server.seen, copy)
        server.process.send_signal(signal.SIGCONT)
        check_integrity(copy / "recollect.sqlite")
    finally:
        assert server.stop() == 0


def test_a_read_only_disk_is_503_until_it_is_writable(tmp_path):
    switch = tmp_path / "read-only"
    server = Server("sqlite", tmp_path)
    server.environment = {
        "LD_PRELOAD": preloaded("faulty_disk", tmp_path),
        "FAULTY_DISK_SWITCH": str(switch),
        "FAULTY_DISK_FOLDER": str(tmp_path / "data"),
    }
    server.start()
    try:
        writer = Writer(server)
        assert writer.post_together() == {202}
        switch.touch()
        assert writer.post_together() == {503}
        writer.check()
        assert LOGGED in server.log.read_text()
        switch.unlink()
        writer.post_until(202, seconds=5)
        writer.check()
        switch.touch()
        assert writer.post().status_code == 503
    finally:
        server.stop(signal.SIGKILL)
    switch.unlink()
    check_integrity(tmp_path / "data" / "recollect.sqlite")
    server.start()
    writer.check()
    assert server.stop() == 0
