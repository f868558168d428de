import Foundation

// A folder of BEIR (Thakur et al., NeurIPS 2021): corpus.jsonl and queries.jsonl hold an object a line, qrels/SPLIT.tsv says
// how well a document answers a query. The corpus is read as it is remembered; queries and judgements are held.

/// A corpus with queries, and judgements of which documents answer them.
package struct BEIRFolder: Sendable {
    /// A query with the documents that were judged, by how well they answer it.
    struct Query: Sendable {
        let id: String
        let text: String
        let gains: [String: Int]
    }

    /// A document of the corpus.
    struct Document: Decodable, Sendable {
        private enum CodingKeys: String, CodingKey {
            case id = "_id"
            case title, text
        }

        let id: String
        let title: String?
        let text: String

        /// Title and text, as they are remembered.
        var content: String {
            title.map { $0.isEmpty ? text : "\($0)\n\(text)" } ?? text
        }
    }

    /// The queries that have a document that answers them, in the order of the file.
    let queries: [Query]
    private let folder: URL

    /// How many queries there are.
    package var queryCount: Int { queries.count }

    /// Reads the queries of a folder and their judgements.
    ///
    /// - Parameters:
    ///   - path: the folder.
    ///   - split: which judgements, such as `test`.
    /// - Throws: `EvaluationFileError` when a file cannot be read or breaks the format.
    package init(path: String, split: String) throws {
        folder = URL(filePath: path)
        let judgements = try Self.judgements(folder.appending(path: "qrels/\(split).tsv").path)
        var queries: [Query] = []
        var known: Set<String> = []
        var lines = try LineReader(path: folder.appending(path: "queries.jsonl").path)
        let decoder = JSONDecoder()
        while let query = try lines.nextObject(QueryLine.self, by: decoder) {
            guard known.insert(query.id).inserted else {
                throw EvaluationFileError(lines.path, line: lines.line, "_id: \(query.id) is there twice")
            }
            guard let gains = judgements.gains[query.id], gains.values.contains(where: { $0 > 0 }) else { continue }
            queries.append(Query(id: query.id, text: query.text, gains: gains))
        }
        if let missing = judgements.firstLines.filter({ !known.contains($0.key) }).min(by: { $0.value < $1.value }) {
            throw EvaluationFileError(
                judgements.path,
                line: missing.value,
                "there is no query \(missing.key) in queries.jsonl"
            )
        }
        guard !queries.isEmpty else { throw EvaluationFileError(judgements.path, "no document answers any query") }
        self.queries = queries
    }

    /// The lines of the corpus, from the first.
    func corpus() throws -> LineReader {
        try LineReader(path: folder.appending(path: "corpus.jsonl").path)
    }

    private static func judgements(_ path: String) throws -> Judgements {
        var judgements = Judgements(path: path)
        var lines = try LineReader(path: path)
        while let bytes = try lines.next() {
            let text = String(decoding: bytes, as: UTF8.self)
            let fields = text.split(separator: "\t", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
            guard fields.count == 3 else {
                throw EvaluationFileError(
                    path,
                    line: lines.line,
                    "must be query, document and score between tabs, and has \(fields.count) fields"
                )
            }
            guard let gain = Int(fields[2]) else {
                // The first line may name the columns.
                if lines.line == 1 { continue }
                throw EvaluationFileError(path, line: lines.line, "score: must be a whole number, not \(fields[2])")
            }
            judgements.gains[fields[0], default: [:]][fields[1]] = gain
            judgements.firstLines[fields[0]] = judgements.firstLines[fields[0]] ?? lines.line
        }
        return judgements
    }
}

/// What a file of judgements says.
private struct Judgements {
    let path: String
    /// By query, then by document.
    var gains: [String: [String: Int]] = [:]
    /// Where a query is named first.
    var firstLines: [String: Int] = [:]
}

private struct QueryLine: Decodable {
    private enum CodingKeys: String, CodingKey {
        case id = "_id"
        case text
    }

    let id: String
    let text: String
}
