"""The official Python client, unmodified, walks what tells customers apart: identifiers, look-up, bulk, merges, guards.

Merges and guards are extensions, which the client has no class for: they are asked without it.
"""

from __future__ import annotations

import time

import pytest
from twilio.base.exceptions import TwilioRestException

PHONES = ["+13175550101", "+13175550102", "+13175550103"]


def create(memory, store, **contact) -> str:
    profiles = memory.profiles(store)
    return profiles.create(profiles.ProfileData({"traits": {"Contact": contact}})).id


def found(memory, store, id_type, value) -> list[str]:
    lookup = memory.lookup(store)
    return lookup.create(lookup.Identifier({"idType": id_type, "value": value})).profiles


def remember(memory, store, profile, content) -> None:
    observations = memory.observations(store, profile)
    draft = {"content": content, "source": "test", "occurredAt": "2026-11-20T19:47:09Z"}
    draft = observations.ObservationCreateRequest(draft)
    observations.create(observations.CreateObservationsRequest({"observations": [draft]}))


def recalled(memory, store, profile) -> set[str]:
    recall = memory.recall(store, profile)
    return {item["content"] for item in recall.create(recall.MemoryRetrievalRequest({})).observations}


def completed(memory, accepted, seconds=20):
    """Polls an operation until it is done."""
    deadline = time.monotonic() + seconds
    while (operation := memory.operations(accepted.operation_id).fetch()).status != "COMPLETED":
        assert operation.status in ("PENDING", "RUNNING") and time.monotonic() < deadline, operation.status
        time.sleep(0.05)
    return operation


def test_lookup(memory, store):
    lookup = memory.lookup(store)
    profile = create(memory, store, phone=PHONES[0], email="Ann@Example.com")
    for id_type, value, normalised in [
        ("phone", "(317) 555-0101", PHONES[0]),
        ("phone", f"whatsapp:{PHONES[0]}", PHONES[0]),
        ("email", " ANN@example.com ", "ann@example.com"),
    ]:
        answer = lookup.create(lookup.Identifier({"idType": id_type, "value": value}))
        assert (answer.normalized_value, answer.profiles) == (normalised, [profile])
    for value, normalised in [(PHONES[1], PHONES[1]), ("user-42", "user-42")]:
        nothing = lookup.create_with_http_info(lookup.Identifier({"idType": "phone", "value": value}))
        assert (nothing.status_code, nothing.data.normalized_value, nothing.data.profiles) == (200, normalised, [])
    with pytest.raises(TwilioRestException) as unknown:
        lookup.create(lookup.Identifier({"idType": "fax", "value": "1"}))
    assert (unknown.value.status, unknown.value.code) == (400, 20001)


def test_identifiers(memory, store):
    profile = create(memory, store, phone=PHONES[0])
    identifiers = memory.identifiers(store, profile)

    def give(value):
        return identifiers.create_with_http_info(identifiers.Identifier({"idType": "phone", "value": value}))

    assert give("317 555 0102").status_code == 202
    give(PHONES[2])
    identifiers.create(identifiers.Identifier({"idType": "email", "value": "ANN@example.com"}))
    listed = {item.id_type: item.values for item in identifiers.list()}
    assert listed == {"email": ["ann@example.com"], "phone": PHONES}
    phones = memory.identifiers(store, profile, "phone")
    assert phones.fetch().values == PHONES
    update = {"idType": "phone", "oldValue": "(317) 555-0103", "newValue": "+4930901820"}
    phones.patch(identifiers.IdentifierUpdate(update))
    assert phones.fetch().values == [*PHONES[:2], "+4930901820"]
    assert found(memory, store, "phone", PHONES[2]) == []
    assert found(memory, store, "phone", "+49 30 901820") == [profile]
    assert phones.delete()
    assert phones.fetch().values == [PHONES[1], "+4930901820"]
    assert phones.delete(remove_all=True)
    with pytest.raises(TwilioRestException) as gone:
        phones.fetch()
    assert (gone.value.status, gone.value.code) == (404, 20404)
    assert [item.id_type for item in identifiers.list()] == ["email"]
    # The trait is the customer's, whether or not it identifies them.
    assert memory.profiles(store, profile).fetch().traits["Contact"]["phone"] == PHONES[0]


def test_an_identifier_of_another_profile_joins_the_two(memory, store):
    first, second = (create(memory, store, phone=phone) for phone in PHONES[:2])
    identifiers = memory.identifiers(store, first)
    update = identifiers.IdentifierUpdate({"idType": "phone", "oldValue": PHONES[0], "newValue": PHONES[1]})
    with pytest.raises(TwilioRestException) as taken:
        memory.identifiers(store, first, "phone").patch(update)
    assert (taken.value.status, taken.value.code) == (409, 20409)
    identifiers.create(identifiers.Identifier({"idType": "phone", "value": PHONES[1]}))
    assert found(memory, store, "phone", PHONES[1]) == [first]
    assert memory.profiles(store, second).fetch().id == first


