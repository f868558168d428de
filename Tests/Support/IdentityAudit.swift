import RecollectEngine
import RecollectSQL
import RecollectVocabulary

// What must hold of the tables of identities whatever was done to them, read from the tables themselves.

/// The tables of identities at one moment.
package struct IdentityAudit: Sendable {
    private let profiles: [ProfileID: (canonical: ProfileID?, merged: [ProfileID])]
    private let claims: [(key: [UInt8], profile: ProfileID)]
    private let held: [(type: String, key: [UInt8], profile: ProfileID)]

    /// Reads the tables.
    ///
    /// - Parameter test: the domain on the database.
    /// - Throws: `EngineError`.
    package init(of test: TestMemory) async throws {
        let profile = Query(
            "SELECT profile_id, canonical_id, merged_ids FROM profile",
            row: { columns throws(EngineError) -> (id: ProfileID, canonical: ProfileID?, merged: MergedProfiles) in
                (try columns.next(), try columns.next(), try columns.next())
            }
        )
        let claim = Query(
            "SELECT identifier_key, profile_id FROM identifier",
            row: { columns throws(EngineError) -> (key: [UInt8], profile: ProfileID) in
                (try columns.next(), try columns.next())
            }
        )
        let identifier = Query(
            "SELECT id_type, identifier_key, profile_id FROM profile_identifier",
            row: { columns throws(EngineError) -> (type: String, key: [UInt8], profile: ProfileID) in
                (try columns.next(), try columns.next(), try columns.next())
            }
        )
        let rows = try await test.database.read(.snapshot) { connection in
            (try connection.all(profile), try connection.all(claim), try connection.all(identifier))
        }
        profiles = Dictionary(
            rows.0.map { ($0.id, ($0.canonical, $0.merged.ids)) },
            uniquingKeysWith: { first, _ in first }
        )
        claims = rows.1
        held = rows.2
    }

    /// What is wrong, in words; empty when nothing is.
    ///
    /// - Parameter unique: the types whose values belong to one profile only.
    /// - Returns: one sentence a fault.
    package func faults(unique: Set<String>) -> [String] {
        aliasFaults + claimFaults + sharingFaults(among: unique)
    }

    /// An alias leads to a profile that stands for itself and knows of it, in one step.
    private var aliasFaults: [String] {
        profiles.flatMap { id, row -> [String] in
            var faults: [String] = []
            if let canonical = row.canonical {
                if profiles[canonical] == nil { faults.append("\(id) is an alias of \(canonical), which is not there") }
                if profiles[canonical]?.canonical != nil { faults.append("\(id) is an alias of an alias") }
                if profiles[canonical]?.merged.contains(id) == false {
                    faults.append("\(canonical) does not know that \(id) is its alias")
                }
                if !row.merged.isEmpty { faults.append("\(id) is an alias and has aliases") }
                if canonical >= id { faults.append("\(id) is an alias of a later profile") }
            }
            for merged in row.merged where profiles[merged]?.canonical != id {
                faults.append("\(merged) does not know that it is an alias of \(id)")
            }
            if Set(row.merged).count < row.merged.count { faults.append("\(id) has an alias twice") }
            return faults
        }
    }

    /// A key is a profile's exactly as long as one of its values has it.
    private var claimFaults: [String] {
        let claimed = Set(claims.map { Holding(key: $0.key, profile: $0.profile) })
        let holding = Set(held.map { Holding(key: $0.key, profile: $0.profile) })
        let orphans = Set(held.map(\.profile) + claims.map(\.profile)).filter { profiles[$0] == nil }
        return claimed.subtracting(holding).map { "\($0.profile) is found by a value that it does not have" }
            + holding.subtracting(claimed).map { "\($0.profile) is not found by a value that it has" }
            + (claimed.count < claims.count ? ["a profile has a key twice"] : [])
            + orphans.map { "an identifier is of \($0), which is not there" }
    }

    private func sharingFaults(among unique: Set<String>) -> [String] {
        var owners: [[UInt8]: Set<ProfileID>] = [:]
        for (type, key, profile) in held where unique.contains(type) {
            owners[key, default: []].insert(profiles[profile]?.canonical ?? profile)
        }
        return owners.values.filter { $0.count > 1 }.map { "one identifier is of \($0.sorted())" }
    }
}

/// A profile that has a key.
private struct Holding: Hashable {
    let key: [UInt8]
    let profile: ProfileID
}
