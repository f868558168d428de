import Foundation
import RecollectDomain
import RecollectEvaluation
import RecollectTestSupport
import Testing

@Suite struct `Evaluation with a corpus` {
    private static let corpus = """
        {"_id": "d1", "title": "Greyhounds", "text": "They sleep most of the day."}
        {"_id": "d2", "title": "", "text": "Sourdough needs a starter."}

        {"_id": "d3", "text": "Kettles are made of copper or steel.", "metadata": {"url": "x"}}
        {"_id": "d4", "title": "", "text": ""}
        """
    private static let queries = """
        {"_id": "q1", "text": "how long do greyhounds sleep"}
        {"_id": "q2", "text": "copper kettles"}
        {"_id": "q3", "text": "nobody judged this"}
        """
    private static let judgements = "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td3\t2\nq2\td2\t0\n"

    /// Measures a corpus in a folder.
    private func report(
        corpus: String = Self.corpus,
        queries: String = Self.queries,
        judgements: String = Self.judgements,
        split: String = "test"
    ) async throws -> BEIRReport {
        try await withFolder { folder in
            try folder.write(corpus, to: "corpus.jsonl")
            try folder.write(queries, to: "queries.jsonl")
            try folder.write(judgements, to: "qrels/\(split).tsv")
            let files = try BEIRFolder(path: folder.url.path, split: split)
            var report: BEIRReport?
            try await withMemory(on: .sqlite) { test in
                let memory = MeasuredMemory(test.memory, test.scope)
                report = try await BEIREvaluation(files).measure(in: memory) { _, _, _ in }
            }
            return try #require(report)
        }
    }

    /// What is wrong with a corpus: the file's name, the place and the problem.
    private func problem(_ measure: () async throws -> BEIRReport) async throws -> String? {
        do {
            _ = try await measure()
            return nil
        } catch let error as EvaluationFileError {
            let name = error.path.split(separator: "/").last ?? ""
            return [String(name), error.place, error.problem].filter { !$0.isEmpty }.joined(separator: ": ")
        }
    }

    @Test func `queries that were judged are asked`() async throws {
        let report = try await report()
        #expect((report.documents, report.queries, report.cutTexts) == (4, 2, 0))
        #expect(report.ndcgAt10 == 1)
        #expect(report.recallAt100 == 1)
    }

    @Test func `another split is another file`() async throws {
        #expect(try await report(judgements: "q1\td1\t1\n", split: "dev").queries == 1)
    }

    @Test func `a document that is its own query is no answer`() async throws {
        let queries = #"{"_id": "d1", "text": "greyhounds sleep most of the day, a starter less"}"#
        let report = try await report(queries: queries, judgements: "d1\td2\t1\n")
        #expect(report.ndcgAt10 == 1)
    }

    @Test func `documents that are too long are cut and counted`() async throws {
        let long = #"{"_id": "d5", "text": "\#(String(repeating: "kettle ", count: 1000))"}"#
        #expect(try await report(corpus: Self.corpus + "\n" + long).cutTexts == 1)
    }

    @Test func `lines may end as on Windows`() async throws {
        let report = try await report(
            corpus: Self.corpus.replacing("\n", with: "\r\n"),
            queries: Self.queries.replacing("\n", with: "\r\n"),
            judgements: Self.judgements.replacing("\n", with: "\r\n")
        )
        #expect((report.documents, report.queries, report.ndcgAt10) == (4, 2, 1))
    }

    @Test func `a corpus longer than one step is remembered whole`() async throws {
        // More than is read of a file at once, so that lines are cut.
        let padding = String(repeating: "x", count: 1000)
        let corpus = (0..<1300).map { #"{"_id": "d\#($0)", "text": "number w\#($0) \#(padding)"}"# }.joined(
            separator: "\n"
        )
        let queries = #"{"_id": "q", "text": "w1299"}"#
        let report = try await report(corpus: corpus, queries: queries, judgements: "q\td1299\t1\n")
        #expect((report.documents, report.ndcgAt10) == (1300, 1))
    }

    @Test func `a bad line is told by file and number`() async throws {
        #expect(
            try await problem { try await report(corpus: Self.corpus + "\n{\"_id\": \"d1\", \"text\": \"again\"}") }
                == "corpus.jsonl: line 6: _id: d1 is there twice"
        )
        #expect(
            try await problem { try await report(corpus: "{\"_id\": \"d1\", \"text\": \"a\"}\n{\"_id\": \"d2\"}") }
                == "corpus.jsonl: line 2: text: is missing"
        )
        #expect(
            try await problem { try await report(corpus: Self.corpus + "\n{\"_id\"") }?
                .hasPrefix("corpus.jsonl: line 6: is no JSON") == true
        )
        #expect(
            try await problem { try await report(queries: "{\"_id\": 1, \"text\": \"a\"}") }
                == "queries.jsonl: line 1: _id: must be a text"
        )
        #expect(
            try await problem { try await report(judgements: "q1\td1\t1\nq1\td2\n") }
                == "test.tsv: line 2: must be query, document and score between tabs, and has 2 fields"
        )
        #expect(
            try await problem { try await report(judgements: "q1\td1\t1\nq1\td2\tmuch\n") }
                == "test.tsv: line 2: score: must be a whole number, not much"
        )
        #expect(
            try await problem { try await report(judgements: "q1\td1\t1\nq9\td1\t1\n") }
                == "test.tsv: line 2: there is no query q9 in queries.jsonl"
        )
    }

    @Test func `a corpus without documents or answers is told`() async throws {
        #expect(try await problem { try await report(corpus: "\n") } == "corpus.jsonl: has no documents")
        #expect(
            try await problem { try await report(judgements: "q1\td1\t0\n") }
                == "test.tsv: no document answers any query"
        )
    }

    @Test func `a file that is not there is told`() async throws {
        let error = #expect(throws: EvaluationFileError.self) { try BEIRFolder(path: "/nowhere", split: "test") }
        #expect(error?.description == "/nowhere/qrels/test.tsv: cannot be read")
    }
}
