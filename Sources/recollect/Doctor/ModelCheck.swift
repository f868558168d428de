import Foundation
import RecollectEmbedding
import RecollectMiniLM
import RecollectRemoteEmbedding

/// Whether there is a model, and whether what it makes is right.
struct ModelCheck {
    private static let name = "model"
    /// A text and how the vector of it begins that the local model must make.
    ///
    /// Source: computed once with the reference implementation in float32.
    private static let sample = "The customer prefers email over phone calls."
    private static let expected: [Float] = [
        -0.051, -0.0043, 0.0829, -0.0083, -0.0016, -0.0692, 0.0945, 0.0297, 0.1065, -0.0251, -0.0547, 0.1055,
    ]
    /// How far a component may be from it: bfloat16 differs by some thousandths.
    private static let tolerance: Float = 0.01
    private static let rounds = 20

    let clock: ContinuousClock

    /// - Parameter settings: the settings, which say what makes vectors.
    /// - Returns: what makes them, if it can be used, and what was found.
    func check(_ settings: SettingsReader) async -> (embedder: (any Embedder)?, Finding) {
        do {
            switch try EmbeddingChoice(settings) {
            case .none:
                let remedy = "set RECOLLECT_MODEL to local for recall by meaning"
                return (nil, .warning(Self.name, "none by configuration: recall goes by words alone", remedy: remedy))
            case .local(let files, _):
                return await local(files)
            case .remote(let endpoint):
                return (nil, await remote(endpoint))
            }
        } catch {
            return (nil, .bad(Self.name, "\(error)", remedy: "correct the setting"))
        }
    }

    private func local(_ files: ModelFiles) async -> (embedder: (any Embedder)?, Finding) {
        guard files.exist else {
            let found = "none in \(files.folder): recall goes by words alone"
            return (nil, .warning(Self.name, found, remedy: "`recollect model pull` fetches it"))
        }
        do {
            let encoder = try MiniLMEncoder(files: files)
            let vector = try await encoder.embed([Self.sample]).first ?? []
            guard Self.isRight(vector) else {
                let found =
                    "\(encoder.model.name) makes a wrong vector of a known text in \(encoder.precision.rawValue)"
                return (nil, .bad(Self.name, found, remedy: "update oneDNN (libdnnl), or report the CPU's model"))
            }
            let milliseconds = try await fastest(encoder)
            let found = "\(encoder.model.name), hashes right, \(encoder.precision.rawValue), \(milliseconds) ms a query"
            return (encoder, .good(Self.name, found))
        } catch {
            return (nil, .bad(Self.name, "\(error)", remedy: "`recollect model pull` fetches the model anew"))
        }
    }

    private func remote(_ endpoint: RemoteEndpoint) async -> Finding {
        let embedder = RemoteEmbedder(endpoint)
        let finding: Finding
        do {
            let start = clock.now
            let vectors = try await embedder.embed([Self.sample])
            let milliseconds = Int((clock.now - start) / .milliseconds(1))
            let dimensions = vectors.first?.count ?? 0
            finding = .good(Self.name, "\(endpoint): \(dimensions) dimensions, \(milliseconds) ms for the first text")
        } catch {
            let remedy = "see that it runs, and that key, model and dimensions are right"
            finding = .bad(Self.name, "\(endpoint): \(error)", remedy: remedy)
        }
        // What was found out stays found out.
        try? await embedder.shutdown()
        return finding
    }

    private static func isRight(_ vector: [Float]) -> Bool {
        vector.count >= expected.count && zip(vector, expected).allSatisfy { abs($0 - $1) <= tolerance }
    }

    private func fastest(_ embedder: any Embedder) async throws -> String {
        var fastest = Duration.seconds(60)
        for _ in 0..<Self.rounds {
            let start = clock.now
            _ = try await embedder.embed([Self.sample])
            fastest = min(fastest, clock.now - start)
        }
        return String(format: "%.1f", fastest / .milliseconds(1))
    }
}
