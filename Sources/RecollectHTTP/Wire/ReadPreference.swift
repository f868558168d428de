import HTTPTypes
import RecollectDomain
import RecollectVocabulary

/// The header `Recollect-Read`, an extension of the contract: a caller's consent to reads that may lag.
enum ReadPreference: String, CaseIterable {
    /// Reads see everything that was written before them: as without the header.
    case primary
    /// Reads may come from a replica, which may lag.
    case replica

    /// The consent that a request gives; nil when it gives none.
    static func laggingReads(_ headers: HTTPFields) throws(Rejection) -> LaggingReads? {
        guard let text = headers[.recollectRead] else { return nil }
        guard let preference = ReadPreference(rawValue: text) else {
            throw Rejection(.malformed, "Recollect-Read", "must be primary or replica")
        }
        return preference == .replica ? LaggingReads() : nil
    }

    /// The answer with the header that says what it was read from.
    static func tell(_ reads: LaggingReads?, in response: APIResponse) -> APIResponse {
        guard let reads else { return response }
        let origin = reads.areFromReplica ? ReadPreference.replica : .primary
        return response.header(.recollectRead, origin.rawValue)
    }
}
