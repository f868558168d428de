import ArgumentParser
import Foundation
import Logging
import RecollectEmbedding
import RecollectMiniLM
import RecollectRemoteEmbedding

/// The options that say what makes vectors.
struct EmbeddingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "local or none. (default: local)",
            discussion:
                "local is all-MiniLM-L6-v2 in this process, if `recollect model pull` has fetched it; none is recall by words."
        )
    )
    var model: String?

    @Option(help: "The folder of the local model. (default: recollect/models/all-MiniLM-L6-v2 in the user's cache)")
    var modelFolder: String?

    @Option(
        help: ArgumentHelp(
            "The base URL of an embedding endpoint that speaks OpenAI's POST /embeddings, such as https://HOST/v1.",
            discussion: "Texts of memories and queries are sent there, instead of to the local model."
        )
    )
    var embeddingUrl: String?

    @Option(
        help: ArgumentHelp(
            "The endpoint's key, if it wants one.",
            discussion: "Better set as RECOLLECT_EMBEDDING_KEY: others on the machine can see a command's options."
        )
    )
    var embeddingKey: String?

    @Option(help: "The model, as the endpoint knows it.")
    var embeddingModel: String?

    @Option(help: "How many components the model's vectors have.")
    var embeddingDimensions: String?

    @Option(
        help: ArgumentHelp(
            "true asks the endpoint to shorten its vectors to --embedding-dimensions. (default: false)",
            discussion: "Models that were not trained for it refuse that."
        )
    )
    var embeddingShorten: String?

    /// What was given on the command line, by key.
    var overrides: [String: String] {
        [
            "model": model,
            "modelFolder": modelFolder,
            "embeddingUrl": embeddingUrl,
            "embeddingKey": embeddingKey,
            "embeddingModel": embeddingModel,
            "embeddingDimensions": embeddingDimensions,
            "embeddingShorten": embeddingShorten,
        ].compactMapValues(\.self)
    }
}

/// What makes vectors.
enum EmbeddingChoice {
    /// Nothing does.
    case none
    /// The model in this process does, if its files are there; if they were named, they must be.
    case local(ModelFiles, isNamed: Bool)
    /// An endpoint does.
    case remote(RemoteEndpoint)

    /// What the settings say.
    ///
    /// - Parameter settings: the settings.
    /// - Throws: `ValidationError` when they say it in part, or what cannot be.
    init(_ settings: SettingsReader) throws {
        let key = settings.secretText("embeddingKey")
        let model = settings.text("embeddingModel")
        let dimensions = try settings.number("embeddingDimensions", in: RemoteEndpoint.dimensions)
        let shortens = try settings.flag("embeddingShorten")
        guard let url = settings.text("embeddingUrl") else {
            guard key == nil, model == nil, dimensions == nil, shortens == nil else {
                throw ValidationError("embeddingUrl: is missing, and other settings of the endpoint are there")
            }
            self = try Self.withoutEndpoint(settings)
            return
        }
        guard let model, let dimensions else {
            throw ValidationError("embeddingUrl: needs embeddingModel and embeddingDimensions beside it")
        }
        do throws(InvalidEndpoint) {
            let endpoint = try RemoteEndpoint(
                baseURL: url,
                key: key,
                model: model,
                dimensions: dimensions,
                shortensVectors: shortens ?? false
            )
            self = .remote(endpoint)
        } catch {
            throw ValidationError(Self.text(error))
        }
    }

    private static func withoutEndpoint(_ settings: SettingsReader) throws -> EmbeddingChoice {
        let folder = settings.text("modelFolder")
        guard try settings.choice("model", of: ["local", "none"]) != "none" else { return .none }
        let environment = ProcessInfo.processInfo.environment
        let files = ModelFiles(folder: folder ?? ModelFiles.defaultFolder(environment: environment))
        return .local(files, isNamed: folder != nil)
    }

    /// Runs with what makes vectors, and shuts it down afterwards.
    ///
    /// - Parameters:
    ///   - logger: where it is told that there is no model.
    ///   - body: what to run; it is given nil when nothing makes vectors, and what to tell a person.
    /// - Throws: what `body` throws, and why a model that was named cannot be used.
    func withEmbedder(_ logger: Logger, _ body: ((any Embedder)?, String) async throws -> Void) async throws {
        switch self {
        case .none:
            try await body(nil, "none: recall goes by words alone")
        case .local(let files, let isNamed):
            let (encoder, description) = try Self.encoder(files, isNamed: isNamed, logger)
            try await body(encoder, description)
        case .remote(let endpoint):
            let embedder = RemoteEmbedder(endpoint)
            do {
                try await body(embedder, "\(endpoint), \(endpoint.model.dimensions) dimensions")
            } catch {
                // What went wrong first is what to tell.
                try? await embedder.shutdown()
                throw error
            }
            try await embedder.shutdown()
        }
    }

    /// Loads the local model.
    ///
    /// A server whose usual model is missing or damaged starts all the same: calls are waiting for it.
    private static func encoder(
        _ files: ModelFiles,
        isNamed: Bool,
        _ logger: Logger
    ) throws -> (encoder: MiniLMEncoder?, description: String) {
        do throws(EmbeddingError) {
            let encoder = try MiniLMEncoder(files: files)
            return (encoder, "\(encoder.model.name) in this process, \(encoder.precision.rawValue)")
        } catch {
            if isNamed { throw ValidationError("modelFolder: \(error); `recollect model pull` fetches the model") }
            let remedy = "`recollect model pull` fetches the model"
            if files.exist {
                logger.error(
                    "the model cannot be used; recall goes by words alone: \(remedy)",
                    metadata: ["error": "\(error)"]
                )
            } else {
                logger.warning("there is no model; recall goes by words alone: \(remedy)")
            }
            return (nil, "none: recall goes by words alone; \(remedy)")
        }
    }

    private static func text(_ error: InvalidEndpoint) -> String {
        switch error {
        case .url: "embeddingUrl: must be an http or https URL without a query, such as https://HOST/v1"
        case .credentialsInURL: "embeddingUrl: must hold no user or password; give the key as embeddingKey"
        case .key: "embeddingKey: must be visible ASCII characters"
        case .model: "embeddingModel: must not be empty"
        case .dimensions:
            "embeddingDimensions: must be \(RemoteEndpoint.dimensions.lowerBound) to \(RemoteEndpoint.dimensions.upperBound)"
        }
    }
}
