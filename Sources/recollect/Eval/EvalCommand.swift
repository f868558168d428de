import ArgumentParser
import Foundation
import RecollectEmbedding
import RecollectEvaluation
import RecollectMiniLM

/// Measures how well memories are recalled.
struct EvalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Measure how well memories are recalled.",
        discussion: "Works on a temporary database of its own; the data of an installation is not touched.",
        subcommands: [LoCoMo.self, BEIR.self]
    )

    /// The options of all evaluations.
    struct Options: ParsableArguments {
        @Flag(help: "Recall by words alone, without the embedding model.") var lexical = false
        @Flag(help: "Print one JSON object in place of tables.") var json = false
        @OptionGroup var model: ModelCommand.Folder

        /// The model, if there is one: what is printed says which it was.
        func embedder() throws -> (any Embedder)? {
            let files = model.files
            guard !lexical, files.exist else { return nil }
            return try MiniLMEncoder(files: files)
        }
    }

    /// Measures with long conversations and questions about them.
    struct LoCoMo: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "locomo",
            abstract: "Measure with a file of LoCoMo: evidence recall by the paper's rule.",
            discussion: """
                A question's score at k is the share of its evidence among the first k items recalled. What an item holds is the \
                unit: an observation, an observation with the turns it was drawn from as evidence, a turn, or a session's summary.
                """
        )

        @Argument(help: "The file.") var file: String
        @Option(help: "observation, evidence, turn or summary. May be given many times. (default: all)")
        var unit: [LoCoMoUnit] = []
        @OptionGroup var options: Options

        func run() async throws {
            let conversations = try LoCoMoFile(path: file)
            let embedder = try options.embedder()
            let evaluation = LoCoMoEvaluation(conversations)
            var reports: [LoCoMoReport] = []
            for unit in LoCoMoUnit.allCases where self.unit.isEmpty || self.unit.contains(unit) {
                var bar = ProgressBar(label: "Measuring")
                defer { bar.end() }
                // A memory for each: one that is asked the same again may remember what the question's vector was.
                let report = try await TemporaryMemory.with(embedder) { memory in
                    try await evaluation.measure(unit, in: memory) { bar.show($0, of: $1, note: $2) }
                }
                reports.append(report)
            }
            let result = LoCoMoResult(
                file: URL(filePath: file).lastPathComponent,
                sha256: conversations.sha256,
                model: embedder?.model.name ?? "none",
                conversations: conversations.conversationCount,
                questions: conversations.questionCount,
                units: reports
            )
            try options.json ? Console.writeJSON(result) : result.show()
        }
    }

    /// Measures with a corpus of documents and queries.
    struct BEIR: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "beir",
            abstract: "Measure with a corpus of your own or of BEIR: nDCG@10 and recall@100.",
            discussion: """
                The folder holds corpus.jsonl ({"_id", "title", "text"} a line), queries.jsonl ({"_id", "text"} a line) and \
                qrels/test.tsv (query, document and score between tabs, after a line that names the columns). Each document \
                becomes an observation of one profile.
                """
        )

        @Argument(help: "The folder.") var folder: String
        @Option(help: "Which file of qrels has the judgements, without its ending.") var split = "test"
        @OptionGroup var options: Options

        func run() async throws {
            let corpus = try BEIRFolder(path: folder, split: split)
            let embedder = try options.embedder()
            var bar = ProgressBar(label: "Measuring")
            let report = try await TemporaryMemory.with(embedder) { memory in
                defer { bar.end() }
                return try await BEIREvaluation(corpus).measure(in: memory) { bar.show($0, of: $1, note: $2) }
            }
            let result = BEIRResult(
                folder: URL(filePath: folder).lastPathComponent,
                split: split,
                model: embedder?.model.name ?? "none",
                report: report
            )
            try options.json ? Console.writeJSON(result) : result.show()
        }
    }
}

extension LoCoMoUnit: ExpressibleByArgument {}
