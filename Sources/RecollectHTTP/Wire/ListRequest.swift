package import RecollectVocabulary

/// What a request for a page of a list asks for: filters, order, size and place.
///
/// A page token decides them all when there is one, because a client may send nothing else for the second page.
package struct ListRequest: Sendable {
    /// The page size when none is asked for.
    ///
    /// Source: openapi.yaml.
    package static let defaultSize = 50
    /// The longest filter accepted, in bytes, so that a handful of them fit in a token.
    ///
    /// Source: ours.
    package static let filterBytesLimit = 256

    /// The order of the list.
    package let order: PageOrder
    /// The page size asked for, at most the list's maximum: what `meta.pageSize` says.
    package let size: Int
    private let cursor: String?
    private let isBackward: Bool
    private let filters: [String: String]
    private let seal: PageTokenSeal

    /// Reads the query of a list.
    ///
    /// - Parameters:
    ///   - query: the query's parameters.
    ///   - maximum: the largest page size; more counts as this.
    ///   - filters: the names of the parameters that filter the list.
    ///   - ordered: whether the list knows `orderBy`; a list that does not is descending.
    ///   - seal: opens and seals its tokens.
    /// - Throws: `Rejection` that names the parameter and its rule.
    init(
        query: [String: String],
        maximum: Int,
        filters: [String],
        ordered: Bool,
        seal: PageTokenSeal
    ) throws(Rejection) {
        self.seal = seal
        if let text = query["pageToken"], !text.isEmpty {
            let token = try seal.open(text)
            (order, size, cursor, isBackward) = (token.order, token.size, token.cursor, token.isBackward)
            self.filters = token.filters
            return
        }
        size = try Self.size(query["pageSize"], maximum: maximum)
        order = ordered ? try Self.order(query["orderBy"]) : .descending
        cursor = nil
        isBackward = false
        self.filters = query.filter { filters.contains($0.key) }
        for (name, value) in self.filters where value.utf8.count > Self.filterBytesLimit {
            throw Rejection(.malformed, name, "must be at most \(Self.filterBytesLimit) bytes")
        }
    }

    /// The value of a filter: the page token's when there is one, the query's otherwise.
    ///
    /// - Parameter name: the parameter.
    /// - Returns: its value; nil when it was not given.
    package subscript(_ name: String) -> String? { filters[name] }

    /// The page as the domain asks for it.
    ///
    /// - Parameters:
    ///   - arrayLimit: the most rows that the list's array may hold, where that is less than the page size.
    ///   - read: reads the key of a row, as `page(_:_:cursor:row:)` wrote it.
    /// - Returns: the query.
    /// - Throws: `Rejection` when the key is none of this list.
    package func query<Cursor>(
        arrayLimit: Int = .max,
        cursor read: (_ text: String, _ field: String) throws(Rejection) -> Cursor
    ) throws(Rejection) -> PageQuery<Cursor> {
        var key: Cursor?
        if let cursor { key = try read(cursor, "pageToken") }
        return PageQuery(order: order, cursor: key, isBackward: isBackward, limit: min(size, arrayLimit))
    }

    /// The answer to the request: `{"<key>": [rows], "meta": {…}}`.
    ///
    /// - Parameters:
    ///   - key: what the array is called.
    ///   - page: the rows.
    ///   - cursor: the key of a row as text.
    ///   - write: writes a row.
    /// - Returns: the response, 200.
    /// - Throws: what `write` throws.
    package func page<Row, Failure: Error>(
        _ key: String,
        _ page: PageSlice<Row>,
        cursor: (Row) -> String,
        row write: (inout JSONWriter, Row) throws(Failure) -> Void
    ) throws(Failure) -> APIResponse {
        try APIResponse.json { writer throws(Failure) in
            try writer.object { writer throws(Failure) in
                try writer.array(key, page.rows, write)
                writeMeta(key, page, cursor: cursor, to: &writer)
            }
        }
    }

    /// Writes the field `meta` of a list.
    ///
    /// - Parameters:
    ///   - key: what the array is called.
    ///   - page: the rows.
    ///   - cursor: the key of a row as text.
    ///   - writer: where to.
    func writeMeta<Row>(
        _ key: String,
        _ page: PageSlice<Row>,
        cursor: (Row) -> String,
        to writer: inout JSONWriter
    ) {
        writer.object("meta") { writer in
            writer.field("key", key)
            writer.field("pageSize", size)
            if page.hasNext { writer.field("nextToken", token(page.rows.last.map(cursor), isBackward: false)) }
            if page.hasPrevious {
                writer.field("previousToken", token(page.rows.first.map(cursor), isBackward: true))
            }
        }
    }

    /// A page without rows has no key to go on from.
    ///
    /// Nothing lies beyond it, so the next page of an empty page before a row is the list's first, and the previous
    /// page of an empty page after a row is its last: both have no cursor.
    private func token(_ cursor: String?, isBackward: Bool) -> String {
        seal.seal(PageToken(order: order, isBackward: isBackward, size: size, cursor: cursor, filters: filters))
    }

    private static func size(_ text: String?, maximum: Int) throws(Rejection) -> Int {
        guard let text else { return min(defaultSize, maximum) }
        let digits = text.utf8.drop { $0 == UInt8(ascii: "0") }
        guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), !digits.isEmpty else {
            throw Rejection(.malformed, "pageSize", "must be an integer of at least 1")
        }
        // Digits beyond 64 bits are more than any maximum.
        return min(Int(text) ?? maximum, maximum)
    }

    private static func order(_ text: String?) throws(Rejection) -> PageOrder {
        guard let text else { return .descending }
        guard let order = PageOrder(rawValue: text) else {
            throw Rejection(.malformed, "orderBy", "must be ASC or DESC")
        }
        return order
    }
}
