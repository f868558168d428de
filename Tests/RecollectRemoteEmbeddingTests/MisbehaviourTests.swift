import RecollectEmbedding
import RecollectRemoteEmbedding
import Testing

@Suite(.timeLimit(.minutes(10))) struct `An endpoint that misbehaves` {
    private typealias Behaviour = EmbeddingStub.Behaviour

    /// What the embedder says of two texts; nil when it has their vectors.
    private static func error(_ remote: RemoteSetUp) async -> EmbeddingError? {
        do throws(EmbeddingError) {
            _ = try await remote.embedder.embed(["a dog", "some tea"])
            return nil
        } catch {
            return error
        }
    }

    /// Expects an answer to be refused for a reason, at once, and the next right one to be taken.
    private func check(_ answer: Behaviour, _ reason: EmbeddingError) async throws {
        try await withRemote([answer]) { remote in
            #expect(await Self.error(remote) == reason)
            #expect(remote.stub.seen.count == 1)
            #expect(remote.pauses.durations.isEmpty)
            #expect(!"\(reason)".contains("\n"))
            #expect(await Self.error(remote) == nil)
        }
    }

    private func check(_ answer: String, _ reason: String) async throws {
        try await check(.answers(200, answer), .unusableAnswer(reason))
    }

    @Test func `what is no JSON is refused`() async throws {
        try await check("<!doctype html><p>Sign in", "it is a page of HTML; is the base URL right?")
        try await check("\n <html>", "it is a page of HTML; is the base URL right?")
        try await check("", "it is empty")
        try await check("null", "it is no JSON object, or a broken one")
        try await check(#"{"data": [{"index": 0, "embedding": [0.1, 0.2"#, "it is no JSON object, or a broken one")
        for number in ["NaN", "-Infinity", "1e999"] {
            try await check(
                "{\"data\": [{\"index\": 0, \"embedding\": [\(number)]}]}",
                "it is no JSON object, or a broken one"
            )
        }
    }

    @Test func `JSON of another form is refused`() async throws {
        try await check(#"{"error": {"message": "sk-confidential"}}"#, "it has no list of vectors")
        try await check(#"{"data": {}}"#, "it has no list of vectors")
        try await check(#"{"data": [1, 2]}"#, "it has no list of vectors")
        try await check(#"{"data": [{"embedding": [1]}]}"#, "a vector has no index")
        try await check(#"{"data": [{"index": 0, "embedding": "AACAPw=="}]}"#, "a vector is no list of numbers")
        try await check(#"{"data": [{"index": 0}]}"#, "a vector is no list of numbers")
    }

    @Test func `too few, too many and doubled vectors are refused`() async throws {
        let few = Behaviour.mangles { EmbeddingStub.answer($0.dropLast()) }
        try await check(few, .unusableAnswer("1 vectors came for 2 texts"))
        let many = Behaviour.mangles { EmbeddingStub.answer($0 + $0) }
        try await check(many, .unusableAnswer("4 vectors came for 2 texts"))
        let doubled = Behaviour.mangles { EmbeddingStub.answer([$0[0], $0[0]]) }
        try await check(doubled, .unusableAnswer("two vectors have the index 0"))
        for index in [2, -1] {
            let strange = Behaviour.mangles { items in
                EmbeddingStub.answer([items[0], .init(index: index, embedding: items[1].embedding)])
            }
            try await check(strange, .unusableAnswer("a vector has the index \(index) and there are 2 texts"))
        }
    }

    @Test func `vectors of another number of components are refused`() async throws {
        for (made, count) in [(-1, 63), (1, 65)] {
            let wrong = Behaviour.mangles { items in
                var items = items
                items[1].embedding = made < 0 ? Array(items[1].embedding.dropLast()) : items[1].embedding + [0]
                return EmbeddingStub.answer(items)
            }
            try await check(wrong, .wrongDimensions(expected: 64, got: count))
        }
        try await check(
            .answers(200, #"{"data": [{"index": 0, "embedding": []}, {"index": 1, "embedding": []}]}"#),
            .wrongDimensions(expected: 64, got: 0)
        )
    }

    @Test(arguments: ["null", "\"NaN\"", "\"Infinity\"", "[1]"])
    func `components that are no numbers are refused`(_ component: String) async throws {
        try await check(.answers(200, "{\"data\": [{\"index\": 0, \"embedding\": [1, \(component)]}]}"), .notFinite)
    }

    @Test func `a vector of zeros is refused`() async throws {
        let zeros = Behaviour.mangles { items in
            var items = items
            items[1].embedding = items[1].embedding.map { _ in 0 }
            return EmbeddingStub.answer(items)
        }
        try await check(zeros, .unusableAnswer("a vector has only zeros"))
    }

    @Test func `a huge answer is not read to its end`() async throws {
        let limit = RemoteEmbedder.answerBytesLimit
        let huge = String(repeating: " ", count: limit + 1)
        try await check(huge, "it has more than \(limit) bytes")
    }

    @Test func `what is refused is not asked for again`() async throws {
        for status in [400, 401, 403, 404, 413, 422, 302] {
            try await withRemote([.answers(status, "Incorrect API key provided: sk-confidential")]) { remote in
                let error = try #require(await Self.error(remote))
                #expect("\(error)".contains("the endpoint answers \(status)"))
                #expect(!"\(error)".contains("confidential"))
                #expect(remote.stub.seen.count == 1)
            }
        }
    }

    @Test func `a busy endpoint is asked again when it says so`() async throws {
        try await withRemote([.answers(429, retryAfter: "2", ""), .answers(503, retryAfter: "0", "")]) { remote in
            #expect(await Self.error(remote) == nil)
            #expect(remote.pauses.durations == [.seconds(2), .seconds(1)])
        }
    }

    @Test func `an endpoint that wants to be left alone for long is`() async throws {
        for wish in ["11", "9223372036854775807"] {
            try await withRemote([.answers(429, retryAfter: wish, "")]) { remote in
                #expect(await Self.error(remote) == .unavailable("the endpoint answers 429"))
                #expect(remote.stub.seen.count == 1)
            }
        }
        for wish in ["soon", "-1", "Fri, 31 Dec 1999 23:59:59 GMT"] {
            try await withRemote([.answers(429, retryAfter: wish, "")]) { remote in
                #expect(await Self.error(remote) == nil)
                #expect(remote.pauses.durations == [.milliseconds(250)])
            }
        }
    }

    @Test func `an endpoint that fails for ever is asked four times`() async throws {
        for status in [408, 500, 502] {
            try await withRemote([Behaviour](repeating: .answers(status, "trouble"), count: 9)) { remote in
                #expect(await Self.error(remote) == .unavailable("the endpoint answers \(status)"))
                #expect(remote.stub.seen.count == 4)
                #expect(remote.pauses.durations == [.milliseconds(250), .seconds(1), .seconds(4)])
            }
        }
    }

    @Test func `no pause is begun that the deadline would end`() async throws {
        var limits = RemoteEmbedder.Limits()
        limits.deadline = .seconds(1800)
        limits.retryAfterLimit = .seconds(7200)
        try await withRemote([.answers(500, ""), .answers(500, retryAfter: "3600", "")], limits: limits) { remote in
            #expect(await Self.error(remote) == .unavailable("the endpoint answers 500"))
            #expect(remote.pauses.durations == [.milliseconds(250)])
        }
    }

    @Test func `a broken connection is made again`() async throws {
        try await withRemote([.resets, .breaksOff]) { remote in
            #expect(await Self.error(remote) == nil)
            #expect(remote.stub.seen.count == 3)
        }
    }

    @Test func `an endpoint that is not there is tried, and named as such`() async throws {
        // Port 1 of the loopback: nobody but root could listen there.
        let endpoint = try RemoteEndpoint(baseURL: "http://127.0.0.1:1", key: nil, model: "m", dimensions: 3)
        try await withEmbedder(endpoint) { embedder, pauses in
            await #expect(throws: EmbeddingError.unavailable("the endpoint cannot be reached")) {
                try await embedder.embed(["a"])
            }
            #expect(pauses.durations.count == 3)
        }
    }

    @Test func `an endpoint that does not answer is given up, also in the middle of an answer`() async throws {
        var limits = RemoteEmbedder.Limits()
        limits.requestTimeout = .milliseconds(500)
        for slow in [Behaviour.hangs, .stalls] {
            try await withRemote([slow], limits: limits) { remote in
                #expect(await Self.error(remote) == .late)
            }
        }
    }

    @Test func `all requests of a call end with its deadline`() async throws {
        var limits = RemoteEmbedder.Limits()
        limits.deadline = .milliseconds(200)
        try await withRemote([.right, .hangs], limits: limits) { remote in
            await #expect(throws: EmbeddingError.late) {
                try await remote.embedder.embed((0..<100).map { "fact \($0)" })
            }
        }
    }

    @Test func `who is cancelled waits no longer`() async throws {
        try await withRemote([.hangs]) { remote in
            let error = await withTaskGroup(of: EmbeddingError?.self) { group in
                group.addTask { await Self.error(remote) }
                while remote.stub.seen.isEmpty { await Task.yield() }
                group.cancelAll()
                return await group.next() ?? nil
            }
            #expect(error == .late)
        }
    }

    @Test func `after the end nothing is embedded`() async throws {
        let endpoint = try RemoteEndpoint(baseURL: "http://127.0.0.1:1", key: nil, model: "m", dimensions: 3)
        let embedder = RemoteEmbedder(endpoint)
        try await embedder.shutdown()
        await #expect(throws: EmbeddingError.unavailable("no answer: already shutdown")) {
            try await embedder.embed(["a"])
        }
    }
}
