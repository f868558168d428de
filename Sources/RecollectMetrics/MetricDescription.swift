/// What is said of a metric beside its values.
package struct MetricDescription: Sendable {
    /// The metric's full name, such as `recollect_vectors_made_total`.
    package let name: String
    /// One line that says what is measured.
    package let help: String
    /// The upper bounds of a histogram's buckets, ascending, in the metric's unit; nil for the usual ones.
    package let buckets: [Double]?

    /// A description.
    ///
    /// - Parameters:
    ///   - name: the metric's full name.
    ///   - help: one line that says what is measured.
    ///   - buckets: the upper bounds of a histogram's buckets, ascending; nil for the usual ones.
    package init(_ name: String, _ help: String, buckets: [Double]? = nil) {
        self.name = name
        self.help = help
        self.buckets = buckets
    }
}

/// The bounds of buckets of durations, in seconds.
package enum DurationBuckets {
    /// From a quarter of a millisecond to ten seconds, for what a caller waits for.
    package static let usual = [
        0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]
    /// From 50 microseconds to one second, for the parts of something that takes about a millisecond.
    package static let fine = [
        0.00005, 0.0001, 0.00025, 0.0005, 0.00075, 0.001, 0.0015, 0.002, 0.003, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
        0.5, 1,
    ]
}
