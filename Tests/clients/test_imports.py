"""Files of customers: the official client announces one, a plain PUT uploads it, and what is wrong is told."""

from __future__ import annotations

import json
import time

import pytest
import requests
from twilio.rest import Client

from server import ACCOUNT, TOKEN

COLUMNS = [("E-Mail", "email"), ("Phone", "phone"), ("First", "firstName")]
HEADER = "E-Mail,Phone,First\n"


def mappings() -> list[dict]:
    return [{"columnName": column, "traitGroup": "Contact", "traitName": trait} for column, trait in COLUMNS]


@pytest.fixture()
def imports(server, store):
    client = Client(ACCOUNT, TOKEN)
    client.memory.base_url = server.url
    return client.memory.v1.imports(store)


def announce(imports, size: int):
    body = {"filename": "customers.csv", "fileSize": size, "columnMappings": mappings()}
    return imports.create(imports.CreateProfilesImportV2Request(body))


def ended(api, store: str, announced) -> dict:
    """The import once it has ended."""
    for _ in range(400):
        current = api.request("GET", f"/v1/Stores/{store}/Profiles/Imports/{announced.import_id}").json()
        if current["status"] in ("COMPLETED", "FAILED"):
            return current
        time.sleep(0.05)
    raise AssertionError(f"the import does not end: {current}")


def test_the_client_imports_a_file(api, store, imports):
    file = (HEADER + "ann@example.com,,Ann\nben@example.com,(317) 555-0101,Ben\n,,Nobody\n").encode()
    announced = announce(imports, len(file))
    assert announced.import_id in imports.list()
    assert requests.put(announced.url, file, timeout=20).status_code == 200
    current = ended(api, store, announced)
    assert (current["status"], current["summary"]["errors"], current["summary"]["created"]) == ("COMPLETED", 1, 2)
    assert current["columnMappings"] == mappings()
    operation = requests.get(announced.status_url, auth=(ACCOUNT, TOKEN), timeout=20).json()
    assert operation["status"] == "COMPLETED" and operation["result"]["created"] == 2
    errors = api.request("GET", f"/v1/Stores/{store}/Profiles/Imports/{announced.import_id}/Errors").json()
    assert errors["errors"] == [{"row": 3, "line": 4, "message": "has no identifier that is not blocked"}]
    found = api.request(
        "POST", f"/v1/Stores/{store}/Profiles/Lookup", json={"idType": "phone", "value": "+1 317 555 0101"}
    ).json()
    profile = api.request("GET", f"/v1/Stores/{store}/Profiles/{found['profiles'][0]}").json()
    assert profile["traits"]["Contact"]["firstName"] == "Ben"


def test_an_import_may_name_a_data_mapping(api, store):
    mapping = {
        "displayName": "customers",
        "mappingFrom": {"type": "INGRESS", "columns": ["mail", "name"]},
        "mappingTo": {
            "type": "TRAITS",
            "mappings": [
                {"expression": "mail", "traitGroup": "Contact", "traitName": "email"},
                {"expression": "name", "traitGroup": "Contact", "traitName": "firstName"},
            ],
        },
    }
    accepted = api.request("POST", f"/v1/ControlPlane/Stores/{store}/DataMappings", json=mapping)
    operation = api.session.get(accepted.json()["statusUrl"], timeout=20).json()
    file = b"mail,name\nann@example.com,Ann\n"
    body = {"filename": "a.csv", "fileSize": len(file), "mappingId": operation["result"]["id"]}
    created = api.request("POST", f"/v1/Stores/{store}/Profiles/Imports", json=body)
    assert created.status_code == 201, created.text
    assert requests.put(created.json()["url"], file, timeout=20).status_code == 200
    both = body | {"columnMappings": mappings()}
    assert api.request("POST", f"/v1/Stores/{store}/Profiles/Imports", json=both).status_code == 400


def test_a_url_is_good_once_and_for_its_own_file(api, store, imports):
    file = (HEADER + "ann@example.com,,Ann\n").encode()
    first, second = announce(imports, len(file)), announce(imports, len(file))
    forged = [
        first.url[:-1] + ("0" if first.url[-1] != "0" else "1"),
        first.url.replace("expires=", "expires=9"),
        first.url.replace(first.import_id, second.import_id),
        first.url.split("?")[0],
    ]
    for url in forged:
        refused = requests.put(url, file, timeout=20)
        assert (refused.status_code, refused.json()["code"]) == (403, 20403), url
    assert requests.get(first.url, timeout=20).status_code == 405
    assert requests.put(first.url, file, timeout=20).status_code == 200
    again = requests.put(first.url, file, timeout=20)
    assert (again.status_code, again.json()["code"]) == (409, 20409)


