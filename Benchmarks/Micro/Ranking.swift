import Benchmark
import Foundation
import RecollectMiniLM
import RecollectRanking

// The parts of a recall, each by itself. Texts and vectors are made up, the same in every run.

private let subjects = ["The customer", "Her daughter", "His team", "Their office", "The neighbour", "A colleague"]
private let verbs = ["prefers", "ordered", "returned", "asked about", "complained about", "recommended", "forgot"]
private let things = [
    "green tea", "the blue bicycle", "a window seat", "evening deliveries", "the winter tyres", "a refund",
    "the annual plan", "two garden chairs", "a quiet room", "vegetarian meals", "the mobile app", "gift cards",
]
private let query = "When did the customer last ask about the delivery of her new garden chairs?"
private let dimensions = 384

private func sentence(_ number: Int) -> String {
    let (first, second) = (things[number % things.count], things[number / 7 % things.count])
    return "\(subjects[number % subjects.count]) \(verbs[number % verbs.count]) \(first) and \(second) (note \(number))"
}

private func vector(_ number: Int) -> [Float] {
    let vector = (0..<dimensions).map { Float(sin(Double(number * 31 + $0 * 17))) }
    let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return vector.map { $0 / length }
}

private func text(_ number: Int) -> RankedText {
    RankedText(
        content: sentence(number),
        evidence: [],
        occurredAt: 1_700_000_000_000_000 + Int64(number) * 60_000_000,
        occasion: .hour(Int64(number / 20))
    )
}

private func index(_ count: Int, hasVectors: Bool = true) -> HybridIndex {
    var index = HybridIndex(of: (0..<count).map(text), analysedBy: Analyser(), dimensions: dimensions)
    guard hasVectors else { return index }
    for number in 0..<count { index.setVector(QuantisedVector(vector(number)).bytes, of: number) }
    return index
}

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(metrics: [.wallClock, .throughput], maxDuration: .seconds(2))

    Benchmark("Analysis of a query") { benchmark in
        let analyser = Analyser()
        for _ in benchmark.scaledIterations { blackHole(analyser.terms(of: query)) }
    }

    Benchmark("Build of an index of 1,000") { benchmark in
        for _ in benchmark.scaledIterations { blackHole(index(1000, hasVectors: false)) }
    }

    for count in [1000, 100_000] {
        Benchmark("BM25 over \(count)") { benchmark, index in
            let query = RankingQuery(query, analysedBy: Analyser(), vector: nil)
            benchmark.startMeasurement()
            for _ in benchmark.scaledIterations { blackHole(index.scores(of: query)) }
        } setup: {
            index(count, hasVectors: false)
        }

        Benchmark("Words and meaning over \(count)") { benchmark, index in
            let query = RankingQuery(query, analysedBy: Analyser(), vector: vector(7))
            benchmark.startMeasurement()
            for _ in benchmark.scaledIterations { blackHole(index.scores(of: query)) }
        } setup: {
            index(count)
        }
    }

    let files = ModelFiles(folder: ModelFiles.defaultFolder(environment: ProcessInfo.processInfo.environment))
    guard files.exist else { return }

    Benchmark("Tokens of a query") { benchmark, encoder in
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(encoder.tokens(of: query)) }
    } setup: {
        try MiniLMEncoder(files: files)
    }

    Benchmark("Vector of a query") { benchmark, encoder in
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(try await encoder.embed([query])) }
    } setup: {
        try MiniLMEncoder(files: files)
    }

    Benchmark("Vectors of 256 observations") { benchmark, encoder in
        let observations = (0..<256).map(sentence)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations { blackHole(try await encoder.embed(observations)) }
    } setup: {
        try MiniLMEncoder(files: files)
    }
}
