import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary

/// A store that files are imported into.
struct ImportFile {
    let test: TestMemory
    let store: StoreID

    static let columns = [
        ColumnMapping(columnName: "E-Mail", traitGroup: "Contact", traitName: "email"),
        ColumnMapping(columnName: "Phone", traitGroup: "Contact", traitName: "phone"),
        ColumnMapping(columnName: "First", traitGroup: "Contact", traitName: "firstName"),
    ]

    func announce(size: Int) async throws -> AnnouncedImport {
        let request = ImportRequest(fileName: "customers.csv", fileSize: size, columns: .mapped(Self.columns))
        return try await test.memory.imports.create(request, in: store, test.scope)
    }

    /// Uploads a text in pieces of an awkward size.
    func upload(_ text: String, to id: ImportID) async throws {
        let bytes = Array(text.utf8)
        let pieces = AsyncStream<[UInt8]> { continuation in
            for start in stride(from: 0, to: bytes.count, by: 65_521) {
                continuation.yield(Array(bytes[start..<min(start + 65_521, bytes.count)]))
            }
            continuation.finish()
        }
        try await test.memory.imports.receive(id, length: nil, from: pieces)
    }

    /// Imports a text, and reads what became of it.
    func run(_ text: String) async throws -> ProfileImport {
        test.clock.advance(by: .seconds(1))
        let announced = try await announce(size: text.utf8.count)
        try await upload(text, to: announced.id)
        await test.memory.jobs.runDueJobs()
        return try await fetch(announced.id)
    }

    func fetch(_ id: ImportID) async throws -> ProfileImport {
        try await test.memory.imports.fetch(id, in: store, test.scope)
    }

    func errors(of imported: ProfileImport) async throws -> [ImportRowError] {
        let page = PageQuery<Int>(order: .ascending, cursor: nil, isBackward: false, limit: 1000)
        return try await test.memory.imports.errors(page, of: imported.id, in: store, test.scope).rows
    }

    /// The traits of the profile that has an e-mail address; none when nobody has it.
    func traits(of email: String) async throws -> [String: String] {
        let type = try IdentifierType("email")
        let found = try await test.memory.identifiers.lookup(email, ofType: type, in: store, test.scope)
        guard let profile = found.profiles.first else { return [:] }
        let place = ProfilePlace(store: store, profile: profile)
        let traits = try await test.memory.profiles.fetch(place, test.scope).value.groups.flatMap(\.traits)
        return Dictionary(
            traits.map { trait in
                guard case .string(let text) = trait.value else { return (trait.definition.name.text, "") }
                return (trait.definition.name.text, text)
            },
            uniquingKeysWith: { first, _ in first }
        )
    }
}

func withImport(on engine: EngineKind, _ body: (ImportFile) async throws -> Void) async throws {
    try await withMemory(on: engine) { test in
        try await body(ImportFile(test: test, store: test.store()))
    }
}
