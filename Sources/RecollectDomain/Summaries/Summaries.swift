import RecollectEngine
import RecollectSQL
package import RecollectVocabulary

/// The conversation summaries of a profile.
package struct Summaries: Sendable {
    let transactions: Transactions
    let clock: any WallClock
    let ids: any IDSource
    let vectors: VectorQueue

    /// Creates summaries, all or none.
    ///
    /// - Parameters:
    ///   - drafts: what they say; they are listed in this order.
    ///   - place: the profile.
    ///   - scope: on whose behalf.
    /// - Throws: `Rejection` when there is no such profile.
    package func create(_ drafts: [SummaryDraft], in place: ProfilePlace, _ scope: AccountScope) async throws {
        let now = clock.now()
        let summaries: [(id: SummaryID, draft: SummaryDraft)] = Array(zip(ids.next(drafts.count, at: now), drafts))
        _ = try await transactions.write(scope) { connection in
            let memory = try connection.lockForMemoryChange(place, in: scope)
            let profile = memory.family.canonical
            try connection.insertLater(
                SummaryQueries.insert,
                summaries.map { id, draft in
                    (
                        profile, id, now, draft.content.text, draft.source?.text, draft.occurredAt,
                        draft.conversationID.text, memory.version
                    )
                }
            )
            try vectors.queue(
                summaries.map { .init($0.id) },
                of: profile,
                memory,
                on: connection,
                at: now
            )
            return Applied()
        }
        vectors.wake()
    }

    /// One page of a profile's summaries.
    ///
    /// - Parameters:
    ///   - page: which page.
    ///   - conversation: only those of this conversation; nil for all.
    ///   - place: the profile.
    ///   - scope: on whose behalf.
    /// - Returns: the summaries of the page.
    /// - Throws: `Rejection` when there is no such profile.
    package func list(
        _ page: PageQuery<SummaryID>,
        of conversation: ConversationID?,
        in place: ProfilePlace,
        _ scope: AccountScope
    ) async throws -> Resolved<PageSlice<ConversationSummary>> {
        let bounds = IDBounds(page)
        return try await transactions.read(for: scope) { connection in
            let profile = try connection.resolve(place, in: scope)
            let rows = try profile.family.page(page, by: \.id) { key in
                guard let conversation else {
                    let query = page.scansForward ? SummaryQueries.pageAscending : SummaryQueries.pageDescending
                    return try connection.all(query, key, bounds.lower, bounds.upper, page.rowsWanted)
                }
                let query =
                    page.scansForward
                    ? SummaryQueries.conversationPageAscending : SummaryQueries.conversationPageDescending
                return try connection.all(
                    query,
                    key,
                    bounds.lower,
                    bounds.upper,
                    page.rowsWanted,
                    conversation.text
                )
            }
            return Resolved(page.slice(rows), of: profile.id)
        }
    }

    /// One summary.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - place: the profile.
    ///   - scope: on whose behalf.
    /// - Returns: the summary.
    /// - Throws: `Rejection` when the profile has no such summary.
    package func fetch(
        _ id: SummaryID,
        in place: ProfilePlace,
        _ scope: AccountScope
    ) async throws -> Resolved<ConversationSummary> {
        try await transactions.read(for: scope) { connection in
            let profile = try connection.resolve(place, in: scope)
            return Resolved(try connection.summary(id, of: profile.family).summary, of: profile.id)
        }
    }

    /// Changes what is given of a summary; a change that changes nothing is accepted.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - change: what to change.
    ///   - place: the profile.
    ///   - scope: on whose behalf.
    /// - Throws: `Rejection` when the profile has no such summary.
    package func patch(
        _ id: SummaryID,
        with change: SummaryChange,
        in place: ProfilePlace,
        _ scope: AccountScope
    ) async throws {
        let now = clock.now()
        _ = try await transactions.write(scope) { connection in
            let memory = try connection.lockForMemoryChange(place, in: scope)
            let (profile, current) = try connection.summary(id, of: memory.family)
            let changed = current.applying(change, at: now)
            guard changed != current else { return Applied() }
            let draft = changed.draft
            try connection.runLater(SummaryQueries.supersede, profile, id)
            try connection.runLater(
                SummaryQueries.update,
                profile,
                id,
                changed.updatedAt,
                draft.content.text,
                draft.source?.text,
                draft.occurredAt,
                draft.conversationID.text,
                memory.version
            )
            try vectors.queue([.init(id)], of: profile, memory, on: connection, at: now)
            return Applied()
        }
        vectors.wake()
    }

    /// Deletes a summary.
    ///
    /// Nobody can read it any more, and recall does not find it but for callers who look back to before its deletion.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - erasing: whether nothing at all is kept of it, which can also be asked for later.
    ///   - place: the profile.
    ///   - scope: on whose behalf.
    /// - Throws: `Rejection` when the profile has no such summary.
    package func delete(
        _ id: SummaryID,
        erasing: Bool = false,
        in place: ProfilePlace,
        _ scope: AccountScope
    ) async throws {
        let now = clock.now()
        _ = try await transactions.write(scope) { connection in
            let memory = try connection.lockForMemoryChange(place, in: scope)
            for profile in memory.family.all {
                let kept = erasing ? 0 : try connection.run(SummaryQueries.supersede, profile, id)
                let erased = erasing ? try connection.run(SummaryQueries.deleteRevisions, profile, id) : 0
                let deleted = kept > 0 || erasing ? try connection.run(SummaryQueries.delete, profile, id) : 0
                if deleted > 0 { try connection.recordDeletion(of: .init(id), of: profile, memory, at: now) }
                if deleted + erased > 0 { return Applied() }
            }
            throw Self.notFound(id)
        }
    }

    static func notFound(_ id: SummaryID) -> Rejection {
        Rejection(.notFound, "summaryId", "the profile has no summary \(id)")
    }
}

extension Connection {
    /// Finds a summary, and which of the merged profiles brought it.
    fileprivate func summary(
        _ id: SummaryID,
        of family: ProfileFamily
    ) throws -> (profile: ProfileKey, summary: ConversationSummary) {
        for profile in family.all {
            if let summary = try first(SummaryQueries.fetch, profile, id) { return (profile, summary) }
        }
        throw Summaries.notFound(id)
    }
}
