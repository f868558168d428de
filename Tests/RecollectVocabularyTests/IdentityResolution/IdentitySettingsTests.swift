import RecollectVocabulary
import Testing

@Suite struct `Identity settings` {
    private func config(_ idType: String) throws -> IdentifierConfig {
        try IdentifierConfig(idType: IdentifierType(idType), field: idType)
    }

    @Test func `the defaults are exact, unique, 100 values, first in first out`() throws {
        let config = try config("email")
        #expect(config.matchingAlgorithm == .exact)
        #expect(config.matchingThreshold == 75)
        #expect(config.limit == 100)
        #expect(config.limitPolicy == .fifo)
        #expect(config.enforceUnique)
        #expect(config.normalization == .trim)
    }

    @Test func `a type is configured once`() throws {
        let rejection = #expect(throws: Rejection.self) {
            try IdentitySettings(configs: [config("email"), config("email")], matchingRules: [IdentifierType("email")])
        }
        #expect(rejection?.reason == .identitySettingsInvalid)
        #expect(rejection?.field == "identifierConfigs[1].idType")
    }

    @Test(arguments: [(["email", "chat"], "matchingRules[1]"), (["email", "email"], "matchingRules[1]")])
    func `a rule names a configured type, and once`(_ rules: [String], _ field: String) throws {
        let rejection = #expect(throws: Rejection.self) {
            try IdentitySettings(configs: [config("email")], matchingRules: rules.map { try IdentifierType($0) })
        }
        #expect(rejection?.field == field)
        #expect(rejection?.reason == .identitySettingsInvalid)
    }

    @Test func `there are 1 to 15 types and rules`() throws {
        let many = try (0..<16).map { try config("type \($0)") }
        #expect(throws: Rejection.self) { try IdentitySettings(configs: [], matchingRules: []) }
        #expect(throws: Rejection.self) { try IdentitySettings(configs: many, matchingRules: [many[0].idType]) }
        #expect(throws: Rejection.self) { try IdentitySettings(configs: [config("email")], matchingRules: []) }
        _ = try IdentitySettings(configs: Array(many.prefix(15)), matchingRules: many.prefix(15).map(\.idType))
    }

    @Test(arguments: [(49, 100), (100, 100), (75, 0), (75, 101)])
    func `threshold and limit have ranges`(_ threshold: Int, _ limit: Int) {
        #expect(throws: Rejection.self) {
            try IdentifierConfig(
                idType: IdentifierType("email"),
                matchingThreshold: threshold,
                limit: limit,
                field: "identifierConfigs[0]"
            )
        }
    }

    @Test(arguments: ["", "x", String(repeating: "x", count: 31)])
    func `a type has 2 to 30 characters`(_ idType: String) {
        #expect(throws: Rejection.self) { try IdentifierType(idType) }
    }

    @Test func `the same settings again are the same version`() throws {
        let first = try IdentitySettings(configs: [config("email")], matchingRules: [IdentifierType("email")])
        let other = try IdentitySettings(configs: [config("chat")], matchingRules: [IdentifierType("chat")])
        #expect(first.replacing(first).version == 1)
        #expect(other.replacing(first).version == 2)
    }

    @Test func `a new store matches by email, whatsapp, phone and chat`() {
        let settings = DefaultSchema.settings
        #expect(settings.matchingRules.map(\.text) == ["email", "whatsapp", "phone", "chat"])
        #expect(settings.configs.map(\.normalization) == [.email, .trim, .phone, .trim])
    }
}
