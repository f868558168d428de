import RecollectVocabulary
import Testing

@Suite struct `Names of traits` {
    @Test(arguments: [
        ("preferred_channel", "preferredChannel"),
        ("Preferred Channel", "preferredChannel"),
        ("preferredChannel", "preferredChannel"),
        ("PreferredChannel", "preferredChannel"),
        ("PREFERRED_CHANNEL", "preferredChannel"),
        ("preferred-channel.name", "preferredChannelName"),
        ("customerID", "customerID"),
        ("CustomerID", "customerId"),
        ("email", "email"),
        ("EMAIL", "email"),
        ("_x_", "x"),
        ("2_fa", "2Fa"),
        ("2Fa", "2Fa"),
        ("prénom_usuel", "prénomUsuel"),
        ("line2", "line2"),
        ("address line 2", "addressLine2"),
    ])
    func `a name is normalised to lowerCamelCase`(_ text: String, _ expected: String) throws {
        #expect(try TraitName(text, field: "traits").text == expected)
    }

    @Test(arguments: ["preferred_channel", "2_fa", "CustomerID", "A b C d", "ÄÖ_ü"])
    func `a normalised name stays as it is`(_ text: String) throws {
        let name = try TraitName(text, field: "traits")
        #expect(try TraitName(name.text, field: "traits") == name)
    }

    @Test(arguments: ["", "___", "🙂", String(repeating: "x", count: 65)])
    func `a name has 1 to 64 letters or digits`(_ text: String) {
        #expect(throws: Rejection.self) { try TraitName(text, field: "traits") }
    }

    @Test func `names are compared without regard to case`() throws {
        #expect(try TraitName("customerID", field: "").folded == TraitName("CustomerID", field: "").folded)
    }

    @Test(arguments: ["", "a b", "ü", "a/b", String(repeating: "x", count: 65)])
    func `a group's name has 1 to 64 of its characters`(_ text: String) {
        #expect(throws: Rejection.self) { try TraitGroupName(text) }
    }

    @Test(arguments: ["Contact", "a-b_c.D9", String(repeating: "x", count: 64)])
    func `a group's name is kept as written`(_ text: String) throws {
        #expect(try TraitGroupName(text).text == text)
    }
}
