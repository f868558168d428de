import RecollectVocabulary
import Testing

@Suite struct `Timestamps` {
    @Test(arguments: [
        ("2026-11-20T19:47:09Z", "2026-11-20T19:47:09Z"),
        ("2026-11-20t19:47:09.252921+00:00", "2026-11-20T19:47:09Z"),
        ("2026-11-20 19:47:09.9999999z", "2026-11-20T19:47:09Z"),
        ("2026-11-20T01:30:00+05:30", "2026-11-19T20:00:00Z"),
        ("2026-12-31T23:00:00-02:00", "2027-01-01T01:00:00Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ("2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z"),
        ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
        ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
    ])
    func `every form of RFC 3339 is read and written in UTC`(text: String, written: String) throws {
        #expect(try Timestamp(rfc3339: text, field: "t").rfc3339 == written)
    }

    @Test(arguments: [
        "", "now", "2026-11-20", "2026-11-20T19:47:09", "2026-11-20T19:47Z", "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z", "2026-11-20T24:00:00Z", "2026-11-20T19:60:00Z", "2026-11-20T19:47:61Z",
        "2026-11-20T19:47:09.Z", "2026-11-20T19:47:09+24:00", "2026-11-20T19:47:09Z ", "+2026-11-20T19:47:09Z",
        "9999-12-31T23:59:59-01:00", "0000-01-01T00:00:00+01:00",
    ])
    func `anything else is refused`(text: String) {
        #expect(throws: Rejection.self) { try Timestamp(rfc3339: text, field: "t") }
    }

    @Test func `a microsecond is kept, and finer parts are cut off`() throws {
        let time = try Timestamp(rfc3339: "1970-01-01T00:00:01.0000019Z", field: "t")
        #expect(time.microseconds == 1_000_001)
    }

    @Test func `a change is later than the one before, also when the clock was set back`() {
        let before = Timestamp(microseconds: 100)
        #expect(Timestamp(microseconds: 50).following(before) == Timestamp(microseconds: 101))
        #expect(Timestamp(microseconds: 500).following(before) == Timestamp(microseconds: 500))
    }
}
