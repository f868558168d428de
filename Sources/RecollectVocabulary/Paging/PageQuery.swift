// Keyset paging: a page is the rows after (or before) a cursor, the key of a row shown before. It is stable while rows are
// added and costs the same for every page. One row more than shown is read, to know whether the list goes on.

/// The order of a list by its keys.
package enum PageOrder: String, Sendable {
    case ascending = "ASC"
    case descending = "DESC"
}

/// Which rows of a list to read.
package struct PageQuery<Cursor: Sendable>: Sendable {
    /// The order in which the list is shown.
    package let order: PageOrder
    /// The key next to which the page lies; nil for the first page.
    package let cursor: Cursor?
    /// Whether the page lies before the cursor, as the list is shown, and not after it.
    package let isBackward: Bool
    /// The most rows to show.
    package let limit: Int

    /// A page.
    ///
    /// - Parameters:
    ///   - order: the order in which the list is shown.
    ///   - cursor: the key next to which the page lies.
    ///   - isBackward: whether it lies before the cursor.
    ///   - limit: the most rows to show.
    package init(order: PageOrder, cursor: Cursor?, isBackward: Bool, limit: Int) {
        self.order = order
        self.cursor = cursor
        self.isBackward = isBackward
        self.limit = limit
    }

    /// Whether to read keys upwards from the cursor: an ascending list forwards, or a descending one backwards.
    package var scansForward: Bool { (order == .ascending) != isBackward }

    /// How many rows to read: one more than shown.
    package var rowsWanted: Int { limit + 1 }

    /// The page made of the rows read.
    ///
    /// - Parameter rows: at most `rowsWanted` rows, nearest to the cursor first.
    /// - Returns: the rows as the list shows them, and whether it goes on at either end.
    package func slice<Row>(_ rows: [Row]) -> PageSlice<Row> {
        let hasMore = rows.count > limit
        let shown = hasMore ? Array(rows.prefix(limit)) : rows
        return PageSlice(
            rows: isBackward ? shown.reversed() : shown,
            hasNext: isBackward ? cursor != nil : hasMore,
            hasPrevious: isBackward ? hasMore : cursor != nil
        )
    }
}

/// The rows of one page, as the list shows them.
package struct PageSlice<Row> {
    /// The rows.
    package let rows: [Row]
    /// Whether rows follow.
    package let hasNext: Bool
    /// Whether rows come before.
    package let hasPrevious: Bool

    /// A page.
    ///
    /// - Parameters:
    ///   - rows: the rows.
    ///   - hasNext: whether rows follow.
    ///   - hasPrevious: whether rows come before.
    package init(rows: [Row], hasNext: Bool, hasPrevious: Bool) {
        self.rows = rows
        self.hasNext = hasNext
        self.hasPrevious = hasPrevious
    }
}

extension PageSlice: Sendable where Row: Sendable {}
