"""The official Python client, unmodified, walks every operation that is built."""

from __future__ import annotations

import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException

CONVERSATION = "conv_conversation_00000000000000000000000001"


def result_of(memory, accepted) -> str:
    return memory.operations(accepted.status_url.rsplit("/", 1)[1]).fetch().result["id"]


def observation(memory, store, profile, content, source="test"):
    observations = memory.observations(store, profile)
    return observations.create(
        observations.CreateObservationsRequest(
            {
                "observations": [
                    observations.ObservationCreateRequest(
                        {
                            "content": content,
                            "source": source,
                            "occurredAt": "2026-11-20T19:47:09Z",
                            "conversationIds": [CONVERSATION],
                        }
                    )
                ]
            }
        )
    )


def test_stores(memory):
    accepted = memory.stores.create(memory.stores.ServiceRequest({"displayName": "walk", "description": "a"}))
    store = result_of(memory, accepted)
    assert store in memory.stores.list()
    fetched = memory.stores(store).fetch_with_http_info()
    assert fetched.data.status == "ACTIVE" and fetched.headers["ETag"] == '"1"'
    change = memory.stores.PatchStoreRequest({"description": "b"})
    memory.stores(store).patch(change, if_match=fetched.headers["ETag"])
    assert memory.stores(store).fetch().version == 2
    with pytest.raises(TwilioRestException) as stale:
        memory.stores(store).patch(change, if_match='"1"')
    assert (stale.value.status, stale.value.code) == (412, 520043)
    memory.stores(store).delete()
    with pytest.raises(TwilioRestException) as gone:
        memory.stores(store).fetch()
    assert (gone.value.status, gone.value.code) == (404, 520041)


def test_lists_page_in_both_directions(memory, store):
    profiles = memory.profiles(store)
    for number in range(5):
        profiles.create(profiles.ProfileData({"traits": {"Contact": {"phone": f"+1317555010{number}"}}}))
    everything = profiles.list()
    assert len(everything) == 5
    assert profiles.list(page_size=2) == everything
    assert profiles.list(limit=3) == everything[:3]
    assert list(profiles.stream(page_size=2)) == everything
    first = profiles.page(page_size=2)
    second = first.next_page()
    assert list(second.previous_page()) == everything[:2]


def test_trait_groups(memory, store):
    groups = memory.trait_groups(store)
    groups.create(
        groups.TraitGroupRequest(
            {"displayName": "Loyalty", "traits": {"tier": groups.TraitDefinition({"dataType": "STRING"})}}
        )
    )
    assert {group.display_name for group in groups.list()} == {"Contact", "Loyalty"}
    fetched = memory.trait_groups(store, "loyalty").fetch()
    assert fetched.trait_group["traits"]["tier"]["dataType"] == "STRING"
    memory.trait_groups(store, "Loyalty").patch(groups.PatchTraitGroupRequest({"description": "points"}))
    assert memory.trait_groups(store, "Loyalty").fetch().trait_group["version"] == 2
    memory.trait_groups(store, "Loyalty").delete()
    with pytest.raises(TwilioRestException) as built_in:
        memory.trait_groups(store, "Contact").delete()
    assert (built_in.value.status, built_in.value.code) == (409, 520050)


