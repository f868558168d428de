import RecollectEngine
import RecollectSQL
package import RecollectVocabulary

/// The observations of a profile and their revisions.
package struct Observations: Sendable {
    let transactions: Transactions
    let clock: any WallClock
    let ids: any IDSource
    let vectors: VectorQueue

    /// Creates observations, all or none.
    ///
    /// - Parameters:
    ///   - drafts: what they say; they are listed in this order.
    ///   - place: the profile.
    ///   - scope: on whose behalf.
    /// - Throws: `Rejection` when there is no such profile.
    package func create(_ drafts: [ObservationDraft], in place: ProfilePlace, _ scope: AccountScope) async throws {
        let now = clock.now()
        let observations = zip(ids.next(drafts.count, at: now), drafts).map { id, draft in
            Observation(id: id, revision: 1, updatedAt: now, draft: draft)
        }
        _ = try await transactions.write(scope) { connection in
            let memory = try connection.lockForMemoryChange(place, in: scope)
            let profile = memory.family.canonical
            try connection.insertLater(
                ObservationQueries.insert,
                observations.map { observation in
                    let draft = observation.draft
                    return (
                        profile, observation.id, observation.revision, observation.updatedAt, draft.content.text,
                        draft.source.text, draft.occurredAt, draft.joinedConversationIDs,
                        draft.provenance.joinedCommunicationIDs, draft.provenance.joinedEvidence, memory.version
                    )
                }
            )
            try vectors.queue(
                observations.map { .init($0.id) },
                of: profile,
                memory,
                on: connection,
                at: now
            )
            let links = observations.map { (id: $0.id, conversations: Set($0.draft.conversationIDs)) }
            try connection.link(links, of: profile)
            return Applied()
        }
        vectors.wake()
    }

    /// One page of a profile's observations.
    ///
    /// - Parameters:
    ///   - page: which page.
    ///   - filter: which observations.
    ///   - place: the profile.
    ///   - scope: on whose behalf.
    /// - Returns: the observations of the page.
    /// - Throws: `Rejection` when there is no such profile.
    package func list(
        _ page: PageQuery<ObservationID>,
        _ filter: ObservationFilter,
        in place: ProfilePlace,
        _ scope: AccountScope
    ) async throws -> Resolved<PageSlice<Observation>> {
        let bounds = IDBounds(page, createdAfter: filter.createdAfter, createdBefore: filter.createdBefore)
        let source = filter.source?.text ?? ""
        return try await transactions.read(for: scope) { connection in
            let profile = try connection.resolve(place, in: scope)
            let rows = try profile.family.page(page, by: \.id) { key in
                guard let conversation = filter.conversationID else {
                    let query = page.scansForward ? ObservationQueries.pageAscending : ObservationQueries.pageDescending
                    return try connection.all(query, key, bounds.lower, bounds.upper, source, page.rowsWanted)
                }
                let query =
                    page.scansForward
                    ? ObservationQueries.conversationPageAscending : ObservationQueries.conversationPageDescending
                return try connection.all(
                    query,
                    key,
                    bounds.lower,
                    bounds.upper,
                    source,
                    page.rowsWanted,
                    conversation.text
                )
            }
            return Resolved(page.slice(rows), of: profile.id)
        }
    }

    /// One observation as it stands.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - place: the profile.
    ///   - scope: on whose behalf.
    /// - Returns: the observation.
    /// - Throws: `Rejection` when the profile has no such observation.
    package func fetch(
        _ id: ObservationID,
        in place: ProfilePlace,
        _ scope: AccountScope
    ) async throws -> Resolved<Observation> {
        try await transactions.read(for: scope) { connection in
            let profile = try connection.resolve(place, in: scope)
            return Resolved(try connection.observation(id, of: profile.family).observation, of: profile.id)
        }
    }

    /// Changes what is given of an observation.
    ///
    /// A real change adds a revision; one that changes nothing is accepted.
    ///
    /// - Parameters:
    /// - id: its id.
    /// - change: what to change.
    /// - place: the profile.
    /// - scope: on whose behalf.
    /// - Throws: `Rejection` when the profile has no such observation.
    package func patch(
        _ id: ObservationID,
        with change: ObservationChange,
        in place: ProfilePlace,
        _ scope: AccountScope
    ) async throws {
        let now = clock.now()
        _ = try await transactions.write(scope) { connection in
            let memory = try connection.lockForMemoryChange(place, in: scope)
            let (profile, current) = try connection.observation(id, of: memory.family)
            let changed = current.applying(change, at: now)
            guard changed != current else { return Applied() }
            let draft = changed.draft
            try connection.runLater(ObservationQueries.supersede, profile, id)
            try connection.runLater(
                ObservationQueries.update,
                profile,
                id,
                changed.revision,
                changed.updatedAt,
                draft.content.text,
                draft.source.text,
                draft.occurredAt,
                draft.joinedConversationIDs,
                draft.provenance.joinedCommunicationIDs,
                draft.provenance.joinedEvidence,
                memory.version
            )
            try vectors.queue([.init(id)], of: profile, memory, on: connection, at: now)
            let (before, after) = (Set(current.draft.conversationIDs), Set(draft.conversationIDs))
            try connection.unlink(before.subtracting(after), from: id, of: profile)
            try connection.link([(id, after.subtracting(before))], of: profile)
            return Applied()
        }
        vectors.wake()
    }

    /// Deletes an observation with its revisions.
    ///
    /// Nobody can read it any more, and recall does not find it but for callers who look back to before its deletion.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - erasing: whether nothing at all is kept of it, which can also be asked for later.
    ///   - place: the profile.
    ///   - scope: on whose behalf.
    /// - Throws: `Rejection` when the profile has no such observation.
    package func delete(
        _ id: ObservationID,
        erasing: Bool = false,
        in place: ProfilePlace,
        _ scope: AccountScope
    ) async throws {
        let now = clock.now()
        _ = try await transactions.write(scope) { connection in
            let memory = try connection.lockForMemoryChange(place, in: scope)
            for profile in memory.family.all {
                let kept = erasing ? 0 : try connection.run(ObservationQueries.supersede, profile, id)
                let erased = erasing ? try connection.run(ObservationQueries.deleteRevisions, profile, id) : 0
                let conversations =
                    kept > 0 || erasing ? try connection.first(ObservationQueries.delete, profile, id) : nil
                if let conversations {
                    try connection.unlink(Set(conversations), from: id, of: profile)
                    try connection.recordDeletion(of: .init(id), of: profile, memory, at: now)
                }
                if conversations != nil || erased > 0 { return Applied() }
            }
            throw Self.notFound(id)
        }
    }

    /// One page of an observation's states, newest first, the current one first of all.
    ///
    /// - Parameters:
    ///   - page: which page; its cursor is a revision's number.
    ///   - id: the observation.
    ///   - place: the profile.
    ///   - scope: on whose behalf.
    /// - Returns: the states of the page.
    /// - Throws: `Rejection` when the profile has no such observation.
    package func revisions(
        _ page: PageQuery<Int>,
        of id: ObservationID,
        in place: ProfilePlace,
        _ scope: AccountScope
    ) async throws -> Resolved<PageSlice<Observation>> {
        // The current state and the superseded ones are read by one statement, which sees one moment.
        try await transactions.read(for: scope) { connection in
            let profile = try connection.resolve(place, in: scope)
            let (query, start) =
                page.scansForward
                ? (ObservationQueries.revisionsAscending, page.cursor ?? 0)
                : (ObservationQueries.revisionsDescending, page.cursor ?? .max)
            // All states of an observation are one profile's.
            for key in profile.family.all {
                let rows = try connection.all(query, key, id, start, page.rowsWanted)
                if !rows.isEmpty { return Resolved(page.slice(rows), of: profile.id) }
            }
            // No state at all is either a page beyond the last or an observation that is not there.
            _ = try connection.observation(id, of: profile.family)
            return Resolved(page.slice([]), of: profile.id)
        }
    }

    static func notFound(_ id: ObservationID) -> Rejection {
        Rejection(.notFound, "observationId", "the profile has no observation \(id)")
    }
}

extension Connection {
    /// Finds an observation, and which of the merged profiles brought it.
    fileprivate func observation(
        _ id: ObservationID,
        of family: ProfileFamily
    ) throws -> (profile: ProfileKey, observation: Observation) {
        for profile in family.all {
            if let observation = try first(ObservationQueries.fetch, profile, id) { return (profile, observation) }
        }
        throw Observations.notFound(id)
    }

    /// Links observations to conversations; a conversation that an observation names twice is one link.
    fileprivate func link(
        _ links: [(id: ObservationID, conversations: Set<ConversationID>)],
        of profile: ProfileKey
    ) throws {
        try insertLater(
            ObservationQueries.link,
            links.flatMap { link in link.conversations.map(\.text).sorted().map { (profile, $0, link.id) } }
        )
    }

    fileprivate func unlink(
        _ conversations: Set<ConversationID>,
        from id: ObservationID,
        of profile: ProfileKey
    ) throws {
        _ = try all(ObservationQueries.unlink, in: conversations.map(\.text).sorted(), profile, id)
    }
}
