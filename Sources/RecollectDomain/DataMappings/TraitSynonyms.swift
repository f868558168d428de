/// What people call the things that profiles are about, and the one word under which names are compared.
///
/// Short on purpose: what is no synonym everywhere would map the wrong column. English, as the stems are.
enum TraitSynonyms {
    /// The most words of a phrase.
    private static let phraseLimit = 3

    /// Replaces well-known phrases, the longest first.
    ///
    /// - Parameter words: words in lower case.
    /// - Returns: the words after it, and whether any were replaced by others.
    static func replaced(_ words: [String]) -> (words: [String], any: Bool) {
        var result: [String] = []
        var isReplaced = false
        var rest = words[...]
        while let first = rest.first {
            let phrase = (1...phraseLimit).reversed().first { length in
                length <= rest.count && table[rest.prefix(length).joined(separator: " ")] != nil
            }
            guard let length = phrase, let common = table[rest.prefix(length).joined(separator: " ")] else {
                result.append(first)
                rest = rest.dropFirst()
                continue
            }
            if !rest.prefix(length).elementsEqual(common) { isReplaced = true }
            result += common
            rest = rest.dropFirst(length)
        }
        return (result, isReplaced)
    }

    /// The common words and the phrases that mean them, as they are cut into words.
    ///
    /// A phrase that means itself keeps its words from being replaced one by one.
    private static let phrases: [(common: String, phrases: [String])] = [
        ("email", ["mail", "e mail", "email address", "e mail address", "mail address", "email id"]),
        (
            "phone",
            [
                "mobile", "cell", "cellphone", "tel", "telephone", "cell phone", "mobile phone", "phone number",
                "mobile number", "cell number", "tel number", "telephone number", "phone no", "mobile no", "tel no",
                "mobile phone number", "cell phone number",
            ]
        ),
        ("whatsapp", ["whats app", "whatsapp number", "wa number"]),
        ("first name", ["first name", "firstname", "given name", "givenname", "forename", "fname"]),
        ("last name", ["last name", "lastname", "family name", "familyname", "surname", "lname"]),
        (
            "street",
            ["address", "addr", "street address", "address line", "address 1", "address line 1", "addr 1", "street 1"]
        ),
        ("address line 2", ["address 2", "address line 2", "addr 2", "street 2"]),
        ("ip address", ["ip address"]),
        ("web address", ["web address", "website", "url"]),
        ("city", ["town", "locality", "municipality"]),
        ("state", ["province", "state province"]),
        (
            "postal code",
            ["postal code", "postalcode", "postal", "postcode", "post code", "zip", "zipcode", "zip code"]
        ),
        ("country", ["nation", "country name", "country code"]),
        (
            "preferred language",
            ["preferred language", "language", "lang", "preferred lang", "language code", "locale"]
        ),
        ("birth date", ["birth date", "birthdate", "birthday", "date of birth", "dob"]),
        ("company", ["company name", "organisation", "organization", "employer"]),
        ("gender", ["sex"]),
    ]

    private static let table: [String: [String]] = {
        var table: [String: [String]] = [:]
        for (common, phrases) in phrases {
            for phrase in phrases { table[phrase] = common.split(separator: " ").map(String.init) }
        }
        return table
    }()
}
