import Crypto
import RecollectVocabulary
import Testing

@testable import RecollectHTTP

@Suite struct `Lists and their page tokens` {
    private let seal = PageTokenSeal(
        key: SymmetricKey(data: [UInt8](repeating: 7, count: 32)),
        path: "/v1/a",
        account: "AC1"
    )

    private func list(_ query: [String: String], maximum: Int = 100) throws -> ListRequest {
        try ListRequest(query: query, maximum: maximum, filters: ["source"], ordered: true, seal: seal)
    }

    /// A list of the numbers 1 to 7, paged as a feature would.
    private func page(_ list: ListRequest, arrayLimit: Int = .max) throws -> (rows: [Int], meta: JSONObject) {
        let query = try list.query(arrayLimit: arrayLimit) { (text, field) throws(Rejection) in
            guard let key = Int(text) else { throw Rejection(.malformed, field, "is no token of this list") }
            return key
        }
        let sorted = query.scansForward ? Array(1...7) : (1...7).reversed()
        let beyond = sorted.filter { row in
            query.cursor.map { query.scansForward ? row > $0 : row < $0 } ?? true
        }
        let slice = query.slice(Array(beyond.prefix(query.rowsWanted)))
        let response = list.page("numbers", slice, cursor: { String($0) }) { writer, row in row.write(to: &writer) }
        guard case .object(let body) = try JSONReader.read(response.body), case .object(let meta)? = body["meta"] else {
            throw Rejection(.malformed, nil, "no meta")
        }
        #expect(meta["key"] == .string("numbers"))
        return (slice.rows, meta)
    }

    private func token(_ name: String, _ meta: JSONObject) -> String? {
        guard case .string(let token)? = meta[name] else { return nil }
        return token
    }

    @Test(arguments: ["ASC", "DESC"], [1, 2, 3, 7, 50])
    func `pages forwards and backwards are the same list`(_ order: String, _ size: Int) throws {
        var rows: [[Int]] = []
        var tokens: [String] = []
        var (shown, meta) = try page(list(["pageSize": "\(size)", "orderBy": order]))
        rows.append(shown)
        #expect(meta["previousToken"] == nil)
        while let next = token("nextToken", meta) {
            (shown, meta) = try page(list(["pageToken": next]))
            rows.append(shown)
            if let previous = token("previousToken", meta) { tokens.append(previous) }
        }
        #expect(rows.flatMap(\.self) == (order == "ASC" ? Array(1...7) : (1...7).reversed()))
        #expect(tokens.count == rows.count - 1)
        for (index, previous) in tokens.enumerated() {
            #expect(try page(list(["pageToken": previous])).rows == rows[index])
        }
    }

    @Test func `a token carries filters, order and size, whatever else the query says`() throws {
        let first = try list(["pageSize": "3", "orderBy": "ASC", "source": "a b"])
        let next = try #require(token("nextToken", page(first).meta))
        let second = try list(["pageToken": next, "pageSize": "9", "orderBy": "DESC", "source": "x"])
        #expect(second.size == 3)
        #expect(second.order == .ascending)
        #expect(second["source"] == "a b")
    }

    @Test func `the size shown is the size asked for, also where the array is shorter`() throws {
        let (rows, meta) = try page(list(["pageSize": "5", "orderBy": "ASC"]), arrayLimit: 2)
        #expect(rows == [1, 2])
        #expect(meta["pageSize"] == JSONNumber(lexeme: "5").map(JSONValue.number))
        #expect(token("nextToken", meta) != nil)
    }

    @Test(arguments: [("500", 100), ("100", 100), ("1", 1), ("007", 7), ("99999999999999999999999", 100)])
    func `a size above the maximum is clamped`(_ text: String, _ size: Int) throws {
        #expect(try list(["pageSize": text]).size == size)
        #expect(try list([:], maximum: 20).size == 20)
        #expect(try list([:]).size == 50)
    }

    @Test(arguments: ["0", "-1", "", "abc", "1.5", "1e2", "+5", " 5", "٣"])
    func `a size below one or not a number is refused`(_ text: String) {
        #expect(throws: Rejection(.malformed, "pageSize", "must be an integer of at least 1")) {
            try list(["pageSize": text])
        }
    }

    @Test(arguments: ["asc", "", "UP"])
    func `an order is ASC or DESC`(_ text: String) {
        #expect(throws: Rejection(.malformed, "orderBy", "must be ASC or DESC")) { try list(["orderBy": text]) }
    }

    @Test func `a token that is forged, cut, or of another list is refused`() throws {
        let text = seal.seal(
            PageToken(order: .descending, isBackward: false, size: 50, cursor: "abc", filters: ["a": "b"])
        )
        #expect(try seal.open(text).filters == ["a": "b"])
        let key = SymmetricKey(data: [UInt8](repeating: 7, count: 32))
        for other in [
            PageTokenSeal(key: key, path: "/v1/b", account: "AC1"),
            PageTokenSeal(key: key, path: "/v1/a", account: "AC2"),
            PageTokenSeal(key: SymmetricKey(size: .bits256), path: "/v1/a", account: "AC1"),
        ] {
            #expect(throws: PageTokenSeal.refusal) { try other.open(text) }
        }
        let characters = Array(text)
        for index in characters.indices {
            var forged = characters
            forged[index] = forged[index] == "A" ? "B" : "A"
            #expect(throws: PageTokenSeal.refusal) { try seal.open(String(forged)) }
            #expect(throws: PageTokenSeal.refusal) { try seal.open(String(characters.prefix(index))) }
        }
        for junk in ["None", "=", "%%%", text + "A", text + "=", String(repeating: "A", count: 5000), "é"] {
            #expect(throws: PageTokenSeal.refusal) { try seal.open(junk) }
        }
    }

    @Test func `an empty page leads back to the end it lies beyond`() throws {
        let beyond = seal.seal(PageToken(order: .ascending, isBackward: false, size: 2, cursor: "7", filters: [:]))
        let empty = try page(list(["pageToken": beyond]))
        #expect(empty.rows.isEmpty)
        let previous = try #require(token("previousToken", empty.meta))
        #expect(try page(list(["pageToken": previous])).rows == [6, 7])
        let before = seal.seal(PageToken(order: .ascending, isBackward: true, size: 2, cursor: "1", filters: [:]))
        let next = try #require(token("nextToken", page(list(["pageToken": before])).meta))
        #expect(try page(list(["pageToken": next])).rows == [1, 2])
    }
}
