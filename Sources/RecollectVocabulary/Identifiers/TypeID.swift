// A TypeID is a prefix that says what it names, an underscore, and a UUIDv7 in 26 characters of Crockford's base32, so
// that ids of one kind sort by the time they were drawn. Ours carry that time to the microsecond: 48 bits of
// milliseconds as RFC 9562 lays out version 7, and the microseconds within the millisecond, scaled to 4096, in the 12
// bits of rand_a (the RFC's method 3). An id therefore IS its resource's creation time, and "by createdAt, then id" is
// the order of the primary key: no table needs a column or an index for it.

/// What a kind of id names.
package protocol IDKind: Sendable {
    /// The prefix before the last underscore, such as `mem_profile`.
    static var prefix: String { get }
    /// Other prefixes that the contract's pattern allows but that are never ours.
    static var foreignPrefixes: [String] { get }
    /// Why an id that breaks the pattern is refused.
    static var malformed: Rejection.Reason { get }
}

extension IDKind {
    /// Most kinds know one prefix.
    package static var foreignPrefixes: [String] { [] }
    /// Most kinds have no code of their own for a malformed id.
    package static var malformed: Rejection.Reason { .malformed }
}

/// An id of one kind.
package struct TypeID<Kind: IDKind>: Sendable, Hashable, Comparable {
    // Two halves and not one UInt128: Swift 6.3 on x86-64 loses its stack when an async function is passed a 16-byte aligned
    // value among more arguments than registers hold.
    private let high: UInt64
    private let low: UInt64

    /// The UUID's bits, high half first.
    package var bits: UInt128 { UInt128(high) << 64 | UInt128(low) }

    /// An id from the 128 bits of its UUID.
    ///
    /// - Parameter bits: the UUID.
    package init(bits: UInt128) {
        high = UInt64(truncatingIfNeeded: bits >> 64)
        low = UInt64(truncatingIfNeeded: bits)
    }

    /// How many bytes an id takes.
    package static var byteCount: Int { 16 }

    /// The id's bytes, high byte first, so that their order is the ids'.
    package var bytes: [UInt8] {
        (0..<Self.byteCount).map { UInt8(truncatingIfNeeded: ($0 < 8 ? high : low) >> UInt64(56 - 8 * ($0 & 7))) }
    }

    /// The id of 16 bytes.
    ///
    /// - Parameter bytes: 16 bytes, high byte first.
    package init(bytes: ArraySlice<UInt8>) {
        high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// An id that nothing has.
    ///
    /// What fits the contract's pattern but cannot be one of ours becomes this, so that it is simply not found.
    package static var nobody: TypeID { TypeID(bits: .max) }

    /// When the id was drawn, to the microsecond: the creation time of what it names.
    package var createdAt: Timestamp {
        let milliseconds = Int64(bits >> 80)
        let fraction = Int64((bits >> 64) & 0xFFF)
        return Timestamp(microseconds: milliseconds * 1000 + (fraction * 1000 + 4095) / 4096)
    }

    /// The smallest id that could have been drawn at a time.
    ///
    /// Ids before it are older, the others are not.
    ///
    /// - Parameter time: the time; before 1970 counts as 1970.
    /// - Returns: the lower bound.
    package static func first(at time: Timestamp) -> TypeID {
        TypeID(bits: RawID.timeBits(of: time))
    }

    package static func < (left: TypeID, right: TypeID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension TypeID: CustomStringConvertible {
    /// The id as the wire writes it.
    package var description: String {
        var text = Kind.prefix
        text.reserveCapacity(Kind.prefix.utf8.count + 27)
        text.append("_")
        for digit in 0..<26 {
            let shift = 125 - 5 * digit
            text.unicodeScalars.append(Unicode.Scalar(Crockford.alphabet[Int((bits >> UInt128(shift)) & 31)]))
        }
        return text
    }

    /// Reads an id from the wire.
    ///
    /// An id of the right shape with a letter outside Crockford's alphabet, or with a foreign prefix, becomes `nobody`.
    ///
    /// - Parameters:
    ///   - text: the id.
    ///   - field: what the caller calls it.
    /// - Throws: `Rejection` when it breaks the contract's pattern.
    package init(_ text: String, field: String) throws(Rejection) {
        let digits = text.utf8.suffix(26)
        let prefix = text.utf8.dropLast(26)
        guard digits.count == 26, prefix.last == UInt8(ascii: "_"),
            let kind = String(prefix.dropLast()), kind == Kind.prefix || Kind.foreignPrefixes.contains(kind),
            let first = digits.first, (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(first),
            digits.allSatisfy(Crockford.isLowerAlphanumeric)
        else {
            throw Rejection(Kind.malformed, field, "must be \(Kind.prefix)_ and 26 characters of a TypeID")
        }
        var bits: UInt128 = 0
        for digit in digits {
            guard let value = Crockford.value(of: digit), kind == Kind.prefix else {
                self = .nobody
                return
            }
            bits = bits << 5 | UInt128(value)
        }
        self.init(bits: bits)
    }
}

/// Crockford's base32 in lower case: no i, l, o, u.
private enum Crockford {
    static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    static func value(of character: UInt8) -> UInt8? {
        alphabet.firstIndex(of: character).map { UInt8($0) }
    }

    static func isLowerAlphanumeric(_ character: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(character)
    }
}
