import HTTPTypes
import RecollectDomain
import RecollectVocabulary

// What a caller learns who names a profile that was merged: reads are answered with the canonical profile's data, writes and
// recall are sent on. 308 and not 307 or 301 for those, because it keeps the method and the body, and the move is for good;
// clients that follow a 301 turn it into a GET.

extension APIRequest {
    /// The answer to a read of a profile.
    ///
    /// - Parameters:
    ///   - place: the profile that was asked for.
    ///   - resolved: what was read.
    ///   - respond: makes the answer of what was read.
    /// - Returns: the answer, with the canonical profile's id where it is another.
    func answer<Value>(
        _ place: ProfilePlace,
        _ resolved: Resolved<Value>,
        _ respond: (Value) -> APIResponse
    ) -> APIResponse {
        guard resolved.profile != place.profile else { return respond(resolved.value) }
        guard !redirectsMergedReads else { return moved(to: resolved.profile, .movedPermanently) }
        return respond(resolved.value).header(.canonicalProfileID, resolved.profile.description)
    }

    /// The answer to a request that has to name the canonical profile.
    func moved(to canonical: ProfileID, _ status: HTTPResponse.Status) -> APIResponse {
        let places = template.split(separator: "/", omittingEmptySubsequences: false)
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        let moved = zip(places, segments).map { place, segment in
            place == "{profileId}" ? canonical.description : String(segment)
        }
        let target = moved.joined(separator: "/") + (rawQuery.isEmpty ? "" : "?\(rawQuery)")
        return APIResponse.json(status) { writer in
            writer.object { writer in
                writer.field("message", "The profile was merged into \(canonical)")
                writer.field("uri", "\(publicBaseURL)\(target)")
            }
        }
        .header(.location, target)
        .header(.canonicalProfileID, canonical.description)
    }
}
