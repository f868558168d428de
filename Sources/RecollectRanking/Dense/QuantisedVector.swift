// A vector of length 1 in one byte a component. The greatest component becomes ±127 and the others keep their proportion, so a
// vector is a scale and small integers, and the dot product of two is that of the integers times both scales. Measured on
// conversations, no figure of recall changes beyond noise, at a quarter of the memory and of the time to scan it.

/// A vector as it is stored and compared.
package struct QuantisedVector: Sendable, Equatable {
    private static let greatest: Float = 127
    static let scaleBytes = MemoryLayout<UInt32>.size

    /// What each component is to be multiplied by.
    let scale: Float
    let components: [Int8]

    /// Quantises a vector; what has no direction, or a component that is no number, becomes one that is near to nothing.
    ///
    /// - Parameter vector: its components.
    package init(_ vector: [Float]) {
        let peak = vector.reduce(0) { max($0, abs($1)) }
        guard peak > 0, vector.allSatisfy(\.isFinite) else {
            scale = 0
            components = vector.map { _ in 0 }
            return
        }
        scale = peak / Self.greatest
        let factor = Self.greatest / peak
        components = vector.map { Int8(($0 * factor).rounded()) }
    }

    /// How many bytes a stored vector takes.
    ///
    /// - Parameter dimensions: how many components it has.
    /// - Returns: four for the scale, one for each component.
    package static func byteCount(dimensions: Int) -> Int {
        scaleBytes + dimensions
    }

    /// The vector as it is stored: the scale as an IEEE 754 number, low byte first, then the components.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount(dimensions: components.count))
        for shift in stride(from: 0, to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: scale.bitPattern >> shift))
        }
        bytes.append(contentsOf: components.lazy.map { UInt8(bitPattern: $0) })
        return bytes
    }

    /// The cosine with another vector, as both have length 1.
    ///
    /// - Parameter other: a vector of as many components.
    /// - Returns: -1…1, about.
    package func cosine(with other: QuantisedVector) -> Float {
        let sum = zip(components, other.components).reduce(Int32(0)) { $0 + Int32($1.0) * Int32($1.1) }
        return Float(sum) * scale * other.scale
    }
}
