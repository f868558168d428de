import HTTPTypes
package import RecollectDomain
import RecollectVocabulary

/// The routes of merges: an extension of the contract.
package struct MergesRoutes: Sendable {
    private let merges: Merges

    /// The routes on the domain's feature.
    ///
    /// - Parameter merges: the feature.
    package init(_ merges: Merges) {
        self.merges = merges
    }

    /// The routes.
    package var routes: [Route] {
        let path = "/v1/Stores/{storeId}/Profiles/{profileId}/Merges"
        return [Route(.get, path, list), Route(.post, "\(path)/{mergeId}/Undo", undo)]
    }

    @Sendable private func list(_ request: APIRequest) async throws -> APIResponse {
        let place = try request.profilePlace()
        let page = try request.list(maximum: DataPlane.pageSizeLimit)
        let found = try await merges.list(
            page.query(arrayLimit: ProfileMerge.pageLimit, cursor: MergeID.init(_:field:)),
            of: place,
            request.scope
        )
        return request.answer(place, found) { slice in
            page.page("merges", slice, cursor: \.id.description) { writer, merge in merge.write(to: &writer) }
        }
    }

    @Sendable private func undo(_ request: APIRequest) async throws -> APIResponse {
        let place = try request.profilePlace()
        let id = try request.parameter("mergeId", MergeID.init(_:field:))
        let profile = try await merges.undo(id, of: place, request.scope)
        return .json(.accepted) { writer in
            writer.object { writer in
                writer.field("id", profile)
                writer.field("message", "Merge undone")
            }
        }
    }
}

extension ProfileMerge: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("id", id)
            writer.field("canonicalProfileId", canonical)
            writer.field("mergedProfileId", merged)
            writer.object("reason") { writer in
                writer.field("rule", identifier.type.text)
                writer.field("value", identifier.value)
            }
            writer.field("createdAt", id.createdAt)
            writer.field("undoneAt", ifPresent: undoneAt)
        }
    }
}
