"""Servers come and go as their operators like: all at once, one after the other, in the middle of an import."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Callable

import pytest
import requests

from balancer import Balancer
from cluster import Caller, Cluster, ended_import, import_file, new_servers, query
from load import draft
from server import ACCOUNT, TOKEN, Server, fresh_database, shared_engines

CLIENTS = 4
DRAIN_SECONDS = 2
# Promised: what a dead server worked on goes on elsewhere within this time.
TAKEOVER_SECONDS = 30
# What a server gives back is found by the others' next look, a second later at most.
HANDOVER_SECONDS = 5
# More than a server reads while it drains.
IMPORT_ROWS = 60_000


@pytest.fixture(params=shared_engines())
def pair(request, tmp_path):
    database = fresh_database(request.param)
    cluster = Cluster(new_servers(tmp_path, database, 2), "--drain-seconds", str(DRAIN_SECONDS))
    cluster.start()
    yield cluster
    cluster.stop()


def test_three_servers_start_at_once_on_an_empty_database(tmp_path):
    database = fresh_database()
    cluster = Cluster(new_servers(tmp_path, database, 3))
    cluster.start()
    try:
        caller = Caller(cluster)
        store = caller.store("one")
        assert [caller.call("GET", "/v1/ControlPlane/Stores").json()["stores"] for _ in range(3)] == [[store]] * 3
        assert caller.experience.faults == [] and set(caller.experience.statuses) <= {200, 202}
        give_up = time.monotonic() + 10
        while query(database, "SELECT COUNT(*) FROM server") != "3":
            assert time.monotonic() < give_up, "the servers do not know each other"
            time.sleep(0.1)
        assert query(database, "SELECT COUNT(*) FROM schema_version") == "1"
    finally:
        cluster.stop()
    assert query(database, "SELECT COUNT(*) FROM server") == "0", "who stops leaves"


def test_a_rolling_restart_fails_no_request(pair):
    caller = Caller(pair)
    store = caller.store("rolling")
    places = [f"/v1/Stores/{store}/Profiles/{caller.profile(store, phone=f'+1317555{n:04}')}" for n in range(CLIENTS)]
    balancer = Balancer([server.port for server in pair.servers])
    stopping = threading.Event()
    failures: list[str] = []
    posted = [0] * CLIENTS

    def load(number: int) -> None:
        session = requests.Session()
        session.auth = (ACCOUNT, TOKEN)
        while not stopping.is_set():
            body = {"observations": [draft(f"client {number} fact {posted[number]}")]}
            answers = [
                session.post(f"{balancer.url}{places[number]}/Observations", json=body, timeout=20),
                session.post(f"{balancer.url}{places[number]}/Recall", json={"query": "fact"}, timeout=20),
            ]
            failures.extend(f"{answer.status_code} {answer.text}" for answer in answers if not answer.ok)
            posted[number] += answers[0].ok

    try:
        for server in pair.servers:
            balancer.wait_for(server.port, True)
        clients = [threading.Thread(target=load, args=(number,)) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        for server in pair.servers:
            time.sleep(1)
            server.process.send_signal(signal.SIGTERM)
            balancer.wait_for(server.port, False)
            assert server.process.poll() is None, "a server that is told to stop serves on for a while"
            health = requests.get(f"{server.url}/health", timeout=5)
            assert (health.status_code, health.json()["status"]) == (503, "draining")
            late = requests.get(f"{server.url}/v1/ControlPlane/Stores", auth=(ACCOUNT, TOKEN), timeout=5)
            assert (late.status_code, late.headers["Connection"]) == (200, "close")
            assert server.process.wait(timeout=30) == 0
            server.start(*pair.options)
            balancer.wait_for(server.port, True)
        time.sleep(1)
        stopping.set()
        for client in clients:
            client.join(timeout=30)
            assert not client.is_alive()
    finally:
        stopping.set()
        balancer.close()
    assert failures == []
    for place, count in zip(places, posted):
        assert len(caller.everything(f"{place}/Observations", "observations")) == count
    print(f"{sum(posted)} posts while both servers were restarted, by server {list(balancer.served.values())}")
    assert min(balancer.served.values()) > 0


def kill(server: Server, database: str) -> float:
    """Kills a server; gives the moment."""
    began = time.monotonic()
    assert server.stop(signal.SIGKILL) == -signal.SIGKILL
    return began


def drain(server: Server, database: str) -> float:
    """Tells a server to stop; gives the moment."""
    began = time.monotonic()
    assert server.stop() == 0
    return began


def hang(state: str) -> Callable[[Server, str], float]:
    """A way to have a server hang while a session of it that holds the row of its job is in a state of PostgreSQL's."""

    def hang_in_state(server: Server, database: str) -> float:
        give_up = time.monotonic() + 20
        while time.monotonic() < give_up:
            began = time.monotonic()
            server.process.send_signal(signal.SIGSTOP)
            # What was on its way to the database arrives.
            time.sleep(0.2)
            holding = query(
                database,
                f"""SELECT COUNT(*) FROM pg_stat_activity JOIN pg_locks USING (pid)
                WHERE relation = 'job'::regclass AND mode = 'RowExclusiveLock' AND wait_event = 'ClientRead'
                AND state = '{state}'""",
            )
            if holding != "0":
                return began
            server.process.send_signal(signal.SIGCONT)
            time.sleep(random.random() / 20)
        raise AssertionError(f"the server could not be stopped while a session was {state}")

    return hang_in_state


