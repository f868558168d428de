"""Recall as callers see it: by words, by meaning where there is a model, and what this server adds to the contract."""

from __future__ import annotations

import os
import time

import pytest

needs_model = pytest.mark.skipif("RECOLLECT_TEST_MODEL" not in os.environ, reason="there is no model to test with")


def observe(api, place, content, **more):
    draft = {"content": content, "source": "test", "occurredAt": "2026-11-20T12:00:00Z"} | more
    answer = api.request("POST", f"{place}/Observations", json={"observations": [draft]})
    assert answer.status_code == 202, answer.text


def recall(api, place, **body):
    answer = api.request("POST", f"{place}/Recall", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def contents(found, kind="observations"):
    return [item["content"] for item in found[kind]]


def wait_for_vectors(api, place):
    """Vectors follow the writes: waits until all that is recalled has one."""
    for _ in range(200):
        found = recall(api, place, query="anything", explain=True, observationsLimit=100)["observations"]
        if all("cosine" in item["explanation"] for item in found):
            return
        time.sleep(0.05)
    raise AssertionError("the vectors were not made")


def test_provenance_is_kept_found_and_read_back(api, place):
    observe(api, place, "Commutes", communicationIds=["SM-1"], evidence=["Ada: my train is always late 🚆"])
    observe(api, place, "Likes tea", occurredAt="2026-11-18T12:00:00Z")
    found = recall(api, place, query="late trains")["observations"]
    assert found[0]["content"] == "Commutes"
    assert found[0]["communicationIds"] == ["SM-1"] and found[0]["evidence"] == ["Ada: my train is always late 🚆"]
    # Those who do not know of it see the contract's answer.
    assert "evidence" not in found[1] and "explanation" not in found[1] and "communicationIds" not in found[1]
    path = f"{place}/Observations/{found[0]['id']}"
    assert api.request("PATCH", path, json={"evidence": []}).status_code == 202
    assert "evidence" not in api.request("GET", path).json()
    assert api.request("GET", path).json()["communicationIds"] == ["SM-1"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("evidence", ["x"] * 11), ("evidence", ["x" * 1025]), ("evidence", [""]), ("evidence", ["a\0"]), ("evidence", "x"),
        ("communicationIds", ["x"] * 11), ("communicationIds", ["a b"]), ("communicationIds", ["x" * 129]),
        ("content", "x" * 1_000_000),
    ],
)
def test_what_breaks_a_limit_is_refused_whole(api, place, field, value):
    draft = {"content": "a", "source": "test", "occurredAt": "2026-11-20T12:00:00Z"} | {field: value}
    answer = api.request("POST", f"{place}/Observations", json={"observations": [draft]})
    assert answer.status_code == 400, answer.text[:500]
    assert recall(api, place)["observations"] == []


def test_a_score_is_explained_when_that_is_asked_for(api, place):
    observe(api, place, "Likes green teas")
    [item] = recall(api, place, query="which tea?", explain=True)["observations"]
    assert item["explanation"]["matchedTerms"] == ["tea"] and item["explanation"]["bm25"] > 0
    assert item["explanation"]["ageSeconds"] != 0


def test_the_past_is_recalled_until_it_is_erased(api, place):
    observe(api, place, "Likes tea")
    [item] = recall(api, place)["observations"]
    then = item["createdAt"]
    path = f"{place}/Observations/{item['id']}"
    # Times are printed to the second.
    time.sleep(1.1)
    assert api.request("PATCH", path, json={"content": "Likes coffee"}).status_code == 202
    assert api.request("DELETE", path).status_code == 202
    assert contents(recall(api, place)) == []
    assert contents(recall(api, place, asOf=then)) == ["Likes tea"]
    assert api.request("GET", f"{path}/Revisions").status_code == 404
    assert api.request("DELETE", path, params={"erase": "true"}).status_code == 202
    assert contents(recall(api, place, asOf=then)) == []
    assert api.request("DELETE", path, params={"erase": "true"}).status_code == 404


def test_the_best_fit_a_budget_of_tokens(api, place):
    observe(api, place, "tea tea tea")
    observe(api, place, "cake " * 200)
    found = recall(api, place, query="tea", maxTokens=20)
    assert contents(found) == ["tea tea tea"] and 0 < found["meta"]["tokens"] <= 20
    assert "tokens" not in recall(api, place, query="tea")["meta"]
    assert api.request("POST", f"{place}/Recall", json={"maxTokens": -1}).status_code == 400


def test_a_store_has_a_language(api, store, place):
    observe(api, place, "Fährt mit den Zügen")
    assert recall(api, place, query="Züge", explain=True)["observations"][0]["explanation"]["matchedTerms"] == []
    path = f"/v1/ControlPlane/Stores/{store}"
    assert "language" not in api.request("GET", path).json()
    assert api.request("PATCH", path, json={"language": "de"}).status_code == 202
    assert api.request("GET", path).json()["language"] == "de"
    assert recall(api, place, query="Züge", explain=True)["observations"][0]["explanation"]["matchedTerms"] == ["zug"]
    assert api.request("PATCH", path, json={"language": "tlh"}).status_code == 400


AWKWARD = [
    "word " * 204, "😀" * 1024, "שלום עולם, مرحبا", "\u200b\u200d\u200b", "the of and what is it", "?!…", "a" * 1024,
    "\ud7ff\ue000\U0010ffff", "NULL'; DROP TABLE observation; --", "e\u0301" * 512,
]


@pytest.mark.parametrize("query", AWKWARD)
def test_an_awkward_query_is_answered(api, place, query):
    observe(api, place, "Likes tea")
    assert contents(recall(api, place, query=query)) == ["Likes tea"]


@needs_model
def test_what_is_alike_in_meaning_is_found_without_a_word_in_common(api, place):
    observe(api, place, "Her puppy is called Biscuit", occurredAt="2026-11-11T12:00:00Z")
    observe(api, place, "Takes the early train to work", occurredAt="2026-11-12T12:00:00Z")
    observe(api, place, "Allergic to peanuts", occurredAt="2026-11-13T12:00:00Z")
    wait_for_vectors(api, place)
    assert contents(recall(api, place, query="What pets does she own?"))[0] == "Her puppy is called Biscuit"
    assert contents(recall(api, place, query="food intolerances"))[0] == "Allergic to peanuts"


@needs_model
def test_health_names_the_model(api):
    health = api.request("GET", "/health").json()
    assert health["model"] == "all-MiniLM-L6-v2" and health["recall"] == "hybrid"
