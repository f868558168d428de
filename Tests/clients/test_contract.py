"""The contract against the server: made-up requests for every operation, valid and not, get documented answers."""

from __future__ import annotations

import json
from itertools import product

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from server import ACCOUNT, TOKEN

# Too large a body, another media type and the like are answered before any operation is looked at.
EVERYWHERE = {405, 413, 415, 431}
EXAMPLES = 15
# Asked only of ids that do not exist: the others are needed to the end.
DESTRUCTIVE = {"DeleteStore", "DeleteProfile", "DeleteDataMapping"}


@pytest.fixture(scope="module")
def contract(server, api):
    """The server's own contract, with a store and what it holds, which exist, in the place of most ids; twice.

    The second time, the profile is one that was merged into the first one's.
    """
    document = yaml.safe_load(api.request("GET", "/openapi.yaml").content)
    store = api.store("contract")
    ids = {"storeId": store, "profileId": api.profile(store, "+13175550177")}
    ids |= {"traitGroupName": "Contact", "idType": "chat"}
    ids |= mapping_ids(api, store)
    ids["mergeId"], _ = merge(api, store, ids["profileId"], "+13175550178")
    _, merged = merge(api, store, ids["profileId"], "+13175550179")
    ids["importId"] = announced_import(api, store)
    yield schemathesis.openapi.from_dict(document), document, ids, ids | {"profileId": merged}
    # The made-up requests have created stores too, and an account may have only a few.
    for store in api.request("GET", "/v1/ControlPlane/Stores").json()["stores"]:
        api.request("DELETE", f"/v1/ControlPlane/Stores/{store}")


def announced_import(api, store):
    """Announces an import, whose file does not come; gives its id."""
    column = {"columnName": "a", "traitGroup": "Contact", "traitName": "chat"}
    columns = [column, column | {"columnName": "b", "traitName": "city"}]
    body = {"filename": "a.csv", "fileSize": 100, "columnMappings": columns}
    created = api.request("POST", f"/v1/Stores/{store}/Profiles/Imports", json=body)
    assert created.status_code == 201, created.text
    return created.json()["importId"]


def merge(api, store, profile, phone):
    """Makes a profile and merges it into another; gives the ids of the merge and of the profile."""
    merged = api.profile(store, phone)
    path = f"/v1/Stores/{store}/Profiles/{profile}"
    added = api.request("POST", f"{path}/Identifiers", json={"idType": "phone", "value": phone})
    assert added.status_code == 202, added.text
    newest = api.request("GET", f"{path}/Merges?pageSize=1").json()["merges"][0]
    assert newest["mergedProfileId"] == merged
    return newest["id"], merged


def mapping_ids(api, store):
    """Creates a data mapping and a suggestion, and gives their ids."""
    path = f"/v1/ControlPlane/Stores/{store}/DataMappings"
    source = {"type": "INGRESS", "columns": ["E-Mail", "Mobile"]}
    item = {"expression": "Mobile", "traitGroup": "Contact", "traitName": "phone"}
    draft = {
        "displayName": "contract",
        "description": "kept",
        "mappingFrom": source,
        "mappingTo": {"type": "TRAITS", "mappings": [item]},
    }
    wanted = {"mappingFrom": source, "mappingTo": {"type": "TRAITS"}}
    ids = {}
    for name, place, body in (("dataMappingId", path, draft), ("suggestionId", f"{path}/Suggestions", wanted)):
        accepted = api.request("POST", place, json=body)
        assert accepted.status_code == 202, accepted.text
        operation = accepted.headers["Operation-Id"]
        ids[name] = api.request("GET", f"/v1/ControlPlane/Operations/{operation}").json()["result"]["id"]
    return ids


