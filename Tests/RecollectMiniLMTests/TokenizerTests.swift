import Crypto
import RecollectMiniLM
import Testing

@Suite(.enabled(if: TestModel.isThere, TestModel.comment)) struct `Tokens` {
    @Test func `are those of the reference`() throws {
        let encoder = try TestModel.encoder()
        for entry in try Reference.entries() {
            #expect(encoder.tokens(of: entry.text) == entry.tokens, "\(entry.text.prefix(60).debugDescription)")
        }
    }

    /// The reference's hash is over the tokens of `aXb X` for every scalar X of the first two planes.
    @Test func `are those of the reference for every scalar`() throws {
        let encoder = try TestModel.encoder()
        var hash = SHA256()
        for scalar in (UInt32(0)..<0x20000).compactMap(Unicode.Scalar.init) {
            let tokens = encoder.tokens(of: "a\(scalar)b \(scalar)")
            hash.update(data: tokens.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] })
        }
        #expect("\(hash.finalize())" == "SHA256 digest: \(try Reference.scalarsDigest())")
    }

    @Test func `never exceed the model's room`() throws {
        let encoder = try TestModel.encoder()
        for count in 250...260 {
            let tokens = encoder.tokens(of: String(repeating: "a ", count: count))
            #expect(tokens.count == min(count + 2, 256))
            #expect(tokens.first == 101 && tokens.last == 102)
        }
    }
}
