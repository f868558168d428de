import RecollectCSV

/// What came of a file: its records, and the error that ended it, if one did.
struct Outcome: Equatable {
    var records: [CSVRecord] = []
    var error: CSVError?

    /// The fields of the rows, nil for a malformed one.
    var table: [[String]?] {
        records.map { record in
            guard case .row(let row) = record else { return nil }
            return row.fields
        }
    }

    /// The faults of the malformed rows.
    var faults: [CSVFault] {
        records.compactMap { record in
            guard case .malformed(let row) = record else { return nil }
            return row.fault
        }
    }

    /// The rows from an index on.
    func dropping(_ count: Int) -> Outcome {
        Outcome(records: Array(records.dropFirst(count)), error: error)
    }
}

/// Reads bytes in pieces, whose sizes are asked for one by one.
func read(
    _ bytes: some Collection<UInt8>,
    with start: CSVReader = CSVReader(),
    pieces size: () -> Int = { .max }
) -> Outcome {
    var reader = start
    var outcome = Outcome()
    var rest = bytes[...]
    do throws(CSVError) {
        while !rest.isEmpty {
            let piece = rest.prefix(max(1, size()))
            rest = rest.dropFirst(piece.count)
            reader.append(piece)
            while let record = try reader.nextRow() { outcome.records.append(record) }
        }
        reader.finish()
        while let record = try reader.nextRow() { outcome.records.append(record) }
    } catch {
        outcome.error = error
    }
    return outcome
}

/// Reads a text in one piece.
func read(_ text: String) -> Outcome {
    read(Array(text.utf8))
}

/// A reader that goes on after a record.
func reader(after record: CSVRecord) -> CSVReader {
    CSVReader(at: record.endOffset, number: record.number + 1, line: record.lines.upperBound + 1)
}

/// Numbers that look random and are the same each time (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
