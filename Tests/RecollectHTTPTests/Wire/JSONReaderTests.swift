import RecollectVocabulary
import Testing

@testable import RecollectHTTP

@Suite struct `Reading JSON` {
    private func read(_ text: String) throws(Rejection) -> JSONValue {
        try JSONReader.read(Array(text.utf8))
    }

    private func refusal(_ bytes: [UInt8]) -> String? {
        do {
            _ = try JSONReader.read(bytes)
            return nil
        } catch {
            return error.reason == .malformed ? error.rule : "\(error.reason)"
        }
    }

    @Test func `every kind of value is read as it was written`() throws {
        let value = try read(#" { "b" : [ null , true, -1.50e+2, "\u00e9\n\ud83d\ude00" ] , "a":{} } "#)
        guard case .object(let object) = value else { return #expect(Bool(false)) }
        #expect(object.members.map(\.name) == ["b", "a"])
        guard case .array(let elements)? = object["b"] else { return #expect(Bool(false)) }
        #expect(elements[0] == .null)
        #expect(elements[1] == .bool(true))
        #expect(elements[3] == .string("é\n😀"))
        guard case .number(let number) = elements[2] else { return #expect(Bool(false)) }
        #expect(number.lexeme == "-1.50e+2")
        #expect(number.double == -150)
        #expect(number.integer == -150)
        #expect(
            JSONWriter.bytes { value.write(to: &$0) } == Array(#"{"b":[null,true,-1.50e+2,"é\#u{5C}n😀"],"a":{}}"#.utf8)
        )
    }

    @Test(arguments: [
        "", " ", "{", "}", "[", "]", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "{1:1}",
        "nul", "truE", "NaN", "Infinity", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", "0x1", "1 2", "[1] x", "\"",
        "\"\\", "\"\\u12\"", "\"\\u12g4\"", "\"\\x\"", "\"a\nb\"", "\"a\u{0}b\"", "\"\\u0000\"", "\"\\ud800\"",
        "\"\\udc00\"", "\"\\ud800\\ud800\"", "\"\\ud800x\"", "1e999", "-1e999", "// x\n1", "displayName=x&a=b",
        "\u{0}", "{\"a\":1,\"a\":2}", "[1}", "{\"a\":1]",
    ])
    func `what is no JSON is refused with its place`(_ text: String) throws {
        let rule = try #require(refusal(Array(text.utf8)))
        #expect(rule.hasPrefix("the body is not valid JSON: line 1, byte "))
    }

    @Test(arguments: [[0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0xFE, 0xFF]])
    func `bytes that are no UTF-8 are refused`(_ bytes: [UInt8]) {
        #expect(refusal(bytes) != nil)
    }

    @Test func `the place of a mistake is its line and byte`() {
        #expect(refusal(Array("{\n \"a\": 1,\n \"b\": x\n}".utf8))?.contains("line 3, byte 17") == true)
        #expect(refusal(Array(#"{"name":1,"name":2}"#.utf8))?.contains("the name \"name\" occurs twice") == true)
    }

    @Test func `a byte order mark in front is skipped`() throws {
        #expect(try JSONReader.read([0xEF, 0xBB, 0xBF] + Array("1".utf8)) == read("1"))
    }

    @Test func `arrays nest up to the limit and no deeper, however deep the text goes`() throws {
        let nested = { (depth: Int) in
            Array(String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).map(String.init).joined()
        }
        #expect(refusal(Array(nested(JSONReader.depthLimit).utf8)) == nil)
        #expect(refusal(Array(nested(JSONReader.depthLimit + 1).utf8))?.contains("deeper than 64") == true)
        #expect(refusal(Array(repeating: UInt8(ascii: "["), count: 8_000_000))?.contains("deeper than 64") == true)
        #expect(refusal(Array(String(repeating: "{\"a\":", count: 10_000).utf8))?.contains("deeper than 64") == true)
    }

    @Test func `many members are found as quickly as few, and repeats among them too`() throws {
        let names = (0..<100_000).map { "k\($0)" }
        let text = "{" + names.map { "\"\($0)\":1" }.joined(separator: ",")
        guard case .object(let object) = try read(text + "}") else { return #expect(Bool(false)) }
        #expect(object.members.count == 100_000)
        #expect(object["k99999"] != nil)
        #expect(object["k100000"] == nil)
        #expect(refusal(Array((text + ",\"k7\":2}").utf8))?.contains("occurs twice") == true)
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("1.0", 1), ("1e2", 100), ("1.5e1", 15), ("100e-2", 1), ("0e99999999999999999999", 0),
            ("9223372036854775807", .max), ("-9223372036854775808", .min), ("92233720368547758070e-1", .max),
            ("1.5", nil), ("1e-1", nil), ("9223372036854775808", nil), ("1e19", nil), ("0.0", 0), ("-12.00E+1", -120),
        ] as [(String, Int64?)]
    )
    func `an integer is recognised however it is written`(_ lexeme: String, _ expected: Int64?) throws {
        guard case .number(let number) = try read(lexeme) else { return #expect(Bool(false)) }
        #expect(number.integer == expected)
    }

    @Test func `strings are written with exactly the escapes that JSON needs`() {
        let bytes = JSONWriter.bytes { writer in
            writer.object { writer in
                writer.field("plain", "é😀/")
                writer.field("awkward", "a\"b\\c\n\r\t\u{1}\u{1F}\u{7F}")
                writer.field("absent", ifPresent: String?.none)
                writer.field("double", 0.1)
                writer.field("nan", Double.nan)
                writer.array("list", [1, 2]) { writer, element in writer.object { $0.field("n", element) } }
                writer.object("empty") { _ in }
                writer.array("none", [Int]()) { writer, element in element.write(to: &writer) }
                writer.field("last", true)
            }
        }
        #expect(
            String(decoding: bytes, as: UTF8.self) == """
                {"plain":"é😀/","awkward":"a\\"b\\\\c\\n\\r\\t\\u0001\\u001f\u{7F}","double":0.1,"nan":null,\
                "list":[{"n":1},{"n":2}],"empty":{},"none":[],"last":true}
                """
        )
    }
}
