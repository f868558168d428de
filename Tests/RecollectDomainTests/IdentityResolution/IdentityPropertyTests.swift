import Foundation
import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

/// Random sequences of what callers may do, on the real thing and on the model of the rules.
@Suite struct `Identities under random sequences` {
    /// How many sequences are run on each engine: as many as each engine does in some seconds, unless the environment says more.
    private static func sequences(on engine: EngineKind) -> Int {
        let wanted = ProcessInfo.processInfo.environment["RECOLLECT_TEST_SEQUENCES"].flatMap { Int($0) }
        switch engine {
        case .sqlite: return wanted ?? 10_000
        case .postgres: return wanted ?? 1_000
        case .citus: return wanted ?? 200
        }
    }

    private static let first = ProcessInfo.processInfo.environment["RECOLLECT_TEST_FIRST_SEQUENCE"].flatMap { Int($0) }

    @Test(arguments: EngineKind.available)
    func `profiles, identifiers, traits and aliases are what the rules say`(on engine: EngineKind) async throws {
        var limits = Memory.Limits()
        limits.stores.storesPerAccount = .max
        let first = Self.first ?? 0
        try await withMemory(on: engine, limits: limits) { test in
            for seed in first..<first + Self.sequences(on: engine) {
                var sequence = try await IdentitySequence(seed: seed, on: test)
                let trouble = try await sequence.run()
                try #require(
                    trouble == nil,
                    "sequence \(seed): \(trouble ?? "")\n\(sequence.steps.joined(separator: "\n"))"
                )
            }
        }
    }
}