def test_data_mappings(memory, store):
    mappings = memory.data_mappings(store)

    def target(column, trait):
        item = mappings.MappingTraitItem({"expression": column, "traitGroup": "contact", "traitName": trait})
        return mappings.DataMappingToTraits({"type": "TRAITS", "mappings": [item]})

    source = mappings.DataMappingFromTypes({"type": "INGRESS", "columns": ["E-Mail", "Vorname"]})
    accepted = mappings.create(
        mappings.CreateDataMappingInput(
            {"displayName": "people", "mappingFrom": source, "mappingTo": target("E-Mail", "Email")}
        )
    )
    dataset = mappings.DataMappingFromTypes(
        {"type": "DATASET_WAREHOUSE", "datasetId": "tdi_dataset_0ulio" + "0" * 21}
    )
    mappings.create(
        mappings.CreateDataMappingInput(
            {"displayName": "rows", "isEnabled": False, "mappingFrom": dataset, "mappingTo": target("phone_1", "phone")}
        )
    )
    one = memory.data_mappings(store, result_of(memory, accepted))
    fetched = one.fetch_with_http_info()
    assert fetched.headers["ETag"] == '"1"'
    mapping = fetched.data
    assert (mapping.display_name, mapping.is_enabled, mapping.version) == ("people", True, 1)
    assert mapping.mapping_from == {"type": "INGRESS", "columns": ["E-Mail", "Vorname"]}
    assert mapping.mapping_to["mappings"] == [{"expression": "E-Mail", "traitGroup": "Contact", "traitName": "email"}]
    assert [item.display_name for item in mappings.list()] == ["rows", "people"]
    assert [item.display_name for item in mappings.list(page_size=1, order_by="ASC")] == ["people", "rows"]
    [listed] = mappings.list(type="DATASET_WAREHOUSE")
    assert listed.mapping_from["datasetId"] == dataset.dataset_id and not listed.is_enabled
    change = mappings.DataMappingCore({"description": "d", "mappingTo": target("Vorname", "first_name")})
    one.patch(change, if_match=fetched.headers["ETag"])
    changed = one.fetch()
    assert (changed.version, changed.mapping_to["mappings"][0]["traitName"]) == (2, "firstName")
    with pytest.raises(TwilioRestException) as stale:
        one.patch(change, if_match='"1"')
    assert (stale.value.status, stale.value.code) == (412, 520043)
    with pytest.raises(TwilioRestException) as wrong:
        one.patch(mappings.DataMappingCore({"mappingTo": target("Nachname", "lastName")}))
    assert (wrong.value.status, wrong.value.code) == (400, 520046)
    one.delete()
    with pytest.raises(TwilioRestException) as gone:
        one.fetch()
    assert (gone.value.status, gone.value.code) == (404, 520048)


def test_data_mapping_suggestions(memory, api, store):
    """The client has no class for suggestions: asked without it, and the operation followed with it."""
    path = f"/v1/ControlPlane/Stores/{store}/DataMappings/Suggestions"
    source = {"type": "INGRESS", "columns": ["E-Mail Address", "Mobile", "Shoe size", "Surname"]}
    accepted = api.request("POST", path, json={"mappingFrom": source, "mappingTo": {"type": "TRAITS"}})
    assert accepted.status_code == 202 and accepted.headers["Location"] == accepted.json()["statusUrl"]
    suggestion = memory.operations(accepted.headers["Operation-Id"]).fetch().result["id"]
    fetched = api.request("GET", f"{path}/{suggestion}").json()
    assert fetched["mappingFrom"] == source
    suggested = fetched["mappingTo"]["mappings"]
    assert [(item["mapping"]["expression"], item["mapping"]["traitName"]) for item in suggested] == [
        ("E-Mail Address", "email"), ("Mobile", "phone"), ("Surname", "lastName"),
    ]
    assert all(0 <= item["confidence"] <= 1 and item["rationale"] for item in suggested)
    listed = api.request("GET", path).json()
    assert listed["dataMappingSuggestions"] == [fetched]
    assert listed["meta"]["key"] == "dataMappingSuggestions"
    # What was suggested can be used as it is.
    mappings = [item["mapping"] for item in suggested]
    draft = {"displayName": "suggested", "mappingFrom": source, "mappingTo": {"type": "TRAITS", "mappings": mappings}}
    assert api.request("POST", path.removesuffix("/Suggestions"), json=draft).status_code == 202
    unknown = api.request("GET", f"{path}/mem_mapsuggestion_{'0' * 26}")
    assert (unknown.status_code, unknown.json()["code"]) == (404, 520058)


