"""Servers are killed, PostgreSQL is shot, connections are cut, all under load: what was acknowledged is there, once.

RECOLLECT_TEST_CLUSTER_SECONDS says how long; 60 unless it is set.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

from cluster import Caller, Cluster, ended_import, new_servers, query
from faults import CuttingProxy, shoot_postgres
from load import BAD_ROW_INTERVAL, IMPORT_ROWS, SHARED_PROFILES, Ledger, Worker, contacts, run_load
from server import fresh_database, shared_engines

SECONDS = float(os.environ.get("RECOLLECT_TEST_CLUSTER_SECONDS", "60"))
SERVERS = 3
WORKERS = 6
SECONDS_BETWEEN_KILLS = 6
SECONDS_BETWEEN_CUTS = 5


class Havoc:
    """Kills servers in turn, cuts connections, and shoots PostgreSQL once."""

    def __init__(self, engine: str, cluster: Cluster, proxy: CuttingProxy):
        self.engine = engine
        self.cluster = cluster
        self.proxy = proxy
        self.kills = 0
        self.shots = 0

    def __call__(self, elapsed: float) -> None:
        if elapsed > SECONDS_BETWEEN_KILLS * (self.kills + 1):
            self.cluster.kill_and_start(self.kills % SERVERS)
            self.kills += 1
        if elapsed > SECONDS_BETWEEN_CUTS * (self.proxy.cuts + 1):
            self.proxy.cut()
        if elapsed > SECONDS / 2 and not self.shots:
            self.shots += 1
            shoot_postgres(self.engine)


@pytest.mark.parametrize("engine", shared_engines())
def test_what_was_acknowledged_is_there_once(engine, tmp_path):
    database = fresh_database(engine)
    proxy = CuttingProxy(database)
    cluster = Cluster(new_servers(tmp_path, proxy.url, SERVERS))
    try:
        cluster.start()
        caller = Caller(cluster)
        store = caller.store("faults")
        shared = [
            f"/v1/Stores/{store}/Profiles/{caller.profile(store, phone=f'+4479009{n:05}')}"
            for n in range(50_000, 50_000 + SHARED_PROFILES)
        ]
        ledger = Ledger()
        workers = [Worker(number, cluster, store, shared, ledger) for number in range(WORKERS)]
        havoc = Havoc(engine, cluster, proxy)
        run_load(workers, SECONDS, havoc)
        for worker in workers:
            if worker.failure is not None:
                raise worker.failure
            assert not worker.caller.experience.faults, "\n".join(worker.caller.experience.faults)
        while ledger.waiting:
            workers[0].create()
        check_ledger(caller, store, ledger)
        assert unfinished_jobs(database) == [""]
        assert caller.experience.faults == []
        tell(workers, ledger, havoc)
        assert havoc.kills > 0 and proxy.cuts > 0 and havoc.shots == 1
    finally:
        cluster.stop()
        proxy.close()


def check_ledger(caller: Caller, store: str, ledger: Ledger) -> None:
    """Compares what is there with what was acknowledged."""
    created = 0
    for path, rows in ledger.imports.items():
        summary = ended_import(caller, path)["summary"]
        bad = IMPORT_ROWS // BAD_ROW_INTERVAL
        counts = {name: summary[name] for name in ("rows", "errors", "created", "updated", "merged")}
        assert counts == {"rows": rows, "errors": bad, "created": rows - bad, "updated": 0, "merged": 0}
        created += rows - bad
    for place, contents in ledger.contents.items():
        if place.startswith("customer"):
            place = place_of_customer(caller, store, int(place.split()[1]))
        assert Counter(contents_of(caller, place)) == Counter(contents), place
    for own, (note_path, states) in ledger.notes.items():
        assert contents_of(caller, own) == states[-1:]
        revisions = caller.everything(f"{note_path}/Revisions", "revisions")
        assert [revision["content"] for revision in revisions] == states[::-1]
    profiles = caller.everything(f"/v1/Stores/{store}/Profiles", "profiles")
    assert len(profiles) == SHARED_PROFILES + len(ledger.notes) + len(ledger.customers) + created


def place_of_customer(caller: Caller, store: str, customer: int) -> str:
    """The path of the one profile that all identifiers of a customer lead to."""
    found = set()
    for contact in contacts(customer):
        for id_type, value in contact.items():
            body = {"idType": id_type, "value": value}
            [profile] = caller.call("POST", f"/v1/Stores/{store}/Profiles/Lookup", json=body).json()["profiles"]
            found.add(profile)
    assert len(found) == 1, f"customer {customer} is {found}"
    return f"/v1/Stores/{store}/Profiles/{found.pop()}"


def contents_of(caller: Caller, place: str) -> list[str]:
    return [row["content"] for row in caller.everything(f"{place}/Observations", "observations")]


def unfinished_jobs(database: str) -> list[str]:
    """The kinds of jobs that are due and not done, but for those that wait for a time to come."""
    return query(database, "SELECT kind FROM job WHERE due_at < EXTRACT(EPOCH FROM now()) * 1000000 - 5000000").split("\n")


def tell(workers: list[Worker], ledger: Ledger, havoc: Havoc) -> None:
    statuses: Counter[int] = Counter()
    failovers = 0
    for worker in workers:
        statuses.update(worker.caller.experience.statuses)
        failovers += worker.caller.experience.failovers
    print(
        f"{SECONDS:.0f} s, {havoc.kills} kills, {havoc.proxy.cuts} cuts, {havoc.shots} shot: {dict(ledger.counts)}, "
        f"answers {dict(sorted(statuses.items()))}, {failovers} failovers"
    )
