"""The copy of a database is killed at any moment; run again it goes on, and what comes out is the source.

The source is filled by the server itself, through its API. Copies go from each engine to each other one.
"""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time

import pytest

from conftest import API
from server import Server, engines, fresh_database

KILLS = 12
PROFILES = 6000
OBSERVATIONS = 400
SECONDS_AT_MOST = 240


def fill(server: Server) -> None:
    """Profiles with identifiers and traits, and one with observations."""
    api = API(server)
    store = api.store("copied")
    for start in range(0, PROFILES, 1000):
        rows = [
            {"traits": {"Contact": {"email": f"user{n}@example.com", "firstName": f"Zoë {n} 😀"}}}
            for n in range(start, start + 1000)
        ]
        answer = api.request("PUT", f"/v1/Stores/{store}/Profiles/Bulk", json={"profiles": rows})
        assert answer.status_code == 202, answer.text
    place = f"/v1/Stores/{store}/Profiles/{api.profile(store, '+13175550100')}"
    for start in range(0, OBSERVATIONS, 10):
        drafts = [
            {"content": f"fact {n} " + "ä" * 500, "source": "crash", "occurredAt": "2026-11-20T19:47:09Z"}
            for n in range(start, start + 10)
        ]
        answer = api.request("POST", f"{place}/Observations", json={"observations": drafts})
        assert answer.status_code == 202, answer.text


def url(server: Server) -> str:
    return server.database_url or f"sqlite:{server.folder / 'data' / 'recollect.sqlite'}"


def empty(engine: str, tmp_path) -> str:
    return f"sqlite:{tmp_path / 'copy.sqlite'}" if engine == "sqlite" else fresh_database(engine)


def command(server: Server, *words: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [server.binary, "database", *words], capture_output=True, text=True, timeout=SECONDS_AT_MOST
    )


@pytest.mark.parametrize("source_engine", engines())
@pytest.mark.parametrize("target_engine", engines())
def test_a_copy_survives_kills(source_engine, target_engine, tmp_path):
    server = Server(source_engine, tmp_path)
    server.start()
    fill(server)

    # A running server is noticed; the copy waits for nobody.
    target = empty(target_engine, tmp_path)
    ends = ["--from", url(server), "--to", target]
    refused = command(server, "copy", *ends)
    assert refused.returncode != 0 and "has the source open" in refused.stderr
    assert server.stop() == 0

    chance = random.Random(f"{source_engine} {target_engine}")
    kills = 0
    while kills < KILLS:
        copy = subprocess.Popen(
            [server.binary, "database", "copy", *ends], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        # The first ones early, so that there are some wherever a copy is quick.
        time.sleep(chance.uniform(0.05, 0.1 * (kills + 2)))
        if copy.poll() is not None:
            break
        copy.send_signal(signal.SIGKILL)
        copy.communicate()
        kills += 1
    if kills == KILLS:
        secret = str(tmp_path / "data" / "secret.key")
        ended = command(server, "copy", *ends, "--secret-file", secret, "--json")
        assert ended.returncode == 0, ended.stderr
        tables = {line["table"]: line for line in map(json.loads, ended.stdout.splitlines())}
        assert all(table["equal"] for table in tables.values())
        assert tables["profile"]["rows"] == PROFILES + 1
        assert tables["observation"]["rows"] == OBSERVATIONS

    compared = command(server, "compare", *ends)
    assert compared.returncode == 0, compared.stdout
    again = command(server, "copy", *ends)
    assert again.returncode != 0 and "holds data" in again.stderr
    print(f"{source_engine} to {target_engine}: {kills} kills, the copy is its source")
    assert kills > 1