def test_identity_resolution_settings(memory, store):
    settings = memory.identity_resolution_settings(store)
    fetched = settings.fetch()
    assert fetched.matching_rules == ["email", "whatsapp", "phone", "chat"]
    settings.update(
        settings.IdentityResolutionSettingsCore(
            {"identifierConfigs": fetched.identifier_configs, "matchingRules": ["phone", "email"]}
        ),
        if_match='"1"',
    )
    assert settings.fetch().matching_rules == ["phone", "email"]


def test_profiles_and_traits(memory, store):
    profiles = memory.profiles(store)
    created = profiles.create(profiles.ProfileData({"traits": {"Contact": {"email": "Ann@Example.com"}}}))
    again = profiles.create(profiles.ProfileData({"traits": {"Contact": {"email": "ann@example.com "}}}))
    assert again.id == created.id
    profile = memory.profiles(store, created.id)
    profile.patch(profiles.ProfilePatch({"traits": {"Contact": {"firstName": "Ann"}}}))
    assert profile.fetch(trait_groups="Contact,Nothing").traits["Contact"]["firstName"] == "Ann"
    assert {trait.name for trait in memory.traits(store, created.id).list()} == {"email", "firstName"}
    profile.delete()
    with pytest.raises(TwilioRestException) as gone:
        profile.fetch()
    assert gone.value.status == 404


def test_observations_and_revisions(memory, api, store):
    profile = api.profile(store, "+13175550101")
    observation(memory, store, profile, "Likes tea", source="a")
    observation(memory, store, profile, "Has a dog", source="b")
    listed = memory.observations(store, profile).list(conversation_id=CONVERSATION)
    assert [item.content for item in listed] == ["Has a dog", "Likes tea"]
    assert [item.content for item in memory.observations(store, profile).list(source="a")] == ["Likes tea"]
    one = memory.observations(store, profile, listed[1].id)
    one.patch(memory.observations(store, profile).ObservationBase({"content": "Likes coffee"}))
    assert one.fetch().content == "Likes coffee"
    revisions = memory.revisions(store, profile, listed[1].id).list()
    assert [revision.content for revision in revisions] == ["Likes coffee", "Likes tea"]
    one.delete()
    with pytest.raises(TwilioRestException):
        one.fetch()


def test_conversation_summaries(memory, api, store):
    profile = api.profile(store, "+13175550102")
    summaries = memory.conversation_summaries(store, profile)
    draft = {
        "content": "Asked about an order",
        "source": "test",
        "occurredAt": "2026-11-20T19:47:09Z",
        "conversationId": CONVERSATION,
    }
    summaries.create(summaries.CreateSummariesRequest({"summaries": [summaries.SummaryCore(draft)]}))
    [listed] = summaries.list(conversation_id=CONVERSATION)
    one = memory.conversation_summaries(store, profile, listed.id)
    one.patch(summaries.SummaryCorePatch({"content": "Asked about a refund"}))
    assert one.fetch().content == "Asked about a refund"
    one.delete()
    assert summaries.list() == []


def test_recall(memory, api, store):
    profile = api.profile(store, "+13175550103")
    for content in ("Likes green tea", "Lives in Paris", "Has two dogs"):
        observation(memory, store, profile, content)
    recall = memory.recall(store, profile)
    recent = recall.create(recall.MemoryRetrievalRequest({}))
    assert [item["content"] for item in recent.observations] == ["Has two dogs", "Lives in Paris", "Likes green tea"]
    assert "score" not in recent.observations[0]
    found = recall.create(recall.MemoryRetrievalRequest({"query": "which tea?"}))
    assert found.observations[0]["content"] == "Likes green tea"
    assert isinstance(found.meta["queryTime"], int)


def test_errors_of_lists_carry_the_status(memory):
    with pytest.raises(TwilioException) as failed:
        memory.profiles("mem_store_00000000000000000000000000").list()
    assert "404" in str(failed.value)
