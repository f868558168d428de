-- A mix of requests in a closed loop: 90 of 100 recall, 8 add an observation, 2 change one, each on a profile drawn at random.
-- wrk tells latencies of all requests together, so each kind has a histogram of its own here. A thread has one connection, so that
-- what it asked last is what it is answered. Buckets grow by 2 %: a percentile is exact to one of them.
--
-- Arguments: the Authorization header, the file of profiles (a path and the id of an observation a line), the seed.

local ffi = require("ffi")
ffi.cdef("typedef struct { long seconds; long nanoseconds; } instant; int clock_gettime(int clock, instant *now);")
local now = ffi.new("instant")
local GROWTH = math.log(1.02)
local KINDS = { "Recall", "POST observation", "PATCH observation" }
local WORDS = { "green tea", "a refund", "the blue bicycle", "a window seat", "gift cards", "the winter tyres", "an invoice" }

local threads = {}
local profiles, asked, started = {}, 1, 0
-- wrk hands tables of numbers from thread to thread, but none within another: the key is the kind and the bucket.
counts, failures = {}, 0
local BUCKETS = 1000

local function microseconds()
    ffi.C.clock_gettime(1, now)
    return tonumber(now.seconds) * 1e6 + tonumber(now.nanoseconds) / 1e3
end

function setup(thread)
    thread:set("number", #threads)
    table.insert(threads, thread)
end

function init(arguments)
    wrk.headers["Authorization"] = arguments[1]
    wrk.headers["Content-Type"] = "application/json"
    for line in io.lines(arguments[2]) do
        local path, observation = line:match("^(%S+) (%S+)$")
        table.insert(profiles, { path = path, observation = observation })
    end
    math.randomseed(tonumber(arguments[3]) + number)
end

function request()
    local profile = profiles[math.random(#profiles)]
    local first, second = WORDS[math.random(#WORDS)], WORDS[math.random(#WORDS)]
    local chance = math.random(100)
    local method, path, body
    if chance <= 90 then
        asked, method, path = 1, "POST", profile.path .. "/Recall"
        body = string.format('{"query": "did they ask about %s or %s?"}', first, second)
    elseif chance <= 98 then
        asked, method, path = 2, "POST", profile.path .. "/Observations"
        body = string.format(
            '{"observations": [{"content": "The customer asked about %s, and then again about %s (call %d)", '
                .. '"source": "load", "occurredAt": "2026-11-20T12:00:00Z"}]}',
            first, second, math.random(1e6)
        )
    else
        asked, method, path = 3, "PATCH", profile.path .. "/Observations/" .. profile.observation
        body = string.format('{"content": "The customer prefers %s to %s (call %d)"}', first, second, math.random(1e6))
    end
    started = microseconds()
    return wrk.format(method, path, nil, body)
end

function response(status)
    local bucket = math.floor(math.log(math.max(microseconds() - started, 1)) / GROWTH)
    local key = asked * BUCKETS + math.min(bucket, BUCKETS - 1)
    counts[key] = (counts[key] or 0) + 1
    if status >= 300 then failures = failures + 1 end
end

function done(summary)
    local failed = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
    print("SECONDS " .. summary.duration / 1e6)
    for _, thread in ipairs(threads) do
        failed = failed + thread:get("failures")
        for key, count in pairs(thread:get("counts")) do
            print("COUNT", KINDS[math.floor(key / BUCKETS)], key % BUCKETS, count)
        end
    end
    print("FAILED " .. failed)
end
