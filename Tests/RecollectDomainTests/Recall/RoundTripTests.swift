import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

/// A round trip is what PostgreSQL in another house costs: each operation has a fixed number of them.
@Suite(.enabled(if: EngineKind.available.contains(.postgres)))
struct `Round trips to PostgreSQL` {
    @Test func `a recall of a warm profile takes one`() async throws {
        try await withProfile(on: .postgres) { profile in
            let recall = ProfileRecall(profile: profile)
            try await recall.observe("likes tea")
            let request = try RecallRequest(query: "tea")
            _ = try await recall.recall(request)
            let trips = try await profile.test.database.roundTrips { _ = try await recall.recall(request) }
            #expect(trips == 1)
        }
    }

    @Test func `recalls at once take one each, though connections are made for them`() async throws {
        try await withProfile(on: .postgres) { profile in
            let recall = ProfileRecall(profile: profile)
            try await recall.observe("likes tea")
            let request = try RecallRequest(query: "tea")
            _ = try await recall.recall(request)
            let trips = try await profile.test.database.roundTrips {
                try await withThrowingTaskGroup { group in
                    for _ in 0..<64 { group.addTask { _ = try await recall.recall(request) } }
                    try await group.waitForAll()
                }
            }
            #expect(trips == 64)
        }
    }

    @Test func `a recall of a cold profile takes two, of one that has changed three`() async throws {
        try await withProfile(on: .postgres) { profile in
            let recall = ProfileRecall(profile: profile)
            try await recall.observe("likes tea")
            let request = try RecallRequest(query: "tea")
            let database = profile.test.database
            // The first also finds its connection's plans.
            _ = try await recall.recall(request)
            try await recall.observe("likes coffee")
            _ = try await recall.recall(request)
            try await recall.observe("likes water")
            let changed = try await database.roundTrips { _ = try await recall.recall(request) }
            #expect(changed == 3)
            let elsewhere = ProfileRecall(profile: profile, memory: profile.test.anotherServer())
            let cold = try await database.roundTrips { _ = try await elsewhere.recall(request) }
            #expect(cold == 2)
        }
    }

    @Test func `a change takes three, a creation two, however many statements they are`() async throws {
        try await withObservations(on: .postgres) { observations in
            let database = observations.profile.test.database
            let id = try await observations.createOne("a")
            // The first of each also finds its connection's plans.
            for content in ["b", "c"] { try await observations.patch(id, content: content) }
            let change = try await database.roundTrips { try await observations.patch(id, content: "d") }
            #expect(change == 3)
            let contents = (0..<10).map { "\($0)" }
            let creation = try await database.roundTrips {
                try await observations.create(contents, conversations: [conversation(1)])
            }
            #expect(creation == 2)
        }
    }

    @Test func `a read of an observation takes two`() async throws {
        try await withObservations(on: .postgres) { observations in
            let id = try await observations.createOne("a")
            let trips = try await observations.profile.test.database.roundTrips {
                _ = try await observations.fetch(id)
            }
            #expect(trips == 2)
        }
    }
}
