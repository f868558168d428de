import HTTPTypes
import RecollectTestSupport
import Testing

@testable import RecollectHTTP

@Suite struct `Merges over HTTP` {
    @Test(arguments: EngineKind.available)
    func `a merge tells both ids, the reason and the time`(on engine: EngineKind) async throws {
        try await withMergedPair(on: engine) { pair in
            let list = try await pair.send(.get, "\(pair.profiles)/\(pair.winner)/Merges")
            let id = try await pair.newestMerge()
            #expect(id.hasPrefix("mem_merge_"))
            #expect(
                list.text == """
                    {"merges":[{"id":"\(id)","canonicalProfileId":"\(pair.winner)","mergedProfileId":"\(pair.loser)",\
                    "reason":{"rule":"email","value":"ann@example.com"},"createdAt":"2026-11-20T12:00:00Z"}],\
                    "meta":{"key":"merges","pageSize":50}}
                    """
            )
        }
    }

    @Test(arguments: EngineKind.available)
    func `merges are listed newest first, in pages that begin anywhere`(on engine: EngineKind) async throws {
        try await withMergedPair(on: engine) { pair in
            var losers = [pair.loser]
            for chat in ["b", "c"] {
                pair.server.test.clock.advance(by: .seconds(1))
                losers.insert(try await pair.create(#""chat": "\#(chat)""#), at: 0)
                #expect(try await pair.create(#""phone": "+13175550101", "chat": "\#(chat)""#) == pair.winner)
            }
            let path = "\(pair.profiles)/\(pair.winner)/Merges"
            let all = try await pair.send(.get, path).items("merges").map { $0.text("mergedProfileId") }
            #expect(all == losers)
            let ascending = try await pair.send(.get, "\(path)?orderBy=ASC").items("merges")
            #expect(ascending.map { $0.text("mergedProfileId") } == losers.reversed())
            var (found, next): ([String?], String?) = ([], "\(path)?pageSize=1")
            while let page = next {
                let answer = try await pair.send(.get, page)
                found += answer.items("merges").map { $0.text("mergedProfileId") }
                next = answer.meta("nextToken").map { "\(path)?pageToken=\($0)" }
            }
            #expect(found == losers)
            #expect(try await pair.send(.get, "\(path)?pageSize=0").code == 20001)
            #expect(try await pair.send(.get, "\(path)?pageToken=x").code == 20001)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a profile that was never merged has no merges`(on engine: EngineKind) async throws {
        try await withProfileServer(on: engine) { profile in
            let list = try await profile.send(.get, "\(profile.path)/Merges")
            #expect(list.text == #"{"merges":[],"meta":{"key":"merges","pageSize":50}}"#)
        }
    }

    @Test(arguments: EngineKind.available)
    func `an undone merge is told with its time, and both profiles stand for themselves`(
        on engine: EngineKind
    ) async throws {
        try await withMergedPair(on: engine) { pair in
            let merges = "\(pair.profiles)/\(pair.winner)/Merges"
            let id = try await pair.newestMerge()
            pair.server.test.clock.advance(by: .seconds(5))
            let undone = try await pair.send(.post, "\(merges)/\(id)/Undo")
            #expect(undone.status == 202)
            #expect(undone.text == #"{"id":"\#(pair.loser)","message":"Merge undone"}"#)
            let list = try await pair.send(.get, merges).text
            #expect(list.contains(#""createdAt":"2026-11-20T12:00:00Z","undoneAt":"2026-11-20T12:00:05Z""#), "\(list)")
            for profile in [pair.winner, pair.loser] {
                let read = try await pair.send(.get, "\(pair.profiles)/\(profile)")
                #expect(read.text.hasPrefix(#"{"id":"\#(profile)""#) && read.headers[.canonicalProfileID] == nil)
                let patch = #"{"traits": {"Contact": {"city": "Rome"}}}"#
                #expect(try await pair.send(.patch, "\(pair.profiles)/\(profile)", body: patch).status == 202)
            }
            let email = try await pair.send(.get, "\(pair.profiles)/\(pair.loser)/Identifiers").text
            #expect(email == #"{"identifiers":[{"idType":"email","values":["ann@example.com"]}]}"#)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a merge is undone once, and a repeated request is answered again`(on engine: EngineKind) async throws {
        try await withMergedPair(on: engine) { pair in
            let undo = "\(pair.profiles)/\(pair.winner)/Merges/\(try await pair.newestMerge())/Undo"
            let first = try await pair.server.send(.post, undo, [.idempotencyKey: "k"])
            let second = try await pair.server.send(.post, undo, [.idempotencyKey: "k"])
            #expect(first.status == 202 && second.status == 202 && first.text == second.text)
            let third = try await pair.send(.post, undo)
            #expect(third.status == 409 && third.code == 20409)
            #expect(third.message?.hasPrefix("mergeId:") == true)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a merge that the profile has not is not found, and one that is no id is malformed`(
        on engine: EngineKind
    ) async throws {
        try await withMergedPair(on: engine) { pair in
            let nobody = String(repeating: "0", count: 26)
            let merges = "\(pair.profiles)/\(pair.winner)/Merges"
            let unknown = try await pair.send(.post, "\(merges)/mem_merge_\(nobody)/Undo")
            #expect(unknown.status == 404 && unknown.code == 20404)
            let malformed = try await pair.send(.post, "\(merges)/mem_merge_1/Undo")
            #expect(malformed.status == 400 && malformed.code == 20001)
            let other = try await pair.create(#""chat": "other""#)
            let merge = try await pair.newestMerge()
            #expect(try await pair.send(.post, "\(pair.profiles)/\(other)/Merges/\(merge)/Undo").code == 20404)
            #expect(try await pair.send(.get, "\(pair.profiles)/mem_profile_\(nobody)/Merges").code == 20404)
            #expect(try await pair.send(.get, "\(merges)/\(merge)/Undo").status == 405)
        }
    }
}
