/// Where new ids come from.
///
/// Passed in, so that tests know the ids beforehand.
package protocol IDSource: Sendable {
    /// Draws the bits of new ids.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - time: the time they carry.
    /// - Returns: UUIDv7s of that time, strictly increasing.
    func draw(_ count: Int, at time: Timestamp) -> [UInt128]

    /// Draws bytes that nobody can guess, for keys and secrets.
    ///
    /// - Parameter count: how many.
    /// - Returns: that many random bytes.
    func secret(_ count: Int) -> [UInt8]
}

extension IDSource {
    /// Draws one id.
    ///
    /// - Parameter time: the creation time it carries.
    /// - Returns: the id.
    package func next<Kind>(at time: Timestamp) -> TypeID<Kind> {
        TypeID(bits: draw(1, at: time)[0])
    }

    /// Draws ids for what one request creates, in the order it gives them.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - time: the creation time they carry.
    /// - Returns: the ids, strictly increasing.
    package func next<Kind>(_ count: Int, at time: Timestamp) -> [TypeID<Kind>] {
        draw(count, at: time).map(TypeID.init(bits:))
    }
}

/// The layout of the bits that ids are made of.
package enum RawID {
    /// The bits after the time: version, variant and 62 bits of the source's own.
    package static let tailMask: UInt128 = (1 << 62) - 1

    /// The high bits that carry a time, the rest zero.
    ///
    /// - Parameter time: the time; before 1970 counts as 1970.
    /// - Returns: the milliseconds in the top 48 bits and the fraction in `rand_a`.
    package static func timeBits(of time: Timestamp) -> UInt128 {
        let microseconds = max(time.microseconds, 0)
        let milliseconds = UInt128(microseconds / 1000)
        let fraction = UInt128(microseconds % 1000 * 4096 / 1000)
        return milliseconds << 80 | 7 << 76 | fraction << 64
    }

    /// A UUIDv7.
    ///
    /// - Parameters:
    ///   - time: its time.
    ///   - tail: the 62 bits after version and variant.
    /// - Returns: the bits.
    package static func make(at time: Timestamp, tail: UInt128) -> UInt128 {
        timeBits(of: time) | 2 << 62 | (tail & tailMask)
    }
}

/// The id source of the running server: the system's random numbers.
package struct RandomIDSource: IDSource {
    /// A source of random ids.
    package init() {}

    package func draw(_ count: Int, at time: Timestamp) -> [UInt128] {
        // Ids of one draw step upwards from a random start low enough that the steps never overflow the tail.
        var tail = UInt128(UInt64.random(in: 0..<1 << 61))
        return (0..<count).map { _ in
            tail += UInt128(UInt64.random(in: 1..<1 << 32))
            return RawID.make(at: time, tail: tail)
        }
    }

    package func secret(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max) }
    }
}
