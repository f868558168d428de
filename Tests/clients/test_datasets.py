"""Datasets of the server's configuration: a file registers them, a sync brings their rows in."""

from __future__ import annotations

import json
import signal
import sqlite3
import time

import pytest

from conftest import API
from server import Server, engines

FOLDER = "tdi_dataset_" + "1" * 26
TABLE = "tdi_dataset_" + "2" * 26


@pytest.fixture(params=engines())
def registered(request, tmp_path):
    """A server with a folder of files and a table registered, and where they are."""
    people = tmp_path / "people"
    people.mkdir()
    with sqlite3.connect(tmp_path / "shop.sqlite") as shop:
        shop.execute("CREATE TABLE customer (mail TEXT, first TEXT, changed INTEGER)")
    datasets = tmp_path / "datasets.json"
    table = {"sqlite": "shop.sqlite", "table": "customer"}
    datasets.write_text(
        json.dumps(
            [
                {"id": FOLDER, "source": {"csvFolder": "people"}, "everySeconds": 3600},
                {"id": TABLE, "source": table, "cursorColumn": "changed", "everySeconds": 3600},
            ]
        )
    )
    server = Server(request.param, tmp_path)
    server.start("--datasets", str(datasets))
    yield server, people, tmp_path / "shop.sqlite", datasets
    if server.process.poll() is None:
        assert server.stop() == 0


def mapping(api: API, store: str, dataset: str) -> str:
    """Creates a mapping of a dataset, and gives the path of its sync."""
    path = f"/v1/ControlPlane/Stores/{store}/DataMappings"
    items = [
        {"expression": column, "traitGroup": "Contact", "traitName": trait}
        for column, trait in (("mail", "email"), ("first", "firstName"))
    ]
    body = {
        "displayName": "people-" + dataset[-1],
        "mappingFrom": {"type": "DATASET_WAREHOUSE", "datasetId": dataset},
        "mappingTo": {"type": "TRAITS", "mappings": items},
    }
    accepted = api.request("POST", path, json=body)
    assert accepted.status_code == 202, accepted.text
    operation = api.session.get(accepted.json()["statusUrl"], timeout=20).json()
    return f"{path}/{operation['result']['id']}/Sync"


def state(api: API, sync: str, *wanted: str) -> dict:
    """The state of a sync, once it is one of those wanted."""
    for _ in range(400):
        current = api.request("GET", sync).json()
        if current["status"] in wanted:
            return current
        time.sleep(0.05)
    raise AssertionError(f"the sync does not end: {current}")


def progress(api: API, sync: str, applied: int) -> int:
    """How many rows are applied, once there are more of them."""
    for _ in range(2000):
        current = api.request("GET", sync).json()
        if current["rowsApplied"] > applied:
            return current["rowsApplied"]
        time.sleep(0.01)
    raise AssertionError(f"the sync does not go on: {current}")


def run(api: API, sync: str) -> dict:
    """Starts a sync, and gives its operation once it has ended."""
    accepted = api.request("POST", sync)
    assert accepted.status_code == 202, accepted.text
    for _ in range(400):
        operation = api.session.get(accepted.json()["statusUrl"], timeout=20).json()
        if operation["status"] in ("COMPLETED", "FAILED"):
            return operation
        time.sleep(0.05)
    raise AssertionError(f"the operation does not end: {operation}")


def first_name(api: API, store: str, email: str) -> str:
    body = {"idType": "email", "value": email}
    found = api.request("POST", f"/v1/Stores/{store}/Profiles/Lookup", json=body).json()["profiles"]
    assert len(found) == 1
    return api.request("GET", f"/v1/Stores/{store}/Profiles/{found[0]}").json()["traits"]["Contact"]["firstName"]


