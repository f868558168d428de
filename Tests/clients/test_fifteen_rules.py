"""What cost a real client something, one test each: the rules a server of this contract must keep."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import requests

from server import ACCOUNT, TOKEN

CONVERSATION = "conv_conversation_00000000000000000000000001"
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def post(api, place, content, **more):
    draft = {"content": content, "source": "s", "occurredAt": "2026-11-20T19:47:09.252921+00:00"} | more
    return api.request("POST", f"{place}/Observations", json={"observations": [draft]})


def test_01_every_list_names_its_array(api, store, place):
    lists = {
        "/v1/ControlPlane/Stores": "stores",
        f"/v1/ControlPlane/Stores/{store}/TraitGroups": "traitGroups",
        f"/v1/Stores/{store}/Profiles": "profiles",
        f"{place}/Traits": "traits",
        f"{place}/Observations": "observations",
        f"{place}/ConversationSummaries": "summaries",
    }
    post(api, place, "x")
    observation = api.request("GET", f"{place}/Observations").json()["observations"][0]["id"]
    lists[f"{place}/Observations/{observation}/Revisions"] = "revisions"
    for path, key in lists.items():
        body = api.request("GET", path).json()
        assert body["meta"]["key"] == key and isinstance(body[key], list), path


def test_02_lists_answer_200(api, place):
    assert api.request("GET", f"{place}/Observations").status_code == 200


def test_03_patch_put_and_get_answer_json(api, store, place):
    settings = f"/v1/ControlPlane/Stores/{store}/IdentityResolutionSettings"
    current = api.request("GET", settings).json()
    answers = [
        api.request("PATCH", f"/v1/ControlPlane/Stores/{store}", json={}),
        api.request("PUT", settings, json=current),
        api.request("PATCH", place, json={"traits": {}}),
    ]
    for answer in answers:
        assert answer.status_code == 202 and answer.json()["message"]


def test_04_timestamps_are_whole_seconds_in_utc(api, place):
    post(api, place, "x")
    [item] = api.request("GET", f"{place}/Observations").json()["observations"]
    for field in ("createdAt", "updatedAt", "occurredAt"):
        assert TIMESTAMP.fullmatch(item[field])


def test_05_long_timestamps_are_normalised(api, place):
    assert post(api, place, "x", occurredAt="2026-11-20T20:47:09.252921+01:00").status_code == 202
    [item] = api.request("GET", f"{place}/Observations").json()["observations"]
    assert item["occurredAt"] == "2026-11-20T19:47:09Z"


def test_06_a_fresh_store_has_contact_with_phone_and_email(api, store):
    group = api.request("GET", f"/v1/ControlPlane/Stores/{store}/TraitGroups/Contact").json()["traitGroup"]
    assert group["traits"]["phone"]["idTypePromotion"] == "phone"
    assert group["traits"]["email"]["idTypePromotion"] == "email"


def test_07_a_profile_can_be_read_and_recalled_at_once(api, store):
    place = f"/v1/Stores/{store}/Profiles/{api.profile(store, '+13175550111')}"
    assert api.request("GET", place).status_code == 200
    assert api.request("POST", f"{place}/Recall", json={}).status_code == 200


def test_08_recall_accepts_an_unknown_conversation(api, place):
    answer = api.request("POST", f"{place}/Recall", json={"conversationId": CONVERSATION, "query": "x"})
    assert answer.status_code == 200 and answer.json()["communications"] == []


def test_09_lookup_always_tells_the_normal_form(api, store):
    path = f"/v1/Stores/{store}/Profiles/Lookup"
    for value, normal in [("(317) 555-0199", "+13175550199"), ("no number", "no number")]:
        answer = api.request("POST", path, json={"idType": "phone", "value": value})
        assert answer.status_code == 200 and answer.json() == {"normalizedValue": normal, "profiles": []}


def test_10_recall_items_have_all_fields(api, place):
    post(api, place, "likes tea")
    answer = api.request("POST", f"{place}/Recall", json={"query": "tea"}).json()
    [item] = answer["observations"]
    assert {"id", "content", "source", "createdAt", "updatedAt", "occurredAt"} <= item.keys()
    assert type(answer["meta"]["queryTime"]) is int


def test_11_page_tokens_carry_filters_order_and_size(api, place):
    for number in range(6):
        post(api, place, f"fact {number}", source="even" if number % 2 == 0 else "odd")
    path = f"{place}/Observations"
    first = api.request("GET", path, params={"source": "even", "orderBy": "ASC", "pageSize": 2}).json()
    second = api.request("GET", path, params={"pageToken": first["meta"]["nextToken"]}).json()
    assert [o["content"] for o in first["observations"] + second["observations"]] == ["fact 0", "fact 2", "fact 4"]
    assert second["meta"]["pageSize"] == 2 and "nextToken" not in second["meta"]


def test_12_unknown_parameters_and_a_form_type_without_body_are_ignored(api, place):
    answer = api.request(
        "GET",
        f"{place}/Observations",
        params={"Accept-Encoding": "gzip", "PageSize": "x", "Page": "0"},
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 200


def test_13_a_plain_body_labelled_gzip_is_read(api, place):
    answer = api.request("POST", f"{place}/Recall", json={}, headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 200


def test_14_an_ordinary_profile_never_redirects(api, place):
    """Merged profiles do, which test_identities.py asks."""
    answer = api.request("GET", place, allow_redirects=False)
    assert answer.status_code == 200 and "Location" not in answer.headers


def test_15_etag_is_spelled_so_and_if_match_may_be_bare(api, store):
    path = f"/v1/ControlPlane/Stores/{store}"
    answer = requests.get(api.url + path, auth=(ACCOUNT, TOKEN), timeout=20, stream=True)
    assert "ETag" in list(answer.raw.headers.keys())
    version = answer.headers["ETag"].strip('"')
    for tag in (version, "*"):
        assert api.request("PATCH", path, json={}, headers={"If-Match": tag}).status_code == 202


def test_many_connections_at_once(api, place):
    def recall(_):
        return requests.post(f"{api.url}{place}/Recall", json={}, auth=(ACCOUNT, TOKEN), timeout=20).status_code

    with ThreadPoolExecutor(100) as pool:
        assert set(pool.map(recall, range(300))) == {200}