@pytest.mark.parametrize("difference", [-1, 1])
def test_a_file_of_another_size_fails_the_import(api, store, imports, difference):
    file = (HEADER + "ann@example.com,,Ann\n").encode()
    for announced, body in [
        (announce(imports, len(file) + difference), file),
        (announce(imports, len(file) + difference), iter([file[:10], file[10:]])),
    ]:
        refused = requests.put(announced.url, body, timeout=20)
        assert refused.status_code == 400 and "bytes" in refused.json()["message"]
        assert ended(api, store, announced)["status"] == "FAILED"
    lookup = {"idType": "email", "value": "ann@example.com"}
    assert api.request("POST", f"/v1/Stores/{store}/Profiles/Lookup", json=lookup).json()["profiles"] == []


@pytest.mark.parametrize(
    ("file", "status", "reason"),
    [
        (HEADER.encode() + b"a@example.com,,\"A\nb@example.com,,B\n", "FAILED", "never closed"),
        (b"E-Mail,E-Mail,Phone,First\n", "FAILED", "columns 1 and 2 are both named E-Mail"),
        (b"E-Mail,Phone\n", "FAILED", "First"),
        ("E-Mail,Phone,First\n".encode("utf-16"), "FAILED", "NUL byte"),
        ("E-Mail,Phone,Vorname für\n".encode("latin-1"), "FAILED", "not UTF-8"),
        (b"\r\n\r\n", "FAILED", "empty"),
        (HEADER.encode() + b"a@example.com,,A\x00\nb@example.com,,B\nc@example.com,,\xff\n", "COMPLETED", None),
        (HEADER.encode() + b"a@example.com\nb@example.com,,B,more\nc@example.com,,C\n", "COMPLETED", None),
        ((HEADER + "a@example.com,,A\n").encode("utf-8-sig"), "COMPLETED", None),
    ],
)
def test_a_malformed_file_is_told_and_never_half_read(api, store, imports, file, status, reason):
    announced = announce(imports, len(file))
    assert requests.put(announced.url, file, timeout=20).status_code == 200
    current = ended(api, store, announced)
    assert current["status"] == status, current
    if reason:
        assert reason in current["summary"]["failure"]
    wrong = current["summary"]["errors"]
    assert current["summary"]["rows"] == wrong + current["summary"]["created"]


def test_a_line_of_a_hundred_mebibytes_is_refused_in_constant_memory(api, store, imports, server):
    size = 100 * 1024 * 1024
    announced = announce(imports, size)
    start = HEADER.encode() + b"a@example.com,,A\nb@example.com,,"

    def pieces():
        yield start
        left = size - len(start)
        while left > 0:
            piece = b"x" * min(left, 1 << 20)
            left -= len(piece)
            yield piece

    assert requests.put(announced.url, pieces(), timeout=120).status_code == 200
    current = ended(api, store, announced)
    assert current["status"] == "FAILED" and "line does not end" in current["summary"]["failure"]
    assert current["summary"]["created"] == 1
    assert server.resident_megabytes() < 250


def test_an_import_must_be_announced_rightly(api, store):
    right = {"filename": "a.csv", "fileSize": 10, "columnMappings": mappings()}
    wrong = [
        {"fileSize": 0}, {"fileSize": 104857601}, {"fileSize": "10"}, {"filename": "a" * 256}, {"columnMappings": []},
        {"columnMappings": mappings()[:1]}, {"columnMappings": mappings() + mappings()[:1]},
        {"columnMappings": mappings()[2:] + [{"columnName": "x", "traitGroup": "Contact", "traitName": "city"}]},
        {"mappingId": "nonsense", "columnMappings": None},
    ]
    for change in wrong:
        refused = api.request("POST", f"/v1/Stores/{store}/Profiles/Imports", json=right | change)
        assert refused.status_code == 400, (change, refused.text)
        assert refused.json()["message"]


def test_the_command_line_imports_a_file_beside_the_server(api, store, server, tmp_path):
    file = tmp_path / "customers.csv"
    file.write_text(HEADER + "ann@example.com,,Ann\n,,Nobody\n")
    options = [option for column, trait in COLUMNS for option in ("--map", f"{column}=Contact.{trait}")]
    done = server.attempt("import", str(file), "--store", store, *options, "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["status"], report["created"], report["failed"]) == ("COMPLETED", 1, 1)
    assert "100 %" in done.stderr
    told = server.attempt("import", str(file), "--store", store, *options)
    assert "line 3: has no identifier" in told.stdout and "1 updated" in told.stdout
    for wrong in (["--map", "a"], ["--map", "a=b"], [], ["--map", "E-Mail=Contact.email", "--map", "x=Contact.nothing"]):
        refused = server.attempt("import", str(file), "--store", store, *wrong)
        assert refused.returncode != 0 and refused.stderr
    missing = server.attempt("import", "nowhere.csv", "--store", store, *options)
    assert missing.returncode != 0 and "nowhere.csv" in missing.stderr
