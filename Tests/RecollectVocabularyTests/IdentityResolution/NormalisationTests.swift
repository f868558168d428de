import RecollectVocabulary
import Testing

@Suite struct `Normalisation of identifiers` {
    @Test(arguments: [
        ("4155550100", "+14155550100"),
        ("14155550100", "+14155550100"),
        ("+14155550100", "+14155550100"),
        ("(415) 555-0100", "+14155550100"),
        (" +1 415.555.0100 ", "+14155550100"),
        ("whatsapp:+14155550100", "+14155550100"),
        ("WhatsApp:+14155550100", "+14155550100"),
        ("rcs:+14155550100", "+14155550100"),
        ("sms:4155550100", "+14155550100"),
        ("tel:+49-30-1234567", "+49301234567"),
        ("+4930123456", "+4930123456"),
        ("49301234567", "+49301234567"),
        ("12345678", "+12345678"),
        ("123456789012345", "+123456789012345"),
        ("+(49) 30 1234567", "+49301234567"),
    ])
    func `a phone number becomes E.164`(_ value: String, _ expected: String) {
        #expect(IdentifierNormalization.phone.normalise(value) == expected)
    }

    @Test(arguments: ["", "abc", "+", "1234567", "1234567890123456", "+0123456789", "00491701234567", "tel:"])
    func `what cannot be a phone number is none`(_ value: String) {
        #expect(IdentifierNormalization.phone.normalise(value) == nil)
    }

    @Test(arguments: [("Jane@Example.COM", "jane@example.com"), (" j ane@example.com\t", "jane@example.com")])
    func `an email address is written small and without spaces`(_ value: String, _ expected: String) {
        #expect(IdentifierNormalization.email.normalise(value) == expected)
    }

    @Test func `trim takes white space off the ends, none takes nothing`() {
        #expect(IdentifierNormalization.trim.normalise("\n a B \u{3000}") == "a B")
        #expect(IdentifierNormalization.none.normalise(" a ") == " a ")
    }

    @Test(arguments: IdentifierNormalization.allCases)
    func `an empty value and one of more than 255 characters are no identifier`(
        _ normalization: IdentifierNormalization
    ) {
        #expect(normalization.normalise("") == nil)
        #expect(normalization.normalise(String(repeating: "x", count: 256)) == nil)
    }

    @Test func `255 characters are an identifier`() {
        let value = String(repeating: "x", count: 255)
        #expect(IdentifierNormalization.trim.normalise(value) == value)
    }

    @Test(
        arguments: IdentifierNormalization.allCases,
        ["+14155550100", "Jane@Example.com", " x ", "whatsapp:+14155550100"]
    )
    func `a normal form is its own normal form`(_ normalization: IdentifierNormalization, _ value: String) {
        guard let normal = normalization.normalise(value) else { return }
        #expect(normalization.normalise(normal) == normal)
    }

    @Test func `a WhatsApp number is found with and without its prefix, and shown as it was given`() throws {
        let bare = try #require(Identifier(.whatsapp, " +14155550100 ", normalization: .trim))
        let prefixed = try #require(Identifier(.whatsapp, "whatsapp:+14155550100", normalization: .trim))
        let other = try #require(Identifier(.whatsapp, "WhatsApp:+14155550101", normalization: .trim))
        #expect(bare.value == "+14155550100")
        #expect(prefixed.value == "whatsapp:+14155550100")
        #expect(bare.matchKey == prefixed.matchKey)
        #expect(other.matchKey == "whatsapp:+14155550101")
    }

    @Test func `only WhatsApp numbers share a key`() throws {
        let chat = try IdentifierType("chat")
        let bare = try #require(Identifier(chat, "+14155550100", normalization: .trim))
        let prefixed = try #require(Identifier(chat, "whatsapp:+14155550100", normalization: .trim))
        let name = try #require(Identifier(.whatsapp, "whatsapp:jane", normalization: .trim))
        #expect(bare.matchKey != prefixed.matchKey)
        #expect(name.matchKey == "whatsapp:jane")
    }
}