def test_bulk(memory, store):
    known = create(memory, store, phone=PHONES[0])
    bulk = memory.bulk(store)
    entries = [
        {"phone": PHONES[0], "firstName": "Ann"},
        {"phone": PHONES[1], "firstName": "Bob"},
        # The same customer twice: the later entry wins.
        {"phone": "317-555-0102", "email": "bob@example.com", "firstName": "Robert"},
    ]
    request = {"profiles": [{"traits": {"Contact": entry}} for entry in entries]}
    answer = bulk.update_with_http_info(bulk.UpdateProfilesBulkRequest(request))
    assert answer.status_code == 202 and answer.headers["Operation-Id"] == answer.data.operation_id
    assert answer.data.status_url.endswith(answer.data.operation_id) and answer.data.created_at
    result = completed(memory, answer.data).result
    assert {name: result[name] for name in ("created", "updated", "merged", "failed")} == {
        "created": 1, "updated": 1, "merged": 0, "failed": 0,
    }
    assert memory.profiles(store, known).fetch().traits["Contact"]["firstName"] == "Ann"
    [other] = found(memory, store, "email", "bob@example.com")
    assert memory.profiles(store, other).fetch().traits["Contact"]["firstName"] == "Robert"
    request["profiles"].append({"traits": {"Contact": {"shoeSize": 43}}})
    request["profiles"][0]["traits"]["Contact"]["firstName"] = "Anna"
    with pytest.raises(TwilioRestException) as refused:
        bulk.update(bulk.UpdateProfilesBulkRequest(request))
    assert (refused.value.status, refused.value.code) == (400, 520010)
    assert "profiles[3].traits.Contact.shoeSize" in refused.value.msg
    assert memory.profiles(store, known).fetch().traits["Contact"]["firstName"] == "Ann"


def test_traits_are_listed_in_pages_orders_and_groups(memory, store):
    groups = memory.trait_groups(store)
    traits = {name: groups.TraitDefinition({"dataType": "STRING"}) for name in ("tier", "since")}
    groups.create(groups.TraitGroupRequest({"displayName": "Loyalty", "traits": traits}))
    profile = create(memory, store, phone=PHONES[0])
    expected = ["phone"]
    for group, name in [("Contact", "city"), ("Loyalty", "tier"), ("Contact", "state"), ("Loyalty", "since")]:
        patch = memory.profiles(store).ProfilePatch({"traits": {group: {name: "x"}}})
        memory.profiles(store, profile).patch(patch)
        expected.insert(0, name)
    listing = memory.traits(store, profile)
    assert [trait.name for trait in listing.list()] == expected
    assert [trait.name for trait in listing.list(order_by="ASC")] == expected[::-1]
    for order, names in [("DESC", expected), ("ASC", expected[::-1])]:
        assert [trait.name for trait in listing.list(order_by=order, page_size=2)] == names
    assert [trait.name for trait in listing.list(limit=3)] == expected[:3]
    assert [trait.name for trait in listing.list(trait_groups="loyalty", page_size=1)] == ["since", "tier"]
    first = listing.page(page_size=2)
    second = first.next_page()
    assert [trait.name for trait in second.previous_page()] == expected[:2]
    assert {(trait.trait_group, trait.value) for trait in second} == {("Loyalty", "x"), ("Contact", "x")}


@pytest.fixture()
def pair(memory, store):
    """Two profiles, the earlier first, that a create with the identifiers of both joins."""
    winner = create(memory, store, phone=PHONES[0], firstName="Ann")
    loser = create(memory, store, email="ann@example.com", city="Paris")
    remember(memory, store, winner, "Likes tea")
    remember(memory, store, loser, "Has a dog")
    return winner, loser


def join(memory, store) -> str:
    return create(memory, store, phone=PHONES[0], email="ann@example.com")


def test_reads_of_a_merged_profile_show_the_canonical_one(memory, api, store, pair):
    winner, loser = pair
    path = f"/v1/Stores/{store}/Profiles"
    assert join(memory, store) == winner
    united = {"phone": PHONES[0], "firstName": "Ann", "email": "ann@example.com", "city": "Paris"}
    assert memory.profiles(store, loser).fetch().traits == {"Contact": united}
    assert memory.profiles(store).list() == [winner]
    assert found(memory, store, "email", "ann@example.com") == [winner]
    assert recalled(memory, store, winner) == {"Likes tea", "Has a dog"}
    for below in (
        "", "/Traits", "/Identifiers", "/Identifiers/email", "/Observations", "/ConversationSummaries", "/Merges",
    ):
        read = api.request("GET", f"{path}/{loser}{below}", allow_redirects=False)
        assert (read.status_code, read.headers["Canonical-Profile-Id"]) == (200, winner), below
        canonical = api.request("GET", f"{path}/{winner}{below}")
        assert read.json() == canonical.json() and "Canonical-Profile-Id" not in canonical.headers, below


