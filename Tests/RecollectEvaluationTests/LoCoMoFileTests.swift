import Foundation
import RecollectEvaluation
import Testing

@Suite struct `Files of LoCoMo` {
    /// What is wrong with a file, without its path.
    private func problem(of text: String) async throws -> String? {
        try await withFolder { folder in
            let path = try folder.write(text, to: "locomo.json")
            do {
                _ = try LoCoMoFile(path: path)
                return nil
            } catch let error as EvaluationFileError {
                #expect(error.path == path)
                #expect(error.description.hasPrefix("\(path): "))
                return error.place.isEmpty ? error.problem : "\(error.place): \(error.problem)"
            }
        }
    }

    /// What is wrong with the example after a change.
    private func problem(replacing old: String, with new: String) async throws -> String? {
        try #require(LoCoMoExample.file.contains(old))
        return try await problem(of: LoCoMoExample.file.replacing(old, with: new, maxReplacements: 1))
    }

    @Test func `a file is read and told by its SHA-256`() async throws {
        try await withFolder { folder in
            let file = try LoCoMoFile(path: try folder.write(LoCoMoExample.file, to: "locomo.json"))
            #expect((file.conversationCount, file.questionCount) == (1, 7))
            let other = try LoCoMoFile(path: try folder.write(LoCoMoExample.file + "\n", to: "other.json"))
            #expect(file.sha256.count == 64)
            #expect(file.sha256 != other.sha256)
        }
    }

    @Test func `a wrong value is told with its place`() async throws {
        #expect(
            try await problem(replacing: "\"category\": 1", with: "\"category\": 6")
                == "[0].qa[1].category: must be 1 to 5"
        )
        #expect(
            try await problem(replacing: "\"category\": 1", with: "\"category\": \"1\"")
                == "[0].qa[1].category: must be a whole number"
        )
        #expect(
            try await problem(replacing: "\"dia_id\": \"D2:2\", ", with: "")
                == "[0].conversation.session_2[1].dia_id: is missing"
        )
        #expect(
            try await problem(replacing: "\"question\": \"Does Ada like animals?\"", with: "\"question\": null")
                == "[0].qa[3].question: must be a text, and is null"
        )
        #expect(
            try await problem(
                replacing: "[\"Ada is moving to Norway.\", \"D3:1\"]",
                with: "\"Ada is moving to Norway.\""
            )?
            .hasPrefix("[0].observation.session_3_observation.Ada[0]: must be") == true
        )
    }

    @Test(arguments: [
        "9:05 on 3 March, 2024", "9:05 am on 3 Mars, 2024", "9:05 am on 31 June, 2024", "13:05 am on 3 March, 2024",
    ])
    func `a date that is none is told`(date: String) async throws {
        #expect(
            try await problem(replacing: "9:05 am on 3 March, 2024", with: date)
                == "[0].conversation.session_1_date_time: must be a date such as 1:56 pm on 8 May, 2023, not \(date)"
        )
    }

    @Test func `a session without a date is told`() async throws {
        #expect(
            try await problem(replacing: "\"session_2_date_time\": \"12:30 am on 14 July 2024\",", with: "")
                == "[0].conversation.session_2_date_time: is missing"
        )
    }

    @Test func `observations of no session are told`() async throws {
        #expect(
            try await problem(replacing: "session_3_observation", with: "session_7_observation")
                == "[0].observation.session_7_observation: is of no session"
        )
    }

    @Test func `what is no JSON, no list or no file is told`() async throws {
        #expect(try await problem(of: "[{")?.hasPrefix("is no JSON") == true)
        #expect(try await problem(of: "")?.hasPrefix("is no JSON") == true)
        #expect(try await problem(of: "{}") == "must be a list")
        #expect(try await problem(of: "[]") == "has no questions")
        #expect(try await problem(of: "[{}]") == "[0].conversation: is missing")
        let error = #expect(throws: EvaluationFileError.self) { try LoCoMoFile(path: "/nowhere/locomo.json") }
        #expect(error?.description == "/nowhere/locomo.json: cannot be read")
    }
}