def test_rows_of_a_folder_and_a_table_become_profiles(registered):
    server, people, shop, _ = registered
    api = API(server)
    store = api.store("datasets")
    (people / "1.csv").write_text("mail,first\nann@example.com,Ann\n,Nobody\n")
    sync = mapping(api, store, FOLDER)
    assert state(api, sync, "COMPLETED")["rowsApplied"] == 1
    current = api.request("GET", sync).json()
    assert current["errors"] == [{"row": "1.csv, line 3", "message": "has no identifier that is not blocked"}]
    with open(people / "1.csv", "a") as file:
        file.write("ben@example.com,Ben\n")
    operation = run(api, sync)
    assert operation["status"] == "COMPLETED" and operation["result"]["created"] == 1
    assert first_name(api, store, "ben@example.com") == "Ben"

    # The same customer from another dataset is the same profile.
    with sqlite3.connect(shop) as table:
        table.execute("INSERT INTO customer VALUES ('BEN@example.com', 'Benjamin', 1), ('cy@example.com', 'Cy', 2)")
    table_sync = mapping(api, store, TABLE)
    assert state(api, table_sync, "COMPLETED")["latestRun"] == {"created": 1, "updated": 1, "merged": 0, "failed": 0}
    assert first_name(api, store, "ben@example.com") == "Benjamin"

    # What cannot be read says why, and goes on when it can.
    away = people.with_name("away")
    people.rename(away)
    failed = run(api, sync)
    assert failed["status"] == "FAILED" and failed["error"]["detail"] == "the folder cannot be read"
    away.rename(people)
    assert run(api, sync)["status"] == "COMPLETED"

    disabled = api.request("PATCH", sync.removesuffix("/Sync"), json={"isEnabled": False})
    assert disabled.status_code == 202
    assert api.request("POST", sync).status_code == 409


def test_a_killed_server_applies_each_row_once(registered):
    server, people, _, datasets = registered
    api = API(server)
    store = api.store("datasets")
    count = 30_000
    (people / "many.csv").write_text(
        "mail,first\n" + "".join(f"person{number}@example.com,P{number}\n" for number in range(count))
    )
    sync = mapping(api, store, FOLDER)
    applied = 0
    for _ in range(2):
        applied = progress(api, sync, applied)
        server.stop(signal.SIGKILL)
        server.start("--datasets", str(datasets))
    assert 0 < applied < count, "the server was killed in the middle"
    current = {"status": ""}
    for _ in range(600):
        current = api.request("GET", sync).json()
        if current["status"] == "COMPLETED":
            break
        time.sleep(0.1)
    assert current["status"] == "COMPLETED", current
    assert current["rowsApplied"] == count
    assert current["latestRun"] == {"created": count, "updated": 0, "merged": 0, "failed": 0}


GOOD = {"id": FOLDER, "source": {"csvFolder": "."}}


@pytest.mark.parametrize(
    "content, message",
    [
        ("{", "must be a JSON list of datasets"),
        ({}, "must be a JSON list of datasets"),
        ([1], "[0]: must be an object"),
        ([GOOD, GOOD], "[1].id: is the id of an earlier dataset"),
        ([{**GOOD, "id": "people"}], "[0].id: must be tdi_dataset_"),
        ([{**GOOD, "every": 5}], "[0].every: is no field here"),
        ([{**GOOD, "everySeconds": 9}], "[0].everySeconds: must be a whole number from 10 to 604800"),
        ([{**GOOD, "everySeconds": True}], "[0].everySeconds: must be a whole number from 10 to 604800"),
        ([{**GOOD, "account": "me"}], "[0].account: must be AC"),
        ([{**GOOD, "cursorColumn": "x"}], "[0].cursorColumn: is for databases"),
        ([{"id": FOLDER}], "[0].source: must be an object"),
        ([{**GOOD, "source": {"csvFolder": "nowhere"}}], "there is no folder"),
        ([{**GOOD, "source": {"csvFolder": "datasets.json"}}], "there is no folder"),
        ([{**GOOD, "source": {"csvFolder": ".", "table": "t"}}], "[0].source.table: is no field here"),
        ([{**GOOD, "source": {"sqlite": "datasets.json", "table": "t"}}], "[0].cursorColumn: must name the column"),
        (
            [{**GOOD, "source": {"sqlite": "nowhere.sqlite", "table": "t"}, "cursorColumn": "c"}],
            "[0].source.sqlite: there is no file",
        ),
        (
            [{**GOOD, "source": {"postgres": "postgres://", "table": "t", "query": "q"}, "cursorColumn": "c"}],
            "[0].source: must have either a table or a query",
        ),
        ([{**GOOD, "source": {"postgres": "mysql://", "table": "t"}, "cursorColumn": "c"}], "must begin with postgres://"),
    ],
)
def test_a_wrong_file_keeps_the_server_from_starting_and_says_where(tmp_path, content, message):
    file = tmp_path / "datasets.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    server = Server("sqlite", tmp_path)
    refused = server.attempt("serve", "--port", "0", "--datasets", str(file))
    assert refused.returncode != 0
    assert message in refused.stderr and str(file) in refused.stderr, refused.stderr


def test_a_file_that_is_not_there_is_named(tmp_path):
    refused = Server("sqlite", tmp_path).attempt("serve", "--port", "0", "--datasets", str(tmp_path / "none.json"))
    assert refused.returncode != 0 and "none.json cannot be read" in refused.stderr
