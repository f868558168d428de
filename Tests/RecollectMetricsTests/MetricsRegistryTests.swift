import CoreMetrics
import RecollectMetrics
import RecollectTestSupport
import Testing

@Suite struct `Metrics` {
    private let registry = MetricsRegistry(
        [
            MetricDescription("requests_total", "Requests, \\ by route.\nSecond line."),
            MetricDescription("stage_seconds", "Stages.", buckets: [0.001, 0.01]),
        ],
        seriesLimit: 3
    )

    private func read() throws -> PrometheusText { try PrometheusText(registry.exposition()) }

    @Test func `a counter counts, and two of the same name and labels are one`() throws {
        Counter(label: "requests", dimensions: [("route", "/a")], factory: registry).increment(by: 2)
        Counter(label: "requests_total", dimensions: [("route", "/a")], factory: registry).increment()
        Counter(label: "requests_total", dimensions: [("route", "/b")], factory: registry).increment()
        let text = try read()
        #expect(text["requests_total", ["route": "/a"]] == 3)
        #expect(text["requests_total", ["route": "/b"]] == 1)
        #expect(text.families["requests_total"]?.type == "counter")
        #expect(text.families["requests_total"]?.help == "Requests, \\ by route.\nSecond line.")
    }

    @Test func `a counter with fractions never goes down`() throws {
        let seconds = FloatingPointCounter(label: "cpu_seconds_total", factory: registry)
        seconds.increment(by: 0.25)
        seconds.increment(by: -3)
        seconds.increment(by: Double.nan)
        seconds.increment(by: 1.5)
        #expect(try read()["cpu_seconds_total"] == 1.75)
    }

    @Test func `a gauge goes up and down, and may be unknown`() throws {
        let meter = Meter(label: "bytes", factory: registry)
        meter.set(10.0)
        meter.increment(by: 2.5)
        meter.decrement(by: 1)
        Gauge(label: "last", factory: registry).record(7)
        Meter(label: "unknown", factory: registry).set(Double.nan)
        let text = try read()
        #expect(text["bytes"] == 11.5)
        #expect(text["last"] == 7)
        #expect(text["unknown"]?.isNaN == true)
        #expect(text.families["bytes"]?.type == "gauge")
    }

    @Test func `a timer is a histogram in seconds whose bounds include their values`() throws {
        let timer = CoreMetrics.Timer(label: "stage", factory: registry)
        for milliseconds in [0.5, 1, 1.5, 10, 11] { timer.recordNanoseconds(Int64(milliseconds * 1_000_000)) }
        let text = try read()
        #expect(text["stage_seconds_bucket", ["le": "0.001"]] == 2)
        #expect(text["stage_seconds_bucket", ["le": "0.01"]] == 4)
        #expect(text["stage_seconds_bucket", ["le": "+Inf"]] == 5)
        #expect(text["stage_seconds_count"] == 5)
        #expect(abs((text["stage_seconds_sum"] ?? 0) - 0.024) < 1e-9)
    }

    @Test func `durations nobody described have buckets from a quarter of a millisecond to ten seconds`() throws {
        CoreMetrics.Timer(label: "request_seconds", factory: registry).recordSeconds(3)
        let samples = try #require(try read().families["request_seconds"]?.samples)
        let bounds = samples.compactMap { $0.labels["le"] }
        #expect(bounds.first == "0.00025")
        #expect(bounds.suffix(2) == ["10", "+Inf"])
    }

    @Test(arguments: ["a\"b", "a\\b", "a\nb", "a\r\nb", "ünïcode ✓", "", "{le=\"1\"} 5\nevil 1", "\u{0}\u{7}"])
    func `a label's value comes back as it was, whatever it holds`(_ value: String) throws {
        Counter(label: "odd_total", dimensions: [("value", value)], factory: registry).increment()
        let text = try read()
        #expect(text["odd_total", ["value": value]] == 1)
        #expect(text.families.count == 2)
    }

    @Test func `names that Prometheus does not take are made such`() throws {
        Counter(label: "9 lives/α", dimensions: [("my-label:x", "1")], factory: registry).increment()
        #expect(try read()["_9_lives___total", ["my_label_x": "1"]] == 1)
    }

    @Test func `a family has a bound, and what is beyond it is counted`() throws {
        for number in 0..<10 {
            Counter(label: "hostile_total", dimensions: [("path", "\(number)")], factory: registry).increment()
        }
        let text = try read()
        #expect(text.families["hostile_total"]?.samples.count == 3)
        #expect(text[MetricsRegistry.droppedSeriesName] == 7)
    }

    @Test func `one name is one kind; another kind's values go nowhere`() throws {
        Counter(label: "things_total", factory: registry).increment()
        Meter(label: "things_total", factory: registry).set(5.0)
        let text = try read()
        #expect(text["things_total"] == 1)
        #expect(text[MetricsRegistry.droppedSeriesName] == 1)
    }

    @Test func `what many threads record at once is all there`() async throws {
        let timer = CoreMetrics.Timer(label: "stage", factory: registry)
        let counter = Counter(label: "requests", factory: registry)
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 {
                        timer.recordNanoseconds(1000)
                        counter.increment()
                    }
                }
            }
        }
        let text = try read()
        #expect(text["stage_seconds_count"] == 8000)
        #expect(text["requests_total"] == 8000)
    }
}
