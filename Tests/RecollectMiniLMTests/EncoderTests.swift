import RecollectEmbedding
import RecollectMiniLM
import Testing

@Suite(.enabled(if: TestModel.isThere, TestModel.comment)) struct `Vectors` {
    @Test(arguments: TestModel.precisions([.float32: 0.9999, .bfloat16: 0.9999, .int8: 0.999]))
    func `point where the reference's do`(precision: MiniLMEncoder.Precision, least: Float) async throws {
        let encoder = try TestModel.encoder(precision)
        let reference = try Reference.embedded()
        #expect(reference.count == 24)
        let vectors = try await encoder.embed(reference.map(\.text))
        for (vector, (text, expected)) in zip(vectors, reference) {
            #expect(vector.count == encoder.model.dimensions)
            #expect(abs(Reference.cosine(vector, vector) - 1) < 1e-5)
            #expect(Reference.cosine(vector, expected) >= least, "\(text.prefix(60))")
        }
    }

    @Test(arguments: TestModel.precisions([.float32: 0.99999, .bfloat16: 0.9995, .int8: 0.99999]))
    func `do not depend on the texts beside them`(precision: MiniLMEncoder.Precision, least: Float) async throws {
        let encoder = try TestModel.encoder(precision)
        let texts = try Reference.entries().filter { $0.tokens.count < 40 }.map(\.text)
        let together = try await encoder.embed(texts)
        for (text, vector) in zip(texts, together) {
            let alone = try #require(try await encoder.embed([text]).first)
            #expect(Reference.cosine(alone, vector) >= least, "\(text.prefix(60).debugDescription)")
        }
    }

    @Test func `of nothing are none`() async throws {
        #expect(try await TestModel.encoder().embed([]).isEmpty)
    }

    @Test func `of a long text are those of its beginning`() async throws {
        let encoder = try TestModel.encoder()
        let long = String(repeating: "memory ", count: 150_000)
        let vectors = try await encoder.embed([long, String(repeating: "memory ", count: 254)])
        #expect(vectors[0] == vectors[1])
        // Long texts without an end in sight are read to it, and quickly.
        _ = try await encoder.embed(["x", " "].map { String(repeating: $0, count: 1_000_000) })
    }

    @Test(arguments: TestModel.precisions([.float32: 0.99999, .bfloat16: 0.9995, .int8: 0.99999]))
    func `of short texts are the same by the calling thread`(
        precision: MiniLMEncoder.Precision,
        least: Float
    ) async throws {
        let encoder = try TestModel.encoder(precision)
        let (short, long) = try Reference.entries().map(\.text).reduce(into: ([String](), [String]())) { texts, text in
            if encoder.tokens(of: text).count <= 32 { texts.0.append(text) } else { texts.1.append(text) }
        }
        for (text, vector) in zip(short, try await encoder.embed(short)) {
            let alone = try #require(try encoder.vectorAtOnce(of: text))
            #expect(Reference.cosine(alone, vector) >= least, "\(text.prefix(60).debugDescription)")
        }
        for text in long { #expect(try encoder.vectorAtOnce(of: text) == nil) }
        #expect(short.count > 10 && long.count > 2)
    }

    @Test func `come in the texts' order to each of many callers`() async throws {
        let encoder = try TestModel.encoder()
        let reference = try Reference.embedded().filter { $0.text.utf8.count < 200 }
        try await withThrowingTaskGroup { group in
            for caller in 0..<8 {
                group.addTask {
                    let turned = Array(reference[caller...] + reference[..<caller])
                    for (vector, (text, expected)) in zip(try await encoder.embed(turned.map(\.text)), turned) {
                        #expect(Reference.cosine(vector, expected) >= 0.9999, "\(text.prefix(60))")
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `are not waited for by who is cancelled`() async throws {
        let encoder = try TestModel.encoder()
        let long = Array(repeating: String(repeating: "memory ", count: 254), count: 200)
        await withTaskGroup { group in
            group.addTask { await #expect(throws: EmbeddingError.late) { try await encoder.embed(long) } }
            group.cancelAll()
        }
        // What was not begun is not done: otherwise this would wait for minutes.
        _ = try await encoder.embed(["after"])
    }

    @Test func `a query does not wait for all that came before it`() async throws {
        let encoder = try TestModel.encoder()
        // Some ten seconds of work.
        let long = Array(repeating: String(repeating: "memory ", count: 254), count: 1000)
        let bulk = Task { _ = await #expect(throws: EmbeddingError.late) { try await encoder.embed(long) } }
        try await Task.sleep(for: .milliseconds(20))
        _ = try await encoder.embed(["short"])
        bulk.cancel()
        // Late because it had not ended.
        await bulk.value
    }
}

@Suite(.enabled(if: TestModel.isThere, TestModel.comment)) struct `An encoder` {
    @Test func `says which model its vectors are from`() throws {
        let models = try TestModel.encoders.values.map { try $0.get().model }
        #expect(Set(models).count == 1)
        #expect(models.allSatisfy { $0.dimensions == 384 })
    }

    @Test func `chooses a precision`() throws {
        let encoder = try MiniLMEncoder(files: TestModel.files, threads: 1)
        #expect(encoder.precision != .automatic)
    }
}
