import CoreMetrics
import Synchronization

// One object for each series. All are cheap enough for the hot path: an atomic where one number is enough, an uncontended lock
// around a few numbers where they must agree with each other.

/// A series that can be rendered.
protocol Instrument: AnyObject, Sendable {
    /// The values now, each with what follows the family's name and the labels that it adds.
    func samples() -> [Sample]
}

/// One line of the exposition.
struct Sample {
    /// What follows the family's name: empty, `_bucket`, `_sum` or `_count`.
    var suffix = ""
    /// The label `le` of a bucket.
    var upperBound: String?
    /// The value as text.
    let value: String
}

/// A whole number that only grows.
final class CountingInstrument: Instrument, CounterHandler {
    private let count = Atomic<Int64>(0)

    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    func reset() {
        count.store(0, ordering: .relaxed)
    }

    func samples() -> [Sample] {
        [Sample(value: String(count.load(ordering: .relaxed)))]
    }
}

/// A number that only grows, with fractions.
final class SummingInstrument: Instrument, FloatingPointCounterHandler {
    private let sum = Mutex(0.0)

    func increment(by amount: Double) {
        guard amount.isFinite, amount > 0 else { return }
        sum.withLock { $0 += amount }
    }

    func reset() {
        sum.withLock { $0 = 0 }
    }

    func samples() -> [Sample] {
        [Sample(value: ExpositionNumber.text(sum.withLock { $0 }))]
    }
}

/// A number that goes up and down; of a recorder that does not aggregate, the last one recorded.
final class GaugeInstrument: Instrument, MeterHandler, RecorderHandler {
    private let value = Mutex(0.0)

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }

    func samples() -> [Sample] {
        [Sample(value: ExpositionNumber.text(value.withLock { $0 }))]
    }
}

/// How often a value fell into each of some fixed buckets.
final class HistogramInstrument: Instrument, TimerHandler, RecorderHandler {
    private struct State {
        var counts: [Int]
        var count = 0
        var sum = 0.0
    }

    private let bounds: [Double]
    private let boundTexts: [String]
    private let state: Mutex<State>

    /// - Parameter bounds: the upper bounds of the buckets, ascending; a bucket for all beyond is added.
    init(bounds: [Double]) {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy(<), "the bounds of buckets ascend")
        self.bounds = bounds
        boundTexts = bounds.map(ExpositionNumber.text) + ["+Inf"]
        state = Mutex(State(counts: [Int](repeating: 0, count: bounds.count + 1)))
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard value.isFinite else { return }
        // Most values fall into one of the first buckets, so walking is as fast as halving.
        var bucket = 0
        while bucket < bounds.count, value > bounds[bucket] { bucket += 1 }
        state.withLock { state in
            state.counts[bucket] += 1
            state.count += 1
            state.sum += value
        }
    }

    func samples() -> [Sample] {
        let state = state.withLock { $0 }
        var samples: [Sample] = []
        var cumulative = 0
        for (bound, count) in zip(boundTexts, state.counts) {
            cumulative += count
            samples.append(Sample(suffix: "_bucket", upperBound: bound, value: String(cumulative)))
        }
        samples.append(Sample(suffix: "_sum", value: ExpositionNumber.text(state.sum)))
        samples.append(Sample(suffix: "_count", value: String(state.count)))
        return samples
    }
}
