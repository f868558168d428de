// A transaction that another one was in the way of is run again. How, decides whether everyone gets through: of twenty that
// wait for each other crosswise and all come back after the same pause, one is refused each time, and the unlucky never
// pass. So whoever failed stands in line: of those, one at a time runs, and none of them meets another.

/// Thrown by a transaction's closure that found its picture of the database outdated: roll back and run the closure again.
///
/// For what a unique key decides: another transaction took the key between our look and our insert.
package struct RepeatTransaction: Error, Sendable {
    /// Asks for the transaction to be repeated.
    package init() {}
}

/// Repeats transactions of one database until they pass, or have failed too often.
package struct Repetition: Sendable {
    /// Repetitions before the trouble is passed on to the caller.
    package static let attemptsLimit = 10

    private let line = WaitingLine()

    /// Repetition for one database.
    package init() {}

    /// Runs a transaction, again if it must be.
    ///
    /// - Parameter transaction: the transaction, repeatable as a whole.
    /// - Returns: what it returns.
    /// - Throws: `EngineError` of kind `.contention` when it failed too often; what else `transaction` throws.
    package func run<Result: Sendable>(
        _ transaction: @Sendable () async throws -> Result
    ) async throws -> Result {
        do {
            return try await transaction()
        } catch let error where Self.repeats(after: error) {
            await line.enter()
        }
        do {
            let result = try await runInLine(transaction)
            await line.leave()
            return result
        } catch {
            await line.leave()
            throw error
        }
    }

    private func runInLine<Result: Sendable>(
        _ transaction: @Sendable () async throws -> Result
    ) async throws -> Result {
        var attempt = 1
        while true {
            do {
                return try await transaction()
            } catch let error where Self.repeats(after: error) {
                guard attempt < Self.attemptsLimit else { throw EngineError(.contention, "\(error)") }
                try await Task.sleep(for: Self.pause(after: attempt))
                attempt += 1
            }
        }
    }

    /// The pause after a failed repetition: 1 ms, doubling, at most 128 ms.
    private static func pause(after attempt: Int) -> Duration {
        .milliseconds(1 << min(attempt - 1, 7))
    }

    /// Whether an error says that the same transaction may pass when run again.
    private static func repeats(after error: any Error) -> Bool {
        if error is RepeatTransaction { return true }
        return (error as? EngineError)?.kind == .contention
    }
}

/// A line of which one at a time is let through, in the order of coming.
private actor WaitingLine {
    private var isOccupied = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func enter() async {
        guard isOccupied else {
            isOccupied = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func leave() {
        if waiting.isEmpty {
            isOccupied = false
        } else {
            waiting.removeFirst().resume()
        }
    }
}
