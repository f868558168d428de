import RecollectEmbedding
import RecollectRemoteEmbedding
import RecollectTestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct `Vectors of an endpoint` {
    @Test func `each text gets its vector, in the texts' order`() async throws {
        try await withRemote { remote in
            let texts = ["a dog", "some tea", "the train"]
            let vectors = try await remote.embedder.embed(texts)
            #expect(try await vectors == WordEmbedder().embed(texts))
            let seen = try #require(remote.stub.seen.first)
            #expect(seen.path == "/v1/embeddings")
            #expect(seen.authorization == "Bearer sk-confidential")
            #expect(seen.question?.model == "words")
            #expect(seen.question?.input == texts)
            #expect(seen.question?.encoding_format == "float")
            #expect(seen.question?.dimensions == nil)
        }
    }

    @Test func `an endpoint without a key gets none`() async throws {
        try await withRemote(key: nil) { remote in
            _ = try await remote.embedder.embed(["a"])
            #expect(remote.stub.seen.map(\.authorization) == [nil])
        }
    }

    @Test func `vectors are shortened when that is wanted`() async throws {
        try await withRemote(shortensVectors: true) { remote in
            _ = try await remote.embedder.embed(["a"])
            #expect(remote.stub.seen.first?.question?.dimensions == 64)
        }
    }

    @Test func `vectors may come out of order`() async throws {
        try await withRemote([.mangles { EmbeddingStub.answer($0.reversed()) }]) { remote in
            let texts = ["a dog", "some tea", "the train"]
            let vectors = try await remote.embedder.embed(texts)
            #expect(try await vectors == WordEmbedder().embed(texts))
        }
    }

    @Test func `vectors of any length are made ones of length 1`() async throws {
        let answers = ["3e38, 0, -4e38", "3e-60, 0, -4e-60", "3, 0, -4"].map { components in
            EmbeddingStub.Behaviour.answers(200, "{\"data\": [{\"index\": 0, \"embedding\": [\(components)]}]}")
        }
        try await withRemote(answers, dimensions: 3) { remote in
            for _ in answers {
                let vectors = try await remote.embedder.embed(["a"])
                #expect(vectors == [[0.6, 0, -0.8]])
            }
        }
    }

    @Test func `no texts need no request`() async throws {
        try await withRemote { remote in
            let vectors = try await remote.embedder.embed([])
            #expect(vectors == [])
            #expect(remote.stub.seen.isEmpty)
        }
    }

    @Test func `many texts go out in requests of 64`() async throws {
        try await withRemote { remote in
            let texts = (0..<150).map { "fact \($0)" }
            let vectors = try await remote.embedder.embed(texts)
            #expect(try await vectors == WordEmbedder().embed(texts))
            #expect(remote.stub.seen.map { $0.question?.input.count } == [64, 64, 22])
        }
    }

    @Test func `long texts are cut, and few go into one request`() async throws {
        try await withRemote { remote in
            let texts = [String](repeating: String(repeating: "\u{1F436}", count: 5000), count: 20)
            let vectors = try await remote.embedder.embed(texts)
            #expect(vectors.count == 20)
            let inputs = remote.stub.seen.compactMap(\.question?.input)
            #expect(inputs.map(\.count) == [16, 4])
            #expect(inputs.joined().allSatisfy { $0.unicodeScalars.count == 4096 })
        }
    }

    @Test func `an empty text is sent as a space`() async throws {
        try await withRemote { remote in
            let vectors = try await remote.embedder.embed(["", "a"])
            #expect(vectors.count == 2)
            #expect(remote.stub.seen.first?.question?.input == [" ", "a"])
        }
    }
}

@Suite struct `An endpoint's description` {
    private func endpoint(
        _ url: String = "https://host/v1",
        key: String? = "k",
        model: String = "m",
        _ dimensions: Int = 3
    ) throws(InvalidEndpoint) -> RemoteEndpoint {
        try RemoteEndpoint(baseURL: url, key: key, model: model, dimensions: dimensions)
    }

    @Test func `vectors of another URL, model or number of dimensions are another model's`() throws {
        let models = try [
            endpoint(), endpoint("https://host/v2"), endpoint(model: "n"), endpoint("https://host/v1", 4),
        ].map(\.model)
        #expect(Set(models.map(\.digest)).count == models.count)
        #expect(try endpoint("https://host/v1/").model == models[0])
        #expect(try endpoint(key: "another").model == models[0])
    }

    @Test func `the key is not shown`() throws {
        let endpoint = try endpoint(key: "sk-confidential")
        #expect("\(endpoint) \([endpoint]) \(String(reflecting: endpoint))".contains("confidential") == false)
    }

    @Test(arguments: ["", "host/v1", "ftp://host", "https://", "https://host/?a=b", "https://host/#a", "https://a b/"])
    func `the URL is one of http or https, without a query`(_ url: String) {
        #expect(throws: InvalidEndpoint.url) { try endpoint(url) }
    }

    @Test func `what cannot be is refused`() {
        #expect(throws: InvalidEndpoint.credentialsInURL) { try endpoint("https://user:password@host/v1") }
        #expect(throws: InvalidEndpoint.key) { try endpoint(key: "a\r\nHost: b") }
        #expect(throws: InvalidEndpoint.key) { try endpoint(key: "") }
        #expect(throws: InvalidEndpoint.model) { try endpoint(model: "") }
        #expect(throws: InvalidEndpoint.dimensions) { try endpoint("https://host", 0) }
        #expect(throws: InvalidEndpoint.dimensions) { try endpoint("https://host", 8193) }
    }
}