def test_writes_to_a_merged_profile_and_its_recall_are_sent_on(memory, api, store, pair):
    winner, loser = pair
    path = f"/v1/Stores/{store}/Profiles"
    join(memory, store)
    for method, below, body in [
        ("PATCH", "", {"traits": {"Contact": {"city": "Rome"}}}),
        ("POST", "/Observations", {"content": "Moved house"}),
        ("POST", "/Recall", {"query": "tea"}),
        ("DELETE", "/Identifiers/email?removeAll=true", None),
        ("DELETE", "", None),
    ]:
        moved = api.request(method, f"{path}/{loser}{below}", json=body, allow_redirects=False)
        assert moved.status_code == 308, (method, below, moved.text)
        assert moved.headers["Location"] == f"{path}/{winner}{below}"
        assert moved.headers["Canonical-Profile-Id"] == winner
        assert moved.json().keys() == {"message", "uri"} and winner in moved.json()["message"]
        assert moved.json()["uri"] == f"{api.url}{path}/{winner}{below}"
    with pytest.raises(TwilioRestException) as refused:
        recalled(memory, store, loser)
    assert refused.value.status == 308
    # Whoever follows is served, as method and body stay.
    followed = api.request("POST", f"{path}/{loser}/Recall", json={"query": "tea"})
    assert followed.status_code == 200 and followed.json()["observations"][0]["content"] == "Likes tea"


def test_a_merge_tells_its_reason_and_is_undone(memory, api, store, pair):
    winner, loser = pair
    merges = f"/v1/Stores/{store}/Profiles/{winner}/Merges"
    before = {profile: memory.profiles(store, profile).fetch().traits for profile in pair}
    join(memory, store)
    [merge] = api.request("GET", merges).json()["merges"]
    assert (merge["canonicalProfileId"], merge["mergedProfileId"]) == (winner, loser)
    assert merge["reason"] == {"rule": "email", "value": "ann@example.com"}
    assert merge["createdAt"] and "undoneAt" not in merge
    undone = api.request("POST", f"{merges}/{merge['id']}/Undo")
    assert undone.status_code == 202 and undone.json()["id"] == loser
    again = api.request("POST", f"{merges}/{merge['id']}/Undo")
    assert (again.status_code, again.json()["code"]) == (409, 20409)
    [merge] = api.request("GET", merges).json()["merges"]
    assert merge["undoneAt"]
    assert memory.profiles(store).list() == [loser, winner]
    assert memory.profiles(store, loser).fetch().traits == before[loser]
    # What the joining create wrote stays with the profile that its answer named.
    before[winner]["Contact"]["email"] = "ann@example.com"
    assert memory.profiles(store, winner).fetch().traits == before[winner]
    assert recalled(memory, store, winner) == {"Likes tea"} and recalled(memory, store, loser) == {"Has a dog"}
    assert found(memory, store, "phone", PHONES[0]) == [winner]
    assert found(memory, store, "email", "ann@example.com") == [loser]


def test_a_blocked_value_merges_nobody(memory, api, store):
    guards = f"/v1/ControlPlane/Stores/{store}/IdentityResolutionSettings/Guards"
    assert api.request("GET", guards).json() == {"blockedIdentifiers": []}
    blocked = {"idType": "email", "value": "Nobody@Example.com"}
    assert api.request("PUT", guards, json={"blockedIdentifiers": [blocked]}).status_code == 202
    stored = [{"idType": "email", "value": "nobody@example.com"}]
    assert api.request("GET", guards).json() == {"blockedIdentifiers": stored}
    first, second = (create(memory, store, phone=phone, email="nobody@example.com") for phone in PHONES[:2])
    assert first != second
    assert memory.profiles(store, second).fetch().traits["Contact"]["email"] == "nobody@example.com"
    assert found(memory, store, "email", "nobody@example.com") == []
    with pytest.raises(TwilioRestException) as unidentified:
        create(memory, store, email="nobody@example.com")
    assert unidentified.value.status == 400
    refused = api.request("PUT", guards, json={"blockedIdentifiers": [{"idType": "fax", "value": "1"}]})
    assert (refused.status_code, refused.json()["code"]) == (400, 520024)
    assert refused.json()["message"].startswith("blockedIdentifiers[0]")


def test_the_daily_limit_of_merges_keeps_the_newcomer_separate(memory, api, store):
    guards = f"/v1/ControlPlane/Stores/{store}/IdentityResolutionSettings/Guards"
    assert api.request("PUT", guards, json={"dailyMergesLimit": 1}).status_code == 202
    first, second, third = (create(memory, store, phone=phone) for phone in PHONES)
    for profile, name in ((second, "b"), (third, "c")):
        identifiers = memory.identifiers(store, profile)
        identifiers.create(identifiers.Identifier({"idType": "email", "value": f"{name}@example.com"}))
    assert create(memory, store, phone=PHONES[0], email="b@example.com") == first
    assert create(memory, store, phone=PHONES[0], email="c@example.com", city="Paris") == first
    assert memory.profiles(store).list() == [third, first]
    assert found(memory, store, "email", "c@example.com") == [third]
    contact = memory.profiles(store, first).fetch().traits["Contact"]
    assert contact["city"] == "Paris"
    assert "city" not in memory.profiles(store, third).fetch().traits["Contact"]
    assert len(api.request("GET", f"/v1/Stores/{store}/Profiles/{first}/Merges").json()["merges"]) == 1
