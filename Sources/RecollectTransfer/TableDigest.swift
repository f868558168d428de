import Crypto
import RecollectEngine

// The checksum of a table: SHA-256 over its rows in the order of the primary key, in which both engines agree (numbers by value,
// texts and bytes by their bytes). A value is a byte for its type and then eight bytes for a number, or eight bytes of length and the
// bytes; so no two different tables have the same encoding. Memory is one page; cost is one read of the table.

/// What a table holds, in short.
package struct TableDigest: Sendable, Equatable {
    /// How many rows it has.
    package let rows: Int
    /// SHA-256 of its rows.
    package let sha256: [UInt8]
}

/// Computes the digest of a table from its pages.
struct TableHasher {
    private var hash = SHA256()
    private var rows = 0

    /// Adds the next page.
    mutating func add(_ page: RowPage) {
        var encoded: [UInt8] = []
        for value in page.values { Self.encode(value, into: &encoded) }
        hash.update(data: encoded)
        rows += page.rowCount
    }

    var digest: TableDigest { TableDigest(rows: rows, sha256: Array(hash.finalize())) }

    private static func encode(_ value: SQLValue, into encoded: inout [UInt8]) {
        switch value {
        case .null:
            encoded.append(0)
        case .integer(let number):
            encoded.append(1)
            append(UInt64(bitPattern: number), to: &encoded)
        case .real(let number):
            encoded.append(2)
            // SQLite keeps no sign of zero.
            append(number == 0 ? 0 : number.bitPattern, to: &encoded)
        case .text(let text):
            encoded.append(3)
            append(UInt64(text.utf8.count), to: &encoded)
            encoded.append(contentsOf: text.utf8)
        case .bytes(let bytes):
            encoded.append(4)
            append(UInt64(bytes.count), to: &encoded)
            encoded.append(contentsOf: bytes)
        }
    }

    private static func append(_ number: UInt64, to encoded: inout [UInt8]) {
        for shift in stride(from: 56, through: 0, by: -8) {
            encoded.append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
        }
    }
}
