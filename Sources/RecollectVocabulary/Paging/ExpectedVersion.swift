/// The versions of a resource that a caller accepts to change: the meaning of an If-Match header.
package enum ExpectedVersion: Sendable, Equatable {
    /// Any version, as long as the resource exists.
    case any
    /// One of these. Tags that are no version of ours are left out, so the list may be empty and match nothing.
    case oneOf([Int])
}

extension ExpectedVersion? {
    /// Refuses a change of another version than the caller expects; no expectation accepts every version.
    ///
    /// - Parameter version: the version that the change would replace.
    /// - Throws: `Rejection` of reason `.staleVersion`.
    package func require(_ version: Int) throws(Rejection) {
        guard case .oneOf(let versions) = self, !versions.contains(version) else { return }
        throw Rejection(.staleVersion, "If-Match", "the current version is \(version)")
    }
}
