import HTTPTypes
package import RecollectDomain
import RecollectVocabulary

/// The routes of identity resolution settings.
package struct IdentityResolutionRoutes: Sendable {
    private let identityResolution: IdentityResolution

    /// The routes on the domain's feature.
    ///
    /// - Parameter identityResolution: the feature.
    package init(_ identityResolution: IdentityResolution) {
        self.identityResolution = identityResolution
    }

    /// The routes.
    package var routes: [Route] {
        let path = "/v1/ControlPlane/Stores/{storeId}/IdentityResolutionSettings"
        let guards = "\(path)/Guards"
        return [
            Route(.get, path, fetch), Route(.put, path, replace),
            Route(.get, guards, fetchGuards), Route(.put, guards, replaceGuards),
        ]
    }

    @Sendable private func fetch(_ request: APIRequest) async throws -> APIResponse {
        let store = try request.parameter("storeId", StoreID.init(_:field:))
        let settings = try await identityResolution.settings(of: store, in: request.scope)
        return .json(settings).header(.eTag, EntityTag.text(settings.version))
    }

    @Sendable private func replace(_ request: APIRequest) async throws -> APIResponse {
        let store = try request.parameter("storeId", StoreID.init(_:field:))
        let operation = try await identityResolution.replace(
            with: IdentitySettings(request.object(.identitySettingsInvalid)),
            expecting: request.expectedVersion(),
            of: store,
            in: request.scope
        )
        return .accepted("Identity resolution settings replaced", operation, for: request)
    }

    @Sendable private func fetchGuards(_ request: APIRequest) async throws -> APIResponse {
        let store = try request.parameter("storeId", StoreID.init(_:field:))
        let guards = try await identityResolution.guards(of: store, in: request.scope)
        return .json { writer in
            writer.object { writer in
                writer.field("dailyMergesLimit", ifPresent: guards.dailyMergesLimit)
                writer.array("blockedIdentifiers", guards.blocked) { writer, identifier in
                    writer.object { writer in
                        writer.field("idType", identifier.type.text)
                        writer.field("value", identifier.value)
                    }
                }
            }
        }
    }

    @Sendable private func replaceGuards(_ request: APIRequest) async throws -> APIResponse {
        let store = try request.parameter("storeId", StoreID.init(_:field:))
        let body = try request.object(.identitySettingsInvalid)
        try body.allowOnly("dailyMergesLimit", "blockedIdentifiers")
        var blocked: [(type: IdentifierType, value: String, field: String)] = []
        for item in try body["blockedIdentifiers"].optional?.array(0...IdentityGuards.blockedLimit) ?? [] {
            let identifier = try item.object()
            try identifier.allowOnly("idType", "value")
            blocked.append(
                (
                    try identifier["idType"].required().text(IdentifierType.init(_:field:)),
                    try identifier["value"].required().string(1...IdentifierNormalization.lengthLimit), item.path
                )
            )
        }
        let operation = try await identityResolution.replaceGuards(
            dailyMergesLimit: body["dailyMergesLimit"].optional?.integer(IdentityGuards.dailyMergesRange),
            blocked: blocked,
            of: store,
            in: request.scope
        )
        return .accepted("Guards of identity resolution replaced", operation, for: request)
    }
}
