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
        return [Route(.get, path, fetch), Route(.put, path, replace)]
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
}
