/// The ids among which a page lies: from `lower` on, and before `upper`.
///
/// As ids carry their creation time, filters by that time and the page's cursor are both bounds of the same range scan.
package struct IDBounds<Kind: IDKind>: Sendable {
    /// The first id that may be shown.
    package let lower: TypeID<Kind>
    /// The id at which to stop.
    package let upper: TypeID<Kind>

    /// The bounds of a page.
    ///
    /// - Parameters:
    ///   - page: the page.
    ///   - createdAfter: nothing created before this is shown.
    ///   - createdBefore: nothing created then or later is shown.
    package init(
        _ page: PageQuery<TypeID<Kind>>,
        createdAfter: Timestamp? = nil,
        createdBefore: Timestamp? = nil
    ) {
        var lower = createdAfter.map(TypeID<Kind>.first(at:)) ?? TypeID(bits: 0)
        var upper = createdBefore.map(TypeID<Kind>.first(at:)) ?? .nobody
        if let cursor = page.cursor {
            if page.scansForward {
                lower = max(lower, TypeID(bits: cursor.bits == .max ? .max : cursor.bits + 1))
            } else {
                upper = min(upper, cursor)
            }
        }
        self.lower = lower
        self.upper = upper
    }
}
