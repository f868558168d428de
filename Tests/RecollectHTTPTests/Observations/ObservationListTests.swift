import HTTPTypes
import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@testable import RecollectHTTP

@Suite struct `Lists of observations over HTTP` {
    /// Creates observations numbered from 0, a second apart.
    private func fill(_ profile: ProfileServer, _ count: Int) async throws {
        for number in 0..<count {
            let body = #"{"content": "\#(number)", "source": "\#(number.isMultiple(of: 2) ? "even" : "odd")"}"#
            #expect(try await profile.send(.post, profile.observations, body: body).status == 202)
            profile.server.test.clock.advance(by: .seconds(1))
        }
    }

    private func contents(_ answer: Answer) -> [String] {
        answer.items("observations").compactMap { $0.text("content") }
    }

    @Test(arguments: EngineKind.available)
    func `a page never holds more than 50, though 1000 may be asked for`(on engine: EngineKind) async throws {
        try await withProfileServer(on: engine) { profile in
            try await fill(profile, 51)
            let first = try await profile.send(.get, "\(profile.observations)?pageSize=5000")
            #expect(contents(first) == (1...50).reversed().map { "\($0)" })
            #expect(first.meta("pageSize") == "1000")
            #expect(first.meta("key") == "observations")
            #expect(first.meta("previousToken") == nil)
            let token = try #require(first.meta("nextToken"))
            let second = try await profile.send(.get, "\(profile.observations)?pageToken=\(token)")
            #expect(contents(second) == ["0"])
            #expect(second.meta("nextToken") == nil)
            #expect(second.meta("pageSize") == "1000")
            let back = try #require(second.meta("previousToken"))
            #expect(
                contents(try await profile.send(.get, "\(profile.observations)?pageToken=\(back)"))
                    == contents(first)
            )
        }
    }

    @Test(arguments: EngineKind.available)
    func `a token carries filters and order`(on engine: EngineKind) async throws {
        try await withProfileServer(on: engine) { profile in
            try await fill(profile, 12)
            let query = "source=even&createdAfter=2026-11-20T12:00:02Z&createdBefore=2026-11-20T12:00:10Z"
            let first = try await profile.send(.get, "\(profile.observations)?\(query)&orderBy=ASC&pageSize=3")
            #expect(contents(first) == ["2", "4", "6"])
            let token = try #require(first.meta("nextToken"))
            let second = try await profile.send(.get, "\(profile.observations)?pageToken=\(token)")
            #expect(contents(second) == ["8"])
            #expect(second.meta("nextToken") == nil)
        }
    }

    @Test(arguments: ["2026-11-20T13:00:01%2B01:00", "2026-11-20T13:00:01+01:00", "2026-11-20T12:00:00.500Z"])
    func `a time filter takes any offset, its plus sign encoded or not`(time: String) async throws {
        try await withProfileServer(on: .sqlite) { profile in
            try await fill(profile, 3)
            let answer = try await profile.send(.get, "\(profile.observations)?orderBy=ASC&createdAfter=\(time)")
            #expect(contents(answer) == ["1", "2"])
        }
    }

    @Test(arguments: [
        ("source=a/b", "source"), ("createdAfter=yesterday", "createdAfter"), ("createdBefore=", "createdBefore"),
        ("conversationId=conv_1", "conversationId"), ("orderBy=asc", "orderBy"), ("pageSize=0", "pageSize"),
        ("pageToken=AAAA", "pageToken"),
    ])
    func `a wrong parameter is refused by name`(query: String, field: String) async throws {
        try await withProfileServer(on: .sqlite) { profile in
            let refused = try await profile.send(.get, "\(profile.observations)?\(query)")
            #expect((refused.status, refused.code) == (400, 20001))
            #expect(refused.message?.hasPrefix("\(field): ") == true, "\(refused.text)")
        }
    }

    @Test(arguments: EngineKind.available)
    func `revisions are paged, and their tokens are no other list's`(on engine: EngineKind) async throws {
        try await withProfileServer(on: engine) { profile in
            let path = try await profile.observe(
                #""content": "0", "source": "crm", "occurredAt": "2026-11-19T08:00:00Z""#
            )
            for number in 1...4 {
                let patched = try await profile.send(.patch, path, body: #"{"content": "\#(number)"}"#)
                #expect(patched.status == 202)
            }
            var shown: [String] = []
            var token: String?
            repeat {
                let query = token.map { "pageToken=\($0)" } ?? "pageSize=2"
                let page = try await profile.send(.get, "\(path)/Revisions?\(query)")
                #expect(page.meta("key") == "revisions")
                shown += page.items("revisions").compactMap { $0.text("content") }
                if let token {
                    let stolen = try await profile.send(.get, "\(profile.observations)?pageToken=\(token)")
                    #expect((stolen.status, stolen.code) == (400, 20001))
                }
                token = page.meta("nextToken")
            } while token != nil
            #expect(shown == ["4", "3", "2", "1", "0"])
        }
    }
}