def test_requests_that_are_accepted_answer_as_the_contract_says(contract, server, api):
    """Made-up bodies seldom name a trait or an identifier that exists."""
    schema, _, ids, merged_ids = contract

    def ask(name, body, status, places=ids):
        operation = schema.find_operation_by_id(name)
        wanted = {parameter.name for parameter in operation.path_parameters}
        case = operation.Case(
            path_parameters={key: value for key, value in places.items() if key in wanted},
            body=body,
            media_type="application/json",
        )
        response = case.call(base_url=server.url, auth=(ACCOUNT, TOKEN), timeout=20, allow_redirects=False)
        assert response.status_code == status, response.text
        case.validate_response(response, checks=[response_schema_conformance, status_code_conformance])
        return json.loads(response.text)

    contact = {"email": "contract@example.com", "city": "Paris"}
    accepted = ask("UpdateProfilesBulk", {"profiles": [{"traits": {"Contact": contact}}]}, 202)
    operation = api.request("GET", f"/v1/ControlPlane/Operations/{accepted['operationId']}")
    schema.find_operation_by_id("FetchOperation").validate_response(operation)
    assert operation.json()["result"]["created"] == 1
    assert len(ask("CreateProfilesLookup", {"idType": "email", "value": contact["email"]}, 200)["profiles"]) == 1
    ask("CreateProfileIdentifier", {"idType": "chat", "value": "contract"}, 202)
    change = {"idType": "chat", "oldValue": "contract", "newValue": "changed"}
    ask("PatchProfileIdentifier", change, 202)
    ask("PatchProfileIdentifier", change, 308, merged_ids)
    guards = {"dailyMergesLimit": 10, "blockedIdentifiers": [{"idType": "chat", "value": "blocked"}]}
    ask("UpdateIdentityGuards", guards, 202)
    path = f"/v1/ControlPlane/Stores/{ids['storeId']}/IdentityResolutionSettings/Guards"
    assert api.request("GET", path).json() == guards


def test_every_operation_answers_as_the_contract_says(contract, server):
    schema, _, ids, merged_ids = contract
    tested = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        name = operation.definition.raw["operationId"]
        tested += 1
        places = [{}] if name in DESTRUCTIVE else [ids, {}]
        if "{profileId}" in operation.path:
            places.append(merged_ids)
        for known, mode in product(places, GenerationMode):

            @settings(
                max_examples=EXAMPLES,
                deadline=None,
                derandomize=True,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            def answers(case):
                for name, value in known.items():
                    if case.path_parameters and name in case.path_parameters:
                        case.path_parameters[name] = value
                if "idType" in known and isinstance(case.body, dict) and "idType" in case.body:
                    case.body["idType"] = known["idType"]
                # What a merged profile's answer leads to is asked as another case, and may be destructive.
                response = case.call(
                    base_url=server.url, auth=(ACCOUNT, TOKEN), timeout=20, allow_redirects=False
                )
                if response.status_code in EVERYWHERE:
                    return
                case.validate_response(
                    response,
                    checks=[not_a_server_error, response_schema_conformance, status_code_conformance],
                )

            given(case=operation.as_strategy(generation_mode=mode))(answers)()
    assert tested == 56


def test_all_operations_of_the_contract_have_a_route(contract, api):
    _, document, *_ = contract
    for path, item in document["paths"].items():
        concrete = path
        for name in ("storeId", "profileId", "observationId", "summaryId", "importId", "dataMappingId", "mergeId"):
            kinds = {"dataMappingId": "datamapping"}
            kind = kinds.get(name, name.removesuffix("Id"))
            concrete = concrete.replace("{" + name + "}", f"mem_{kind}_" + "0" * 26)
        concrete = concrete.replace("{operationId}", "mem_operation_" + "0" * 26)
        concrete = concrete.replace("{suggestionId}", "mem_mapsuggestion_" + "0" * 26)
        concrete = concrete.replace("{traitGroupName}", "Contact").replace("{idType}", "phone")
        for method in ("get", "post", "put", "patch", "delete"):
            if method in item:
                answer = api.request(method.upper(), concrete, json={} if method != "get" else None)
                assert answer.status_code != 405 and "nothing at this path" not in answer.text, (method, path)
