"""An account's rate limit is one limit, however many servers its requests are spread over."""

from __future__ import annotations

import threading
import time

import pytest
import requests

from cluster import Cluster, new_servers
from server import ACCOUNT, TOKEN, fresh_database, shared_engines

RATE = 40
SECONDS = 6
# What may pass at once after a quiet second, beside what the rate allows.
BURST = RATE
TOLERANCE = 0.15


@pytest.fixture(scope="module", params=shared_engines())
def pair(request, tmp_path_factory):
    database = fresh_database(request.param)
    cluster = Cluster(new_servers(tmp_path_factory.mktemp("rate"), database, 2), "--rate-limit", str(RATE))
    cluster.start()
    # Until each knows of the other.
    time.sleep(4)
    yield cluster
    cluster.stop()


def admitted(urls: list[str], seconds: float) -> int:
    """How many of as many requests as two clients a server can send are admitted."""
    end = time.monotonic() + seconds
    statuses: list[int] = []

    def send(url: str) -> None:
        session = requests.Session()
        session.auth = (ACCOUNT, TOKEN)
        while time.monotonic() < end:
            answer = session.get(f"{url}/v1/ControlPlane/Stores", timeout=20)
            assert answer.status_code == 200 or int(answer.headers["Retry-After"]) >= 1
            statuses.append(answer.status_code)
            time.sleep(0.005)

    clients = [threading.Thread(target=send, args=(url,)) for url in urls * 2]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert set(statuses) == {200, 429}, "the test sends more than the limit"
    return statuses.count(200)


def check(count: int, seconds: float) -> None:
    print(f"{count} admitted in {seconds} s at {RATE}/s")
    assert RATE * seconds * (1 - TOLERANCE) <= count <= (RATE * seconds + BURST) * (1 + TOLERANCE)


def test_two_servers_share_the_limit(pair):
    check(admitted([server.url for server in pair.servers], SECONDS), SECONDS)


def test_one_of_two_servers_may_use_all_of_it(pair):
    time.sleep(2)
    check(admitted([pair.servers[0].url], SECONDS), SECONDS)


def test_a_dead_server_leaves_its_part_to_the_others(pair):
    time.sleep(2)
    pair.servers[1].process.kill()
    pair.servers[1].process.wait()
    check(admitted([pair.servers[0].url], SECONDS), SECONDS)
