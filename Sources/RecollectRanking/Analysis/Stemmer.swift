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
    func stemEnglish(_ word: [UInt8]) -> String {
        // The algorithm leaves words of one or two letters alone.
        guard word.count > 2, word.allSatisfy({ $0 < 0x80 }) else { return String(decoding: word, as: UTF8.self) }
        return withStem(of: word) { String(decoding: $0, as: UTF8.self) }
    }

    /// The stem of a word in lower case, its accents composed.
    func stem(_ word: [UInt8]) -> [UInt8] {
        withStem(of: word) { Array($0) }
    }

    private func withStem<Result>(of word: [UInt8], _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        word.withUnsafeBufferPointer { bytes in
            // It has no stem only when memory has run out.
            guard let stem = sb_stemmer_stem(stemmer, bytes.baseAddress, Int32(bytes.count)) else { return body(bytes) }
            return body(UnsafeBufferPointer(start: stem, count: Int(sb_stemmer_length(stemmer))))
        }
    }
}
