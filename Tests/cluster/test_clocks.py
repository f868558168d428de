"""One server's clock is an hour ahead of all others: nothing is done twice for it, and nothing waits for an hour."""

from __future__ import annotations

import signal
import time
from datetime import datetime, timedelta, timezone

import pytest

from cluster import Caller, Cluster, ended_import, import_file, new_servers, query
from load import draft
from preloaded import preloaded
from server import fresh_database, shared_engines

AHEAD_SECONDS = 3600
IMPORT_ROWS = 20_000
# More than a server reads while another one starts.
INTERRUPTED_ROWS = 60_000
TAKEOVER_SECONDS = 30


@pytest.fixture(params=shared_engines())
def pair(request, tmp_path):
    """Two servers; the second one's clock is an hour ahead."""
    cluster = Cluster(new_servers(tmp_path, fresh_database(request.param), 2))
    error = tmp_path / "error of the clock"
    error.write_text(str(AHEAD_SECONDS))
    cluster.servers[1].environment = {
        "LD_PRELOAD": preloaded("wrong_clock", tmp_path),
        "WRONG_CLOCK_FILE": str(error),
    }
    cluster.start()
    assert "clock is not the database's" in cluster.servers[1].log.read_text(), "the clock is wrong, and it is told"
    assert "clock is not the database's" not in cluster.servers[0].log.read_text()
    yield cluster, error
    cluster.stop()


def rows_of_file(count: int) -> bytes:
    rows = ["email,name"] + [f"row{row}@example.com,Row {row}" for row in range(count)]
    return "\r\n".join(rows).encode()


def test_what_both_write_has_the_right_time_and_order(pair):
    cluster, error = pair
    caller = Caller(cluster)
    store = caller.store("clocks")
    place = f"/v1/Stores/{store}/Profiles/{caller.profile(store, phone='+13175550100')}"
    contents = [f"fact {number}" for number in range(20)]
    for number, content in enumerate(contents):
        # The clock may also be set while the server runs.
        error.write_text(str(AHEAD_SECONDS * (-1) ** (number // 5)))
        caller.write("POST", f"{place}/Observations", json={"observations": [draft(content)]})
        # Clocks agree to half a round trip.
        time.sleep(0.02)
    rows = caller.everything(f"{place}/Observations", "observations")
    assert [row["content"] for row in rows] == contents[::-1], "newest first"
    now = datetime.now(timezone.utc)
    assert all(abs(datetime.fromisoformat(row["createdAt"]) - now) < timedelta(seconds=30) for row in rows)


def test_a_job_is_neither_taken_away_nor_kept(pair):
    cluster, _ = pair
    right, wrong = (Caller(Cluster([server])) for server in cluster.servers)
    store = right.store("leases")
    path = import_file(right, store, rows_of_file(IMPORT_ROWS))
    claims = set()
    while (current := right.call("GET", path).json())["status"] == "PROCESSING":
        claims |= set(query(cluster.servers[0].database_url, "SELECT attempts FROM job WHERE kind = 'import profiles'").split())
        time.sleep(0.05)
    assert claims == {"1"}, "a lease of one server is a lease for the other"
    assert (current["status"], current["summary"]["created"]) == ("COMPLETED", IMPORT_ROWS)

    # The same the other way round: the server with the wrong clock works, and dies.
    store = right.store("takeover")
    right_server, wrong_server = cluster.servers
    right_server.stop()
    path = import_file(wrong, store, rows_of_file(INTERRUPTED_ROWS))
    while wrong.call("GET", path).json()["summary"]["rows"] == 0:
        time.sleep(0.02)
    right_server.start(*cluster.options)
    wrong_server.stop(signal.SIGKILL)
    began, rows_then = time.monotonic(), right.call("GET", path).json()["summary"]["rows"]
    assert rows_then < INTERRUPTED_ROWS, "the server was faster than the test"
    while right.call("GET", path).json()["summary"]["rows"] == rows_then:
        assert time.monotonic() < began + TAKEOVER_SECONDS, "nobody goes on with the import"
        time.sleep(0.05)
    print(f"gone on after {time.monotonic() - began:.1f} s")
    assert ended_import(right, path, 120)["summary"]["created"] == INTERRUPTED_ROWS
