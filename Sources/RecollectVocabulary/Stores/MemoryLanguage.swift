/// The language of a store's memories, by its ISO 639-1 code: their words are compared by its stems.
package enum MemoryLanguage: String, Sendable, CaseIterable {
    case arabic = "ar"
    case armenian = "hy"
    case basque = "eu"
    case catalan = "ca"
    case danish = "da"
    case dutch = "nl"
    case english = "en"
    case finnish = "fi"
    case french = "fr"
    case german = "de"
    case greek = "el"
    case hindi = "hi"
    case hungarian = "hu"
    case indonesian = "id"
    case irish = "ga"
    case italian = "it"
    case lithuanian = "lt"
    case nepali = "ne"
    case norwegian = "no"
    case portuguese = "pt"
    case romanian = "ro"
    case russian = "ru"
    case serbian = "sr"
    case spanish = "es"
    case swedish = "sv"
    case tamil = "ta"
    case turkish = "tr"

    /// Reads a language.
    ///
    /// - Parameters:
    ///   - code: its ISO 639-1 code, in any case.
    ///   - field: what the caller calls it.
    /// - Throws: `Rejection` when there is no stemmer for it.
    package init(_ code: String, field: String = "language") throws(Rejection) {
        guard let language = MemoryLanguage(rawValue: code.lowercased()) else {
            let codes = Self.allCases.map(\.rawValue).sorted().joined(separator: ", ")
            throw Rejection(.controlPlanePayload, field, "must be one of \(codes)")
        }
        self = language
    }
}
