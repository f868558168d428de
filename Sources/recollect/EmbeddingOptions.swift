import ArgumentParser
import RecollectEmbedding
import RecollectRemoteEmbedding

/// The options that say what makes vectors.
struct EmbeddingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The base URL of an embedding endpoint that speaks OpenAI's POST /embeddings, such as https://HOST/v1.",
            discussion: "Texts of memories and queries are sent there. Without it, recall goes by words alone."
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
            "embeddingUrl": embeddingUrl,
            "embeddingKey": embeddingKey,
            "embeddingModel": embeddingModel,
            "embeddingDimensions": embeddingDimensions,
            "embeddingShorten": embeddingShorten,
        ].compactMapValues(\.self)
    }
}

/// What makes vectors.
enum EmbeddingChoice: CustomStringConvertible {
    /// Nothing does.
    case none
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
            self = .none
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

    /// What to tell a person.
    var description: String {
        switch self {
        case .none: "none: recall goes by words alone (--embedding-url)"
        case .remote(let endpoint): "\(endpoint), \(endpoint.model.dimensions) dimensions"
        }
    }

    /// Runs with what makes vectors, and shuts it down afterwards.
    ///
    /// - Parameter body: what to run; it is given nil when nothing makes vectors.
    /// - Throws: what `body` throws.
    func withEmbedder(_ body: ((any Embedder)?) async throws -> Void) async throws {
        switch self {
        case .none:
            try await body(nil)
        case .remote(let endpoint):
            let embedder = RemoteEmbedder(endpoint)
            do {
                try await body(embedder)
            } catch {
                // What went wrong first is what to tell.
                try? await embedder.shutdown()
                throw error
            }
            try await embedder.shutdown()
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
