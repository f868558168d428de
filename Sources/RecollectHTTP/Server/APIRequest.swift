import Crypto
package import HTTPTypes
package import RecollectDomain
package import RecollectVocabulary

/// A request as the routes see it: authenticated, its path and query decoded, its body whole and decompressed.
package struct APIRequest: Sendable {
    /// On whose behalf it acts, with the claim of its Idempotency-Key if it sent one with a POST, PUT or PATCH.
    package let scope: AccountScope
    /// The method.
    package let method: HTTPRequest.Method
    /// The path as it was sent.
    package let path: String
    /// The query's parameters; of a name that occurs twice, the first.
    package let query: [String: String]
    /// The headers.
    package let headers: HTTPFields
    /// The body, decompressed; empty when there is none.
    package let body: [UInt8]
    /// Scheme, host and port under which the caller reaches this server, without a slash at the end.
    package let publicBaseURL: String
    /// The query as it was sent, without its question mark.
    let rawQuery: String
    /// The path as the contract writes it.
    let template: String
    /// Whether a read of a merged profile is answered with 301 rather than with the canonical profile's data.
    let redirectsMergedReads: Bool
    let parameters: [String: String]
    let pageTokenKey: SymmetricKey

    /// A parameter of the path, percent-decoded.
    ///
    /// - Parameter name: its name in the route's template.
    /// - Returns: its value.
    package func parameter(_ name: String) -> String {
        guard let value = parameters[name] else { preconditionFailure("the route's path has no {\(name)}") }
        return value
    }

    /// A parameter of the path as the type it names, such as `request.parameter("storeId", StoreID.init(_:field:))`.
    ///
    /// - Parameters:
    ///   - name: its name in the route's template.
    ///   - read: makes the value of the text and the parameter's name.
    /// - Returns: the value.
    /// - Throws: what `read` throws.
    package func parameter<Value>(
        _ name: String,
        _ read: (_ text: String, _ field: String) throws(Rejection) -> Value
    ) throws(Rejection) -> Value {
        try read(parameter(name), name)
    }

    /// The body as a JSON object.
    ///
    /// - Parameter reason: the reason when the object breaks its schema: `.malformed` on the data plane,
    ///   `.controlPlanePayload` on the control plane. A body that is no JSON at all is always `.malformed`.
    /// - Returns: a reader of its fields.
    /// - Throws: `Rejection` when the body is no JSON object.
    package func object(_ reason: Rejection.Reason = .malformed) throws(Rejection) -> ObjectReader {
        try ValueReader(JSONReader.read(body), path: "", reason: reason).object()
    }

    /// The versions that the If-Match header accepts; nil when there is no such header.
    ///
    /// - Returns: the versions.
    /// - Throws: `Rejection` when the header is too long.
    package func expectedVersion() throws(Rejection) -> ExpectedVersion? {
        try EntityTag.expectedVersion(ifMatch: headers[.ifMatch])
    }

    /// The query as that of a list.
    ///
    /// - Parameters:
    ///   - maximum: the largest page size; more counts as this.
    ///   - filters: the names of the parameters that filter the list.
    ///   - ordered: whether the list knows `orderBy`; a list that does not is descending.
    /// - Returns: what page is asked for.
    /// - Throws: `Rejection` that names the parameter and its rule.
    package func list(
        maximum: Int,
        filters: [String] = [],
        ordered: Bool = true
    ) throws(Rejection) -> ListRequest {
        let seal = PageTokenSeal(key: pageTokenKey, path: path, account: scope.account.text)
        return try ListRequest(query: query, maximum: maximum, filters: filters, ordered: ordered, seal: seal)
    }
}
