import Logging
package import RecollectDomain

extension TestMemory {
    /// The domain of a server on the same database that has datasets registered.
    ///
    /// - Parameter datasets: the datasets.
    /// - Returns: the domain.
    package func server(with datasets: Datasets) -> Memory {
        Memory(
            database: database,
            secret: ServerSecret([UInt8](repeating: 7, count: ServerSecret.length)),
            clock: clock,
            ids: ids,
            datasets: datasets,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
    }
}
