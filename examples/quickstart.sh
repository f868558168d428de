#!/usr/bin/env bash
# Recollect in five minutes with curl: a store, a profile, observations, a change, its revisions, and recall.
#
# Needs RECOLLECT_ACCOUNT_SID and RECOLLECT_AUTH_TOKEN, as the server printed them on its first start.
set -euo pipefail

url=${RECOLLECT_URL:-http://127.0.0.1:8080}
call() {
    curl --silent --show-error --fail-with-body --user "$RECOLLECT_ACCOUNT_SID:$RECOLLECT_AUTH_TOKEN" \
        --header 'Content-Type: application/json' "$@"
}
field() {
    python3 -c "import json, sys; print(json.load(sys.stdin)$1)"
}

echo "A store"
name="quickstart-$(date +%s)-$$"
operation=$(call --data "{\"displayName\": \"$name\"}" "$url/v1/ControlPlane/Stores" | field '["statusUrl"]')
store=$(call "$operation" | field '["result"]["id"]')
echo "  $store"

echo "A customer, found again by phone number however it is written"
profiles="$url/v1/Stores/$store/Profiles"
profile=$(call --data '{"traits": {"Contact": {"phone": "(317) 555-0134", "firstName": "Ann"}}}' "$profiles" | field '["id"]')
again=$(call --data '{"traits": {"Contact": {"phone": "+1 317 555 0134"}}}' "$profiles" | field '["id"]')
[ "$profile" = "$again" ]
echo "  $profile"

echo "What was learnt on the phone"
call --output /dev/null --data '{"observations": [
    {"content": "Prefers green tea to coffee", "source": "voice", "occurredAt": "2026-11-18T09:30:00Z"},
    {"content": "Has two dogs, Rex and Bella", "source": "voice", "occurredAt": "2026-11-19T14:00:00Z"},
    {"content": "Wants deliveries after six in the evening", "source": "sms", "occurredAt": "2026-11-20T17:45:00Z"}
]}' "$profiles/$profile/Observations"
call "$profiles/$profile/Observations" | python3 -m json.tool

echo "A correction, and what was known before"
dogs=$(call "$profiles/$profile/Observations" | field '["observations"][1]["id"]')
call --output /dev/null --request PATCH --data '{"content": "Has three dogs: Rex, Bella and Max"}' \
    "$profiles/$profile/Observations/$dogs"
call "$profiles/$profile/Observations/$dogs/Revisions" | python3 -m json.tool

echo "Recall, while the customer is on the line"
call --data '{"query": "which hours for deliveries?", "observationsLimit": 1}' "$profiles/$profile/Recall" | python3 -m json.tool

call --output /dev/null --request DELETE "$url/v1/ControlPlane/Stores/$store"
