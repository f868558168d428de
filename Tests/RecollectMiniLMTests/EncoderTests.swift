import RecollectEmbedding
import RecollectMiniLM
import Testing

@Suite(.enabled(if: TestModel.isThere, TestModel.comment)) struct `Vectors` {
    @Test(arguments: [(MiniLMEncoder.Precision.float32, Float(0.9999)), (.bfloat16, 0.999)])
    func `point where the reference's do`(precision: MiniLMEncoder.Precision, least: Float) async throws {
        let encoder = try TestModel.encoder(precision)
        let reference = try Reference.embedded()
        #expect(reference.count == 24)
        let vectors = try await encoder.embed(reference.map(\.text))
        for (vector, (text, expected)) in zip(vectors, reference) {
            #expect(Reference.cosine(vector, expected) >= least, "\(text.prefix(60))")
        }
    }
}

@Suite(.enabled(if: TestModel.isThere, TestModel.comment)) struct `Tokens` {
    @Test func `are those of the reference`() throws {
        let encoder = try TestModel.encoder()
        for entry in try Reference.entries() {
            #expect(encoder.tokens(of: entry.text) == entry.tokens, "\(entry.text.prefix(60).debugDescription)")
        }
    }
}