@pytest.mark.parametrize("engine", shared_engines())
@pytest.mark.parametrize(
    ("end", "limit"),
    [
        pytest.param(kill, TAKEOVER_SECONDS, id="killed"),
        pytest.param(hang("idle in transaction"), TAKEOVER_SECONDS, id="hanging between statements"),
        pytest.param(hang("active"), TAKEOVER_SECONDS, id="hanging while it sends"),
        pytest.param(drain, DRAIN_SECONDS + HANDOVER_SECONDS, id="told to stop"),
    ],
)
def test_another_server_goes_on_with_an_import(tmp_path, engine, end, limit):
    database = fresh_database(engine)
    cluster = Cluster(new_servers(tmp_path, database, 2), "--drain-seconds", str(DRAIN_SECONDS))
    first, second = cluster.servers
    first.start(*cluster.options)
    try:
        alone = Caller(Cluster([first]))
        store = alone.store("takeover")
        rows = ["email,name"] + [f"row{row}@example.com,Row {row}" for row in range(IMPORT_ROWS)]
        path = import_file(alone, store, "\r\n".join(rows).encode())
        while alone.call("GET", path).json()["summary"]["rows"] == 0:
            time.sleep(0.02)
        second.start(*cluster.options)
        other = Caller(Cluster([second]))
        assert other.call("GET", path).json()["status"] == "PROCESSING", "the first server was faster than the test"
        began = end(first, database)
        gone_at = time.monotonic()
        rows_then = other.call("GET", path).json()["summary"]["rows"]
        while other.call("GET", path).json()["summary"]["rows"] == rows_then:
            assert time.monotonic() < began + limit, "nobody goes on with the import"
            time.sleep(0.05)
        print(f"rows {rows_then} of {IMPORT_ROWS}, gone on {time.monotonic() - gone_at:.1f} s after the end")
        first.process.send_signal(signal.SIGCONT)
        summary = ended_import(other, path, 120)["summary"]
        counts = {name: summary[name] for name in ("rows", "errors", "created", "updated", "merged")}
        assert counts == {"rows": IMPORT_ROWS, "errors": 0, "created": IMPORT_ROWS, "updated": 0, "merged": 0}
    finally:
        first.process.send_signal(signal.SIGCONT)
        cluster.stop()


def test_a_key_sent_to_two_servers_at_once_is_applied_once(pair):
    caller = Caller(pair)
    store = caller.store("keys")
    place = f"/v1/Stores/{store}/Profiles/{caller.profile(store, phone='+13175550100')}"
    rounds = 50
    barrier = threading.Barrier(2)
    statuses: list[int] = []

    def post(url: str) -> None:
        for number in range(rounds):
            barrier.wait(timeout=30)
            answer = requests.post(
                f"{url}{place}/Observations",
                json={"observations": [draft(f"round {number}")]},
                headers={"Idempotency-Key": f"round {number}"},
                auth=(ACCOUNT, TOKEN),
                timeout=20,
            )
            statuses.append(answer.status_code)

    threads = [threading.Thread(target=post, args=(server.url,)) for server in pair.servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [202] * 2 * rounds
    contents = [row["content"] for row in caller.everything(f"{place}/Observations", "observations")]
    assert sorted(contents) == sorted(f"round {number}" for number in range(rounds))
