/// The bytes that mean something in a file.
///
/// All of them are ASCII, so none of them can be a part of another character in UTF-8: scanning needs no decoding.
enum CSVByte {
    static let zero: UInt8 = 0x00
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let quote: UInt8 = 0x22
    static let comma: UInt8 = 0x2C
    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
}

/// Where text outside quotes ends: at a comma, a quote, a line end, a zero byte or the end of the bytes.
func endOfPlainText(in bytes: Span<UInt8>, from start: Int) -> Int {
    var index = start
    while index < bytes.count {
        let byte = bytes[index]
        // The comma is the greatest of the five, so letters and digits need one comparison.
        if byte <= CSVByte.comma {
            switch byte {
            case CSVByte.comma, CSVByte.quote, CSVByte.lineFeed, CSVByte.carriageReturn, CSVByte.zero: return index
            default: break
            }
        }
        index += 1
    }
    return index
}

/// Where text inside quotes ends, or a line of it: at a quote, a line end, a zero byte or the end of the bytes.
func endOfQuotedText(in bytes: Span<UInt8>, from start: Int) -> Int {
    var index = start
    while index < bytes.count {
        let byte = bytes[index]
        if byte <= CSVByte.quote {
            switch byte {
            case CSVByte.quote, CSVByte.lineFeed, CSVByte.carriageReturn, CSVByte.zero: return index
            default: break
            }
        }
        index += 1
    }
    return index
}

/// The value of a quoted field: each doubled quote is one.
func withoutDoubledQuotes(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var value: [UInt8] = []
    value.reserveCapacity(bytes.count)
    var rest = bytes
    while let quote = rest.firstIndex(of: CSVByte.quote) {
        value.append(contentsOf: rest[...quote])
        rest = rest[(quote + 2)...]
    }
    value.append(contentsOf: rest)
    return value
}
