import CLibPQ
import RecollectEngine

/// Arguments as libpq takes them: one buffer, and a pointer into it for each.
struct BinaryParameters {
    private var buffer: [UInt8] = []
    private var offsets: [Int?] = []
    private var lengths: [Int32] = []

    init(_ arguments: [SQLValue]) {
        for argument in arguments {
            let start = buffer.count
            switch argument {
            case .integer(let value): append(UInt64(bitPattern: value))
            case .real(let value): append(value.bitPattern)
            case .text(let value): buffer.append(contentsOf: value.utf8)
            case .bytes(let value): buffer.append(contentsOf: value)
            case .null: break
            }
            if case .null = argument { offsets.append(nil) } else { offsets.append(start) }
            lengths.append(Int32(buffer.count - start))
        }
        // An empty value at the end must still have an address, or it would be NULL.
        buffer.append(0)
    }

    func withPointers<Result>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Result
    ) -> Result {
        buffer.withUnsafeBytes { bytes in
            let base = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            let pointers = offsets.map { offset in offset.flatMap { base?.advanced(by: $0) } }
            let formats = [Int32](repeating: 1, count: offsets.count)
            return body(pointers, lengths, formats)
        }
    }

    private mutating func append(_ value: UInt64) {
        for shift in stride(from: 56, through: 0, by: -8) {
            buffer.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
        }
    }
}

extension SQLType {
    /// The type's object id in PostgreSQL's catalogue (pg_type.dat).
    var objectID: Oid {
        switch self {
        case .integer: 20
        case .real: 701
        case .text: 25
        case .bytes: 17
        }
    }
}
