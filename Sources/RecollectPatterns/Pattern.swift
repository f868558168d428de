// Patterns come from outside (validation rules of traits), so they run in RE2, whose matching time is linear in the text
// whatever the pattern: `(a+)+$` costs what `a` costs. There is no backtracking to abuse, and no back-references for that.

import CRE2

/// A regular expression, compiled.
package struct Pattern: Sendable {
    /// The longest pattern accepted, in characters.
    ///
    /// Source: openapi.yaml, ValidationRule.
    package static let lengthLimit = 1000
    /// The memory a compiled pattern may take: a quarter of RE2's default, as many may be held at once.
    private static let memoryLimit: Int64 = 2 << 20

    private let program: Program

    /// Compiles a pattern in RE2's syntax.
    ///
    /// - Parameter source: the pattern.
    /// - Throws: `PatternError` when it is too long, no pattern, or too large when compiled.
    package init(_ source: String) throws(PatternError) {
        guard source.unicodeScalars.count <= Self.lengthLimit else { throw .tooLong }
        program = try Program(source, memoryLimit: Self.memoryLimit)
    }

    /// Whether the pattern matches anywhere in a text, as JSON Schema's `pattern` means it.
    ///
    /// - Parameter text: the text.
    /// - Returns: whether it matches.
    package func matches(_ text: String) -> Bool {
        program.matches(text)
    }
}

/// Why a pattern cannot be used.
package enum PatternError: Error, Sendable, Equatable {
    /// It has more characters than allowed.
    case tooLong
    /// It is no regular expression, and why.
    case invalid(String)
    /// It is too large when compiled.
    case tooLarge
}

/// RE2's program, freed with this object.
///
/// `@unchecked Sendable`: the program is never changed after it is compiled, and RE2 matches from any number of threads.
private final class Program: @unchecked Sendable {
    private static let messageCapacity = 256

    private let pattern: OpaquePointer

    init(_ source: String, memoryLimit: Int64) throws(PatternError) {
        var compiled: OpaquePointer?
        var message = [CChar](repeating: 0, count: Self.messageCapacity)
        var source = source
        let outcome = source.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                cre2_compile(text.baseAddress, text.count, memoryLimit, &compiled, &message, message.count)
            }
        }
        guard outcome == CRE2_OK, let compiled else {
            let text = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw outcome == CRE2_TOO_LARGE ? .tooLarge : .invalid(String(decoding: text, as: UTF8.self))
        }
        pattern = compiled
    }

    deinit {
        cre2_free(pattern)
    }

    func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                cre2_matches(pattern, text.baseAddress, text.count)
            }
        }
    }
}
