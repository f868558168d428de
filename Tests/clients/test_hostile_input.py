"""Bad input gets a clear 4xx that names field and rule, and loses nothing."""

from __future__ import annotations

import gzip
import zlib

import pytest

JSON = {"Content-Type": "application/json"}
DRAFT = {"content": "x", "source": "s", "occurredAt": "2026-11-20T19:47:09Z"}


@pytest.fixture(autouse=True)
def the_server_lives_on(api):
    yield
    assert api.request("GET", "/health").status_code == 200


def refused(answer, status, *words):
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body.keys() == {"code", "message", "more_info", "status"} and body["status"] == status
    for word in words:
        assert word in body["message"]
    assert answer.headers["Twilio-Request-Id"].startswith("RQ")


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"nonsense", b"[]", b'"text"', b"{}{}", b'{"observations":[{"content":}]}', b"\xff\xfe{}",
        b'{"a":1,}', b"displayName=x&description=y", b"{'a': 1}", b'{"a": 01}', b'{"a": NaN}', b'\x00{}',
        b'{"observations":[{"content":"\\ud800","source":"s","occurredAt":"2026-11-20T19:47:09Z"}]}',
        b'{"observations":[{"content":"\\u0000","source":"s","occurredAt":"2026-11-20T19:47:09Z"}]}',
        b"[" * 10_000 + b"]" * 10_000, b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    ],
    ids=lambda body: body[:12].decode("latin-1").encode("unicode_escape").decode() + f"-{len(body)}",
)
def test_a_body_that_is_no_such_json_is_400(api, place, body):
    refused(api.request("POST", f"{place}/Observations", data=body, headers=JSON), 400)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"content": ""}, ["observations[0].content", "1 to 4096"]),
        ({"content": "x" * 4097}, ["observations[0].content", "1 to 4096"]),
        ({"content": 5}, ["observations[0].content"]),
        ({"source": "a/b\\"}, ["observations[0].source"]),
        ({"occurredAt": "yesterday"}, ["observations[0].occurredAt"]),
        ({"occurredAt": "2026-02-30T00:00:00Z"}, ["observations[0].occurredAt"]),
        ({"conversationIds": ["x"]}, ["observations[0].conversationIds[0]"]),
        ({"conversationIds": ["conv_conversation_" + "0" * 26] * 11}, ["observations[0].conversationIds"]),
    ],
)
def test_a_wrong_field_is_named_with_its_rule(api, place, change, words):
    refused(api.request("POST", f"{place}/Observations", json={"observations": [DRAFT | change]}), 400, *words)
    assert api.request("GET", f"{place}/Observations").json()["observations"] == []


def test_all_or_nothing(api, place):
    drafts = [DRAFT, DRAFT | {"content": ""}]
    refused(api.request("POST", f"{place}/Observations", json={"observations": drafts}), 400, "observations[1].content")
    refused(api.request("POST", f"{place}/Observations", json={"observations": [DRAFT] * 11}), 400, "observations")
    assert api.request("GET", f"{place}/Observations").json()["observations"] == []


def test_unknown_keys_are_refused_where_the_schema_is_closed(api, place):
    refused(api.request("PATCH", place, json={"traits": {}, "x": 1}), 400)


@pytest.mark.parametrize("name", ["None", "mem_profile_" + "0" * 26, "x", "mem_observation_" + "8" * 26])
def test_an_id_of_another_form_is_400(api, place, name):
    refused(api.request("DELETE", f"{place}/Observations/{name}"), 400, "observationId")


def test_malformed_ids_have_the_codes_of_their_kind(api):
    assert api.request("GET", "/v1/ControlPlane/Stores/x").json()["code"] == 520049
    assert api.request("GET", "/v1/ControlPlane/Operations/x").json()["code"] == 520051


def test_an_id_that_fits_the_pattern_but_is_none_is_404(api, place):
    refused(api.request("GET", f"{place}/Observations/mem_observation_" + "0" * 25 + "u"), 404)


@pytest.mark.parametrize("token", ["x", "AAAA", "e30", "!" * 5000])
def test_a_forged_page_token_is_400(api, place, token):
    refused(api.request("GET", f"{place}/Observations", params={"pageToken": token}), 400, "pageToken")


def test_the_page_token_of_another_list_is_400(api, store, place):
    for number in range(2):
        api.request("POST", f"{place}/Observations", json={"observations": [DRAFT]})
    token = api.request("GET", f"{place}/Observations", params={"pageSize": 1}).json()["meta"]["nextToken"]
    refused(api.request("GET", f"/v1/Stores/{store}/Profiles", params={"pageToken": token}), 400, "pageToken")


