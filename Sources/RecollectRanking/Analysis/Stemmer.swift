import CStemmer
import Synchronization

/// Snowball's stemmers, which hold state while they work and so must each be used by one caller at a time.
final class StemmerPool: Sendable {
    private let language: String
    private let idle = Mutex<[Stemmer]>([])

    init(language: String) {
        self.language = language
    }

    /// Lends a stemmer that nobody else uses; there are as many as are ever used at once.
    func withStemmer<Result>(_ body: (Stemmer) -> Result) -> Result {
        let stemmer = idle.withLock { $0.popLast() } ?? Stemmer(language: language)
        defer { idle.withLock { $0.append(stemmer) } }
        return body(stemmer)
    }
}

/// One stemmer of libstemmer.
///
/// `@unchecked Sendable`: the pool lends it to one caller at a time.
final class Stemmer: @unchecked Sendable {
    private let stemmer: OpaquePointer

    init(language: String) {
        guard let stemmer = sb_stemmer_new(language, nil) else {
            preconditionFailure("libstemmer has no stemmer named \(language)")
        }
        self.stemmer = stemmer
    }

    deinit {
        sb_stemmer_delete(stemmer)
    }

    /// The stem of a folded word; one that is not English letters is its own stem.
    func stem(_ word: [UInt8]) -> String {
        word.withUnsafeBufferPointer { bytes in
            // The algorithm leaves words of one or two letters alone.
            guard bytes.count > 2, bytes.allSatisfy({ $0 < 0x80 }),
                let stem = sb_stemmer_stem(stemmer, bytes.baseAddress, Int32(bytes.count))
            else { return String(decoding: bytes, as: UTF8.self) }
            let length = Int(sb_stemmer_length(stemmer))
            return String(decoding: UnsafeBufferPointer(start: stem, count: length), as: UTF8.self)
        }
    }
}
