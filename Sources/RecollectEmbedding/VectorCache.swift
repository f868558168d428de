/// The vectors of recent texts, bounded in bytes: the one not asked for longest goes first.
///
/// Entries lie in an array and are linked by their places, newest first, so that a look-up and a store cost one dictionary
/// access each, whatever the size.
struct VectorCache {
    private struct Entry {
        var text: String
        var vector: [Float]
        var newer: Int
        var older: Int
    }

    /// What an entry costs beside its text and numbers: the dictionary's slot, the array headers, the links.
    private static let overhead = 160
    private static let none = -1

    private let bytesLimit: Int
    private(set) var byteCount = 0
    private var places: [String: Int] = [:]
    private var entries: [Entry] = []
    private var free: [Int] = []
    private var newest = none
    private var oldest = none

    init(bytesLimit: Int) {
        self.bytesLimit = bytesLimit
    }

    /// The vector of a text, which becomes the newest.
    mutating func vector(of text: String) -> [Float]? {
        guard let place = places[text] else { return nil }
        if place != newest {
            unlink(place)
            link(place)
        }
        return entries[place].vector
    }

    /// Keeps a vector, unless it alone is more than the cache may hold.
    mutating func store(_ vector: [Float], of text: String) {
        let size = Self.size(text, vector)
        guard size <= bytesLimit, places[text] == nil else { return }
        while byteCount + size > bytesLimit { dropOldest() }
        let entry = Entry(text: text, vector: vector, newer: Self.none, older: Self.none)
        let place: Int
        if let reused = free.popLast() {
            entries[reused] = entry
            place = reused
        } else {
            entries.append(entry)
            place = entries.count - 1
        }
        places[text] = place
        byteCount += size
        link(place)
    }

    private static func size(_ text: String, _ vector: [Float]) -> Int {
        // The text is key and member, and stored once.
        overhead + text.utf8.count + vector.count * MemoryLayout<Float>.stride
    }

    private mutating func dropOldest() {
        let place = oldest
        unlink(place)
        let entry = entries[place]
        places[entry.text] = nil
        byteCount -= Self.size(entry.text, entry.vector)
        entries[place].text = ""
        entries[place].vector = []
        free.append(place)
    }

    private mutating func link(_ place: Int) {
        entries[place].newer = Self.none
        entries[place].older = newest
        if newest == Self.none { oldest = place } else { entries[newest].newer = place }
        newest = place
    }

    private mutating func unlink(_ place: Int) {
        let (newer, older) = (entries[place].newer, entries[place].older)
        if newer == Self.none { newest = older } else { entries[newer].older = older }
        if older == Self.none { oldest = newer } else { entries[older].newer = newer }
    }
}