@pytest.mark.parametrize("size", ["0", "-1", "x", "1.5"])
def test_a_page_size_that_is_none_is_400(api, place, size):
    refused(api.request("GET", f"{place}/Observations", params={"pageSize": size}), 400, "pageSize")


def test_a_page_size_above_the_maximum_is_clamped(api):
    assert api.request("GET", "/v1/ControlPlane/Stores", params={"pageSize": 500}).json()["meta"]["pageSize"] == 100


def test_bodies_over_the_limit_are_413(api, place):
    body = b'{"query":"' + b"x" * (10 << 20) + b'"}'
    refused(api.request("POST", f"{place}/Recall", data=body, headers=JSON), 413)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_bomb_is_413(api, place, coding):
    plain = b'{"query":"' + b"x" * (200 << 20) + b'"}'
    bomb = gzip.compress(plain, 1) if coding == "gzip" else zlib.compress(plain, 1)
    refused(api.request("POST", f"{place}/Recall", data=bomb, headers=JSON | {"Content-Encoding": coding}), 413)


def test_compressed_bodies_are_read_and_written(api, place):
    body = gzip.compress(b'{"observations":[{"content":"zipped","source":"s","occurredAt":"2026-11-20T19:47:09Z"}]}')
    headers = JSON | {"Content-Encoding": "gzip"}
    assert api.request("POST", f"{place}/Observations", data=body, headers=headers).status_code == 202
    answer = api.request("GET", f"{place}/Observations", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip" and answer.json()["observations"][0]["content"] == "zipped"


def test_another_media_type_is_415(api, place):
    headers = {"Content-Type": "text/plain"}
    refused(api.request("POST", f"{place}/Recall", data=b"{}", headers=headers), 415)


@pytest.mark.parametrize("method", ["PUT", "TRACE", "PROPFIND", "OPTIONS"])
def test_a_wrong_method_is_405_with_allow(api, place, method):
    answer = api.request(method, f"{place}/Recall")
    assert answer.status_code == 405 and answer.headers["Allow"] == "POST"


def test_a_method_that_http_does_not_know_is_400(api, place):
    assert api.request("FOO", f"{place}/Recall").status_code == 400


def test_an_unknown_path_is_404(api):
    refused(api.request("GET", "/v1/Nothing"), 404)


@pytest.mark.parametrize("user", [("AC" + "0" * 32, "x"), ("SK" + "0" * 32, "x"), ("", ""), ("a:b", "c")])
def test_wrong_credentials_are_401(api, user):
    answer = api.request("GET", "/v1/ControlPlane/Stores", auth=user)
    refused(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_a_catastrophic_pattern_costs_nothing(api, store):
    rule = {"ruleType": "STRING", "pattern": "(a+)+$"}
    group = {"displayName": "G", "traits": {"word": {"dataType": "STRING", "validationRule": rule}}}
    assert api.request("POST", f"/v1/ControlPlane/Stores/{store}/TraitGroups", json=group).status_code == 202
    traits = {"Contact": {"phone": "+13175550199"}, "G": {"word": "a" * 1000 + "b"}}
    answer = api.request("POST", f"/v1/Stores/{store}/Profiles", json={"traits": traits})
    refused(answer, 400, "traits.G.word")
    assert answer.elapsed.total_seconds() < 1


def test_recall_refuses_what_makes_no_sense(api, place):
    for body, word in [
        ({"query": "x" * 1025}, "query"),
        ({"observationsLimit": 101}, "observationsLimit"),
        ({"relevanceThreshold": 2}, "relevanceThreshold"),
        ({"communicationsLimit": 1}, "communicationsLimit"),
        ({"beginDate": "2026-01-02T00:00:00Z", "endDate": "2026-01-01T00:00:00Z"}, "beginDate"),
    ]:
        refused(api.request("POST", f"{place}/Recall", json=body), 400, word)


def test_an_idempotency_key_applies_once(api, place):
    headers = {"Idempotency-Key": f"key {place}"}
    for _ in range(3):
        answer = api.request("POST", f"{place}/Observations", json={"observations": [DRAFT]}, headers=headers)
        assert answer.status_code == 202
    assert len(api.request("GET", f"{place}/Observations").json()["observations"]) == 1
    other = {"observations": [DRAFT | {"content": "y"}]}
    refused(api.request("POST", f"{place}/Observations", json=other, headers=headers), 409, "Idempotency-Key")
