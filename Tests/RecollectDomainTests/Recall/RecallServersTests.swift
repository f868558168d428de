import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Recall on several servers` {
    @Test(arguments: EngineKind.available)
    func `a recall on one server sees every write that another has acknowledged`(on engine: EngineKind) async throws {
        try await withRecall(on: engine, embedder: WordEmbedder()) { here in
            let server = here.profile.test.anotherServer(embedder: WordEmbedder())
            let there = ProfileRecall(profile: here.profile, memory: server)
            let request = try RecallRequest(query: "fact", observationsLimit: 100)
            for number in 0..<20 {
                let (writer, reader) = number.isMultiple(of: 2) ? (here, there) : (there, here)
                try await writer.observe("fact \(number)")
                #expect(try await reader.observations(request).contains("fact \(number)"))
                if number % 5 == 0 { await server.vectorMaker?.makeDueVectors() }
            }
            #expect(try await here.observations(request) == there.observations(request))
        }
    }

    @Test(arguments: EngineKind.available, 1...4)
    func `an index that followed all changes recalls what one read anew does`(
        on engine: EngineKind,
        seed: Int
    ) async throws {
        try await withIdentities(on: engine, embedder: WordEmbedder()) { store in
            var walk = MemoryWalk(store: store, seed: UInt64(seed))
            try await walk.begin()
            for step in 0..<120 {
                try await walk.step()
                guard step % 3 == 0 else { continue }
                let cold = store.test.anotherServer(embedder: WordEmbedder())
                for query in ["tea", "a dog in a train", nil] {
                    let warm = try await walk.recall(query, by: store.test.memory)
                    let anew = try await walk.recall(query, by: cold)
                    #expect(warm.map(\.text) == anew.map(\.text), "step \(step), \(query ?? "recent")")
                    #expect(zip(warm, anew).allSatisfy { abs($0.score - $1.score) < 1e-4 })
                }
            }
        }
    }
}

/// A random walk through all that changes what a profile remembers.
private struct MemoryWalk {
    private static let words = ["tea", "coffee", "dog", "puppy", "train", "flight", "cake", "milk", "rain"]

    let store: IdentityStore
    private var numbers: SplitMix64
    private var first = ProfileID.nobody
    private var second = ProfileID.nobody
    private var isMerged = false

    init(store: IdentityStore, seed: UInt64) {
        self.store = store
        numbers = SplitMix64(state: seed)
    }

    mutating func begin() async throws {
        first = try await store.create(["email": "ann@example.com"])
        second = try await store.create(["phone": "+13175550101"])
    }

    mutating func step() async throws {
        store.test.clock.advance(by: .seconds(1))
        let observations = store.observations(of: isMerged || Bool.random(using: &numbers) ? first : second)
        switch Int.random(in: 0..<12, using: &numbers) {
        case 0..<5:
            try await observations.create((0...Int.random(in: 0..<4, using: &numbers)).map { _ in text() })
        case 5, 6:
            let all = try await observations.ids()
            if let id = all.randomElement(using: &numbers) { try await observations.patch(id, content: text()) }
        case 7, 8:
            let all = try await observations.ids()
            if let id = all.randomElement(using: &numbers) { try await observations.delete(id) }
        case 9, 10:
            await store.test.memory.vectorMaker?.makeDueVectors()
        default:
            if isMerged {
                let merge = try await store.merges(of: first).first { $0.undoneAt == nil }
                if let merge { try await store.undo(merge.id, of: first) }
            } else {
                _ = try await store.create(["email": "ann@example.com", "phone": "+13175550101"])
            }
            isMerged.toggle()
        }
    }

    func recall(_ query: String?, by memory: Memory) async throws -> [(text: String, score: Double)] {
        let request = try RecallRequest(query: query, observationsLimit: 100)
        let place = ProfilePlace(store: store.id, profile: first)
        let found = try await memory.recall.recall(request, in: place, store.test.scope).observations
        // Equal scores of two ways of adding differ in the last bit.
        return found.map { (text: $0.memory.text, score: $0.score ?? 0) }
    }

    private mutating func text() -> String {
        (0...Int.random(in: 0..<4, using: &numbers)).map { _ in Self.words.randomElement(using: &numbers) ?? "" }
            .joined(separator: " ")
    }
}
