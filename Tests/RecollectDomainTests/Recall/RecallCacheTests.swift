import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Indexes of profiles in memory` {
    @Test(arguments: EngineKind.available)
    func `a recall sees every write before it`(on engine: EngineKind) async throws {
        try await withRecall(on: engine) { recall in
            let observations = ProfileObservations(recall.profile)
            let request = try RecallRequest(query: "tea")
            #expect(try await recall.observations(request) == [])
            let id = try await observations.createOne("likes tea")
            #expect(try await recall.observations(request) == ["likes tea"])
            try await observations.patch(id, content: "likes coffee")
            #expect(try await recall.observations(request) == ["likes coffee"])
            try await recall.summarise("a talk about tea")
            #expect(try await recall.recall(request).summaries.count == 1)
            try await observations.delete(id)
            #expect(try await recall.observations(request) == [])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a deleted profile is recalled no more`(on engine: EngineKind) async throws {
        try await withRecall(on: engine) { recall in
            try await recall.observe("likes tea")
            let request = try RecallRequest()
            _ = try await recall.recall(request)
            try await recall.profile.memory.profiles.delete(recall.profile.place, recall.profile.scope)
            #expect(await refusal { try await recall.recall(request) } == .notFound)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a warm recall takes one statement`(on engine: EngineKind) async throws {
        try await withRecall(on: engine) { recall in
            for day in 0..<20 { try await recall.observe("tea \(day)", day: day) }
            let request = try RecallRequest(query: "tea")
            #expect(try await recall.statements(request) == 4)
            #expect(try await recall.statements(request) == 1)
            #expect(try await recall.statements(RecallRequest()) == 1)
            // What changes nothing that recall reads leaves the index valid.
            let other = ProfileRecall(profile: try await recall.profile.another())
            try await other.observe("coffee")
            #expect(try await recall.statements(request) == 1)
            // What has changed is read, and no more: the version before and again, deletions, observations, summaries, vectors.
            try await recall.observe("cake")
            #expect(try await recall.statements(request) == 6)
        }
    }

    @Test(arguments: EngineKind.available)
    func `the bound of bytes drops what was used longest ago`(on engine: EngineKind) async throws {
        // An index of one short observation takes more than 300 and less than 1000 bytes.
        try await withRecall(on: engine, cacheBytesLimit: 3000) { first in
            let request = try RecallRequest(query: "tea")
            var recalls = [first]
            for number in 1..<12 {
                recalls.append(ProfileRecall(profile: try await first.profile.another("\(number)@example.com")))
            }
            for recall in recalls {
                try await recall.observe("likes tea")
                #expect(try await recall.statements(request) == 4)
                #expect(try await recall.statements(request) == 1)
            }
            #expect(try await recalls[11].statements(request) == 1)
            #expect(try await first.statements(request) == 4)
            #expect(try await first.observations(request) == ["likes tea"])
        }
    }

    @Test(arguments: EngineKind.available)
    func `a profile larger than the bound is recalled all the same`(on engine: EngineKind) async throws {
        try await withRecall(on: engine, cacheBytesLimit: 0) { recall in
            try await recall.observe("likes tea")
            let request = try RecallRequest(query: "tea")
            for _ in 1...2 {
                #expect(try await recall.observations(request) == ["likes tea"])
                #expect(try await recall.statements(request) == 4)
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `readers among writers see at least what was written before they began`(on engine: EngineKind) async throws {
        try await withRecall(on: engine) { recall in
            let request = try RecallRequest(query: "fact", observationsLimit: 100)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<8 {
                    group.addTask {
                        for number in 0..<8 {
                            try await recall.observe("fact \(writer) \(number)")
                            let found = try await recall.observations(request)
                            let own = found.filter { $0.hasPrefix("fact \(writer) ") }
                            #expect(own.count == number + 1)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await recall.observations(request).count == 64)
        }
    }
}
