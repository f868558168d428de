import RecollectSQL

// What a statement does to which table, as far as its words tell. A statement is cut into scopes: the whole, each sub-select, and
// each part of a UNION. A scope names tables after FROM, JOIN, UPDATE and INTO, and says in its own words, not in those of a
// scope within it, which rows it means. That is all there is to know for the question asked here: whether each table that is
// spread is reached by the column it is spread by.

/// The scopes of a statement.
struct StatementScopes {
    /// One SELECT, UPDATE, DELETE or INSERT, without what is within.
    struct Scope {
        var words: [Substring] = []

        /// The tables that the scope reads or writes.
        var tables: [String] {
            var found: [String] = []
            for (index, word) in words.enumerated().dropLast() {
                guard ["FROM", "JOIN", "UPDATE", "INTO"].contains(word) else { continue }
                // DO UPDATE SET and FOR UPDATE name no table of their own.
                let before = index > 0 ? words[index - 1] : ""
                guard !["DO", "FOR"].contains(before) else { continue }
                found.append(String(words[index + 1]))
            }
            return found
        }

        /// Whether rows are inserted with a value of a column.
        func inserts(_ column: String, into table: String) -> Bool {
            guard let into = words.firstIndex(of: "INTO"), words[into + 1] == table[...], words[into + 2] == "(" else {
                return false
            }
            return words[into...].prefix { $0 != ")" }.contains(column[...])
        }

        /// Whether a column of a table is said to be a value, or one of some.
        func fixes(_ column: String, of table: String) -> Bool {
            words.indices.dropLast(2).contains { index in
                guard isColumn(words[index], column, table) else { return false }
                if words[index + 1] == "=" { return words[index + 2].hasPrefix("$") }
                return words[index + 1] == "IN" && words.dropFirst(index + 3).first?.hasPrefix("$") ?? false
            }
        }

        /// Whether a column of a table is said to be the same as one that another table has.
        func joins(_ column: String, of table: String) -> [String] {
            words.indices.dropLast(2).compactMap { index in
                guard words[index + 1] == "=" else { return nil }
                let sides = [words[index], words[index + 2]].map { $0.split(separator: ".") }
                guard sides.allSatisfy({ $0.count == 2 && $0[1] == column[...] }) else { return nil }
                if sides[0][0] == table[...] { return String(sides[1][0]) }
                return sides[1][0] == table[...] ? String(sides[0][0]) : nil
            }
        }

        private func isColumn(_ word: Substring, _ column: String, _ table: String) -> Bool {
            word == column[...] || word == "\(table).\(column)"
        }
    }

    /// The scopes, the outermost first.
    let all: [Scope]

    init(_ text: String) {
        var done: [Scope] = []
        var open: [(scope: Scope, isOwn: Bool)] = [(Scope(), true)]
        let words = Self.words(of: text)
        for (index, word) in words.enumerated() {
            let innermost = open.lastIndex { $0.isOwn } ?? 0
            switch word {
            case "(":
                let isSelect = index + 1 < words.count && words[index + 1] == "SELECT"
                if !isSelect { open[innermost].scope.words.append(word) }
                open.append((Scope(), isSelect))
            case ")":
                let closed = open.removeLast()
                if closed.isOwn {
                    done.append(closed.scope)
                } else {
                    open[innermost].scope.words.append(word)
                }
            case "UNION":
                done.append(open[innermost].scope)
                open[innermost].scope = Scope()
            default:
                open[innermost].scope.words.append(word)
            }
        }
        all = open.map(\.scope) + done
    }

    /// What is wrong with how a statement reaches a table that is spread: nil when nothing is.
    static func fault(in text: String) -> String? {
        let columns = Dictionary(
            uniqueKeysWithValues: SchemaTable.all.compactMap { table in
                table.family.distributionColumn.map { (table.name, $0) }
            }
        )
        for scope in StatementScopes(text).all {
            for table in scope.tables {
                guard let column = columns[table] else { continue }
                if scope.inserts(column, into: table) || scope.fixes(column, of: table) { continue }
                if scope.joins(column, of: table).contains(where: { scope.fixes(column, of: $0) }) { continue }
                return "\(table) is not reached by \(column)"
            }
        }
        return nil
    }

    private static func words(of text: String) -> [Substring] {
        var spaced = text
        for mark in ["(", ")", ",", "="] { spaced.replace(mark, with: " \(mark) ") }
        // Comparisons stay whole.
        for mark in ["<", ">"] { spaced.replace("\(mark) =", with: "\(mark)=") }
        return spaced.split(whereSeparator: \.isWhitespace)
    }
}
