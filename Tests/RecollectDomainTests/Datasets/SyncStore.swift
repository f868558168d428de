import RecollectDomain
import RecollectEngine
import RecollectTestSupport
import RecollectVocabulary
import Synchronization

/// A dataset in memory, which tests fill, break, and look over the shoulder.
final class ListDataset: Dataset {
    private struct State {
        var columns = ["E-Mail", "First"]
        var rows: [[String]] = []
        var failure: String?
        var afterPage: (@Sendable (Int) async -> Void)?
        var pages = 0
    }

    private let state = Mutex(State())
    private let pageLimit: Int

    init(pageLimit: Int = 1000) {
        self.pageLimit = pageLimit
    }

    /// How often it was read.
    var pages: Int { state.withLock(\.pages) }

    func append(_ rows: [String]...) {
        state.withLock { $0.rows += rows }
    }

    /// People named by numbers, each with an address.
    func append(people: Range<Int>) {
        state.withLock { $0.rows += people.map { ["p\($0)@example.com", "P\($0)"] } }
    }

    func fail(_ failure: String?) {
        state.withLock { $0.failure = failure }
    }

    func rename(_ columns: [String]) {
        state.withLock { $0.columns = columns }
    }

    /// Does something between the reading of a page, whose number it is told, and its being applied.
    func afterPage(_ work: (@Sendable (Int) async -> Void)?) {
        state.withLock { $0.afterPage = work }
    }

    func page(after cursor: DatasetCursor?, limit: Int) async throws -> DatasetPage {
        let (page, work, number) = try state.withLock { state in
            state.pages += 1
            if let failure = state.failure { throw DatasetUnreadable(failure) }
            let start = cursor.flatMap { Int($0.parts[1]) } ?? 0
            let rows = state.rows.dropFirst(start).prefix(min(limit, pageLimit))
            let end = start + rows.count
            let page = DatasetPage(
                columns: state.columns,
                rows: rows.enumerated().map { DatasetRow(place: "row \(start + $0 + 1)", fields: .success($1)) },
                cursor: end == 0 ? nil : DatasetCursor(["row \(end)", "\(end)"]),
                isLast: end == state.rows.count
            )
            return (page, state.afterPage, state.pages)
        }
        await work?(number)
        return page
    }
}

/// A store with a mapping of a dataset.
struct SyncStore: Sendable {
    static let interval = Duration.seconds(300)

    let store: TestStore
    let mapping: DataMappingID
    let dataset: ListDataset
    let datasets: Datasets
    /// The server that has the datasets registered.
    let memory: Memory

    var test: TestMemory { store.test }

    static func datasets(_ dataset: any Dataset, account: AccountSID? = nil) throws -> Datasets {
        guard let id = try cloudApp().dataset else { return Datasets() }
        return Datasets([RegisteredDataset(id: id, account: account, interval: interval, source: dataset)])
    }

    func run() async {
        await memory.jobs.runDueJobs()
    }

    /// Lets the time of the next run come, and runs it.
    func runNext() async {
        test.clock.advance(by: Self.interval)
        await run()
    }

    func start() async throws -> OperationID {
        try await memory.dataMappings.sync(mapping, of: store.id, in: store.scope)
    }

    func operation(_ id: OperationID) async throws -> Operation {
        try await test.memory.operations.fetch(id, in: store.scope)
    }

    var sync: DataMappingSync {
        get async throws { try await state.sync }
    }

    var refused: [DatasetRowError] {
        get async throws { try await state.refused }
    }

    private var state: (sync: DataMappingSync, refused: [DatasetRowError]) {
        get async throws { try await test.memory.dataMappings.syncState(mapping, of: store.id, in: store.scope) }
    }

    /// Waits until the mapping's job is due at a time: what is done by the clock on the wall, no test can hasten.
    func jobIsDue(at time: Timestamp) async {
        let due = Query(
            "SELECT due_at FROM job WHERE due_at = $1",
            taking: Int.self,
            row: { columns throws(EngineError) -> Int in try columns.next() }
        )
        let wanted = Int(time.microseconds)
        while true {
            let found = try? await test.database.read { connection in try connection.all(due, wanted) }
            guard found?.isEmpty != false else { return }
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    func enable(_ isEnabled: Bool) async throws {
        try await store.patchMapping(mapping, with: DataMappingChange(isEnabled: isEnabled))
    }

    /// The first names of the profiles that have an e-mail address; one at most.
    func names(of email: String) async throws -> [String] {
        try await ImportFile(test: test, store: store.id).traits(of: email)["firstName"].map { [$0] } ?? []
    }

    var profileCount: Int {
        get async throws { try await test.rowCount(of: "profile") }
    }
}

func withSync(
    on engine: EngineKind,
    pageLimit: Int = 1000,
    isRegistered: Bool = true,
    _ body: (SyncStore) async throws -> Void
) async throws {
    let dataset = ListDataset(pageLimit: pageLimit)
    let datasets = isRegistered ? try SyncStore.datasets(dataset) : Datasets()
    try await withMemory(on: engine) { test in
        let id = try await test.createStore("support", in: test.scope)
        let store = TestStore(test: test, id: id, scope: test.scope)
        let mapping = try await store.map(
            "People",
            from: cloudApp(),
            ["E-Mail > Contact.email", "First > Contact.firstName"]
        )
        let memory = test.anotherServer(datasets: datasets)
        try await body(
            SyncStore(store: store, mapping: mapping, dataset: dataset, datasets: datasets, memory: memory)
        )
    }
}
