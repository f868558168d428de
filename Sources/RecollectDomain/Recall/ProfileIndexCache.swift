import Metrics
import RecollectVocabulary
import Synchronization

/// The indexes of the profiles recalled last, within a bound of bytes.
///
/// An entry is never told that it is outdated: whoever uses one has just read the profile's memory version and
/// compares. That makes the cache right with any number of servers on one database.
final class ProfileIndexCache: Sendable {
    private struct Entry {
        let index: ProfileIndex
        let bytes: Int
        var lastUse: Int
    }

    private struct State {
        var entries: [ProfileID: Entry] = [:]
        var bytes = 0
        var uses = 0
        /// Who waits for the turn to read a profile; an empty list while it is somebody's turn and nobody waits.
        var waiting: [ProfileID: [CheckedContinuation<Void, Never>]] = [:]
    }

    private let bytesLimit: Int
    private let state = Mutex(State())
    private let bytes: Meter
    private let profiles: Meter
    private let evictions: Counter

    init(bytesLimit: Int, metrics: any MetricsFactory) {
        self.bytesLimit = bytesLimit
        bytes = Meter(label: "recollect_index_cache_bytes", factory: metrics)
        profiles = Meter(label: "recollect_index_cache_profiles", factory: metrics)
        evictions = Counter(label: "recollect_index_cache_evictions_total", factory: metrics)
        Meter(label: "recollect_index_cache_limit_bytes", factory: metrics).set(bytesLimit)
    }

    /// The index of a profile, of whatever version.
    func index(of profile: ProfileID) -> ProfileIndex? {
        state.withLock { state in
            guard let entry = state.entries[profile] else { return nil }
            state.uses += 1
            state.entries[profile]?.lastUse = state.uses
            return entry.index
        }
    }

    /// Runs what reads a profile's index while nobody else here does.
    ///
    /// Many recalls of a large profile that is not here, or was just changed, would otherwise all read it at once.
    func inTurn<Result>(of profile: ProfileID, _ body: () async throws -> Result) async rethrows -> Result {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.waiting[profile] == nil {
                    state.waiting[profile] = []
                    return true
                }
                state.waiting[profile]?.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
        defer { endTurn(of: profile) }
        return try await body()
    }

    private func endTurn(of profile: ProfileID) {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let waiting = state.waiting[profile], !waiting.isEmpty else {
                state.waiting[profile] = nil
                return nil
            }
            return state.waiting[profile]?.removeFirst()
        }
        next?.resume()
    }

    /// Keeps an index, unless a newer one of the profile is here.
    func keep(_ index: ProfileIndex, of profile: ProfileID) {
        let bytes = index.byteCount
        state.withLock { state in
            // Inside the lock, so that the last to change is the last to tell.
            defer { show(state) }
            if let present = state.entries[profile] {
                guard present.index.version <= index.version else { return }
                state.bytes -= present.bytes
                state.entries[profile] = nil
            }
            guard bytes <= bytesLimit else { return }
            state.uses += 1
            state.entries[profile] = Entry(index: index, bytes: bytes, lastUse: state.uses)
            state.bytes += bytes
            if state.bytes > bytesLimit { evict(&state, keeping: profile) }
        }
    }

    /// Drops what was used longest ago until an eighth of the bound is free, so that the sort is paid for once in many
    /// entries.
    ///
    /// The newcomer stays even if it takes more than the rest of the bound: it is what was used last.
    private func evict(_ state: inout State, keeping newcomer: ProfileID) {
        let target = bytesLimit - bytesLimit / 8
        for (profile, entry) in state.entries.sorted(by: { $0.value.lastUse < $1.value.lastUse })
        where profile != newcomer {
            guard state.bytes > target else { return }
            state.entries[profile] = nil
            state.bytes -= entry.bytes
            evictions.increment()
        }
    }

    private func show(_ state: borrowing State) {
        bytes.set(state.bytes)
        profiles.set(state.entries.count)
    }
}
