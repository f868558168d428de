package import RecollectEngine
package import RecollectVocabulary

// The value of a trait stands in its column as JSON, so that an operator who looks at the table can read it. Integers up to 64
// bits and doubles come back as they were.

extension TraitValue: SQLBindable, SQLReadable {
    package static var sqlType: SQLType { .text }

    package var sqlValue: SQLValue { .text(json) }

    package init(from columns: inout Columns) throws(EngineError) {
        let text: String = try columns.next()
        do {
            try self.init(json: text)
        } catch {
            throw EngineError(.corrupt, "a trait's value is no JSON: \(error)")
        }
    }
}
