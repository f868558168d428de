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
    }

    private let bytesLimit: Int
    private let state = Mutex(State())

    init(bytesLimit: Int) {
        self.bytesLimit = bytesLimit
    }

    /// The index of a profile at a memory version, if it is here.
    func index(of profile: ProfileID, at version: Int) -> ProfileIndex? {
        state.withLock { state in
            guard let entry = state.entries[profile], entry.index.version == version else { return nil }
            state.uses += 1
            state.entries[profile]?.lastUse = state.uses
            return entry.index
        }
    }

    /// Keeps an index, unless a newer one of the profile is here.
    func keep(_ index: ProfileIndex, of profile: ProfileID) {
        let bytes = index.byteCount
        guard bytes <= bytesLimit else { return }
        state.withLock { state in
            if let present = state.entries[profile] {
                guard present.index.version < index.version else { return }
                state.bytes -= present.bytes
            }
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
        }
    }
}
