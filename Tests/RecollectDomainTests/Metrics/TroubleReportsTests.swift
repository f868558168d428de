import RecollectTestSupport
import RecollectVocabulary
import Testing

@testable import RecollectDomain

@Suite struct `Reports of trouble` {
    private static func at(_ seconds: Int) -> Timestamp { ManualClock.start + .seconds(seconds) }

    @Test func `trouble is told when it begins, and once a minute with what was left out`() {
        var reports = TroubleReports()
        #expect(reports.failed(at: Self.at(0)) == .trouble(times: 1))
        for second in 1..<60 { #expect(reports.failed(at: Self.at(second)) == nil) }
        #expect(reports.failed(at: Self.at(60)) == .trouble(times: 60))
    }

    @Test func `it is over when nothing has failed for a while`() {
        var reports = TroubleReports()
        _ = reports.failed(at: Self.at(0))
        #expect(reports.succeeded(at: Self.at(1)) == nil)
        #expect(reports.failed(at: Self.at(2)) == nil)
        #expect(reports.succeeded(at: Self.at(11)) == nil)
        #expect(reports.succeeded(at: Self.at(12)) == .over)
        #expect(reports.succeeded(at: Self.at(13)) == nil)
    }

    @Test func `trouble that was not told ends untold`() {
        var reports = TroubleReports()
        _ = reports.failed(at: Self.at(0))
        _ = reports.succeeded(at: Self.at(10))
        #expect(reports.failed(at: Self.at(11)) == nil)
        #expect(reports.succeeded(at: Self.at(30)) == nil)
        #expect(reports.failed(at: Self.at(61)) == .trouble(times: 1))
    }

    @Test func `a clock that is set back keeps nothing untold`() {
        var reports = TroubleReports()
        _ = reports.failed(at: Self.at(0))
        #expect(reports.failed(at: Self.at(-3600)) == .trouble(times: 1))
    }
}
