/// How long recalls took, in milliseconds.
package struct RecallTimes: Encodable, Sendable, Equatable {
    /// Half of them took no longer.
    package let p50: Double
    /// 95 of 100 took no longer.
    package let p95: Double
    /// 99 of 100 took no longer.
    package let p99: Double

    /// Percentiles by the nearest rank; 0 of none.
    ///
    /// - Parameter durations: how long each recall took.
    package init(_ durations: [Duration]) {
        let sorted = durations.sorted()
        func percentile(_ percent: Int) -> Double {
            guard !sorted.isEmpty else { return 0 }
            return sorted[max((sorted.count * percent + 99) / 100, 1) - 1] / .milliseconds(1)
        }
        (p50, p95, p99) = (percentile(50), percentile(95), percentile(99))
    }
}
