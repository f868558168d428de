import CLibPQ
import RecollectEngine

/// What a statement returned, freed with this object.
final class PostgresResult {
    private let raw: OpaquePointer?

    /// Takes over a result that is no error.
    init(_ raw: OpaquePointer?) {
        self.raw = raw
    }

    deinit {
        PQclear(raw)
    }

    /// How many rows it has.
    var count: Int { Int(PQntuples(raw)) }

    /// How many rows the statement changed.
    var changes: Int { Int(String(cString: PQcmdTuples(raw))) ?? 0 }

    /// What kind of command ran, such as COMMIT.
    var command: String { String(cString: PQcmdStatus(raw)) }

    /// The names and types of its columns.
    var columns: [(name: String, type: Oid)] {
        (0..<PQnfields(raw)).map { (PQfname(raw, $0).map { String(cString: $0) } ?? "", PQftype(raw, $0)) }
    }

    /// The values of a row that came in text form; nil for NULL.
    func texts(_ row: Int) -> [String?] {
        (0..<Int(PQnfields(raw))).map { column in
            isNull(Int32(row), column) ? nil : String(decoding: value(Int32(row), column), as: UTF8.self)
        }
    }

    /// Reads its rows, one after the other.
    func eachRow(_ read: (inout Columns) throws(EngineError) -> Void) throws(EngineError) {
        for index in 0..<count {
            var columns = Columns(PostgresRow(result: self, row: Int32(index)))
            try read(&columns)
        }
    }

    fileprivate func isNull(_ row: Int32, _ column: Int) -> Bool {
        PQgetisnull(raw, row, Int32(column)) != 0
    }

    fileprivate func type(_ column: Int) -> Oid {
        PQftype(raw, Int32(column))
    }

    fileprivate func value(_ row: Int32, _ column: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: PQgetvalue(raw, row, Int32(column)),
            count: Int(PQgetlength(raw, row, Int32(column)))
        )
    }
}

/// A row of a result in binary form, read by position.
private struct PostgresRow: RowSource {
    let result: PostgresResult
    let row: Int32

    func isNull(_ column: Int) -> Bool {
        result.isNull(row, column)
    }

    func integer(_ column: Int) throws(EngineError) -> Int64 {
        guard !isNull(column) else { throw mismatch(column, "an integer") }
        let bytes = result.value(row, column)
        switch result.type(column) {
        case 20: return Int64(bitPattern: bigEndian(bytes))
        case 23: return Int64(Int32(truncatingIfNeeded: bigEndian(bytes)))
        case 21: return Int64(Int16(truncatingIfNeeded: bigEndian(bytes)))
        case 16: return Int64(bigEndian(bytes))
        default: throw mismatch(column, "an integer")
        }
    }

    func real(_ column: Int) throws(EngineError) -> Double {
        guard !isNull(column), result.type(column) == 701 else { throw mismatch(column, "a number") }
        return Double(bitPattern: bigEndian(result.value(row, column)))
    }

    func text(_ column: Int) throws(EngineError) -> String {
        guard !isNull(column), [25, 1043, 19].contains(result.type(column)) else { throw mismatch(column, "text") }
        return String(decoding: result.value(row, column), as: UTF8.self)
    }

    func bytes(_ column: Int) throws(EngineError) -> [UInt8] {
        guard !isNull(column), result.type(column) == 17 else { throw mismatch(column, "bytes") }
        return Array(result.value(row, column))
    }

    private func bigEndian(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    private func mismatch(_ column: Int, _ expected: String) -> EngineError {
        EngineError(.corrupt, "column \(column) is not \(expected)")
    }
}
