package import CoreMetrics
import Synchronization

// The backend of swift-metrics: it keeps every series in this process and renders them when they are asked for. Making a handle
// looks into a dictionary under a lock, so handles are made once and kept; recording touches the series alone. A family has a
// bound on its series: one more than that is counted as dropped and recorded nowhere, so that labels which somebody outside of the
// program can choose cost a constant, not memory.

/// Keeps what is measured, for Prometheus to read.
package final class MetricsRegistry: MetricsFactory {
    /// The counter of series that were not kept.
    package static let droppedSeriesName = "recollect_metrics_series_dropped_total"

    private struct Family {
        let kind: MetricKind
        let help: String?
        let buckets: [Double]
        var series: [String: any Instrument] = [:]
    }

    private let descriptions: [String: MetricDescription]
    private let seriesLimit: Int
    private let families = Mutex<[String: Family]>([:])
    private let dropped = CountingInstrument()

    /// A registry of nothing yet.
    ///
    /// - Parameters:
    ///   - descriptions: what is said of metrics; the buckets of those that are none of these are the usual ones.
    ///   - seriesLimit: the most series of one family.
    package init(_ descriptions: [MetricDescription] = [], seriesLimit: Int = 1000) {
        self.descriptions = Dictionary(descriptions.map { ($0.name, $0) }) { first, _ in first }
        self.seriesLimit = seriesLimit
    }

    /// All values now, in the text form that Prometheus reads.
    ///
    /// - Returns: the text, whose every line ends with a line feed.
    package func exposition() -> String {
        var writer = ExpositionWriter()
        for (name, family) in families.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            writer.begin(name, family.kind, help: family.help)
            for (labels, instrument) in family.series.sorted(by: { $0.key < $1.key }) {
                writer.write(instrument.samples(), name, labels)
            }
        }
        let help = descriptions[Self.droppedSeriesName]?.help
        writer.begin(Self.droppedSeriesName, .counter, help: help)
        writer.write(dropped.samples(), Self.droppedSeriesName, "")
        return writer.text
    }

    // The factory.

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        instrument(label, endingWith: "_total", .counter, dimensions) { _ in CountingInstrument() }
    }

    package func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        instrument(label, endingWith: "_total", .counter, dimensions) { _ in SummingInstrument() }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        instrument(label, .gauge, dimensions) { _ in GaugeInstrument() }
    }

    package func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else { return instrument(label, .gauge, dimensions) { _ in GaugeInstrument() } }
        return instrument(label, .histogram, dimensions, HistogramInstrument.init(bounds:))
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        instrument(label, endingWith: "_seconds", .histogram, dimensions, HistogramInstrument.init(bounds:))
    }

    // Series stay: a counter that vanished and came back would look like a restart.

    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    /// The series of a name and labels: the one that is there, or a new one.
    ///
    /// One of another type than the family's, or beyond its bound, records into nothing: what is measured must never
    /// stop what is done.
    private func instrument<Made: Instrument>(
        _ label: String,
        endingWith unit: String = "",
        _ kind: MetricKind,
        _ dimensions: [(String, String)],
        _ make: (_ bounds: [Double]) -> Made
    ) -> Made {
        let valid = MetricName.valid(label)
        let name = valid.hasSuffix(unit) ? valid : valid + unit
        let labels = ExpositionWriter.labels(dimensions)
        let description = descriptions[name]
        return families.withLock { families in
            var family =
                families[name]
                ?? Family(kind: kind, help: description?.help, buckets: description?.buckets ?? DurationBuckets.usual)
            if let present = family.series[labels] as? Made { return present }
            let made = make(family.buckets)
            guard family.kind == kind, family.series[labels] == nil, family.series.count < seriesLimit else {
                dropped.increment(by: 1)
                return made
            }
            family.series[labels] = made
            families[name] = family
            return made
        }
    }
}
