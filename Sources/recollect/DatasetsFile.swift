import ArgumentParser
import Foundation
import RecollectDomain
import RecollectEngine
import RecollectPostgres
import RecollectSQLite
import RecollectVocabulary

/// The file that registers datasets: a JSON list, checked whole before the server starts.
struct DatasetsFile {
    /// How often a dataset may be read, in seconds.
    ///
    /// Source: ours. Below, a server with a few datasets would do little else.
    private static let secondsRange = 10...604_800
    /// How often it is read when nothing else is said, in seconds.
    private static let secondsByDefault = 300

    private let path: String

    /// Reads a file; relative paths in it are relative to its folder.
    ///
    /// - Throws: `ValidationError` that says where in the file what is wrong.
    static func datasets(at path: String) throws -> Datasets {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ValidationError("datasets: the file \(path) cannot be read")
        }
        guard let items = try? JSONSerialization.jsonObject(with: data) as? [Any] else {
            throw ValidationError("datasets: \(path) must be a JSON list of datasets")
        }
        let file = DatasetsFile(path: path)
        var seen: Set<DatasetID> = []
        let datasets = try items.enumerated().map { place, item in
            let object = try file.object(item, "[\(place)]")
            let dataset = try file.dataset(object)
            guard seen.insert(dataset.id).inserted else { throw object.error("id", "is the id of an earlier dataset") }
            return dataset
        }
        return Datasets(datasets)
    }

    private func object(_ value: Any?, _ place: String) throws -> DatasetsObject {
        guard let fields = value as? [String: Any] else {
            throw ValidationError("\(path): \(place): must be an object")
        }
        return DatasetsObject(file: path, place: place, fields: fields)
    }

    private func dataset(_ object: DatasetsObject) throws -> RegisteredDataset {
        try object.allowOnly("id", "account", "source", "cursorColumn", "everySeconds")
        let id = try object.requiredText("id")
        let datasetID = try object.translating("id") { () throws(Rejection) in try DatasetID(id, field: "id") }
        let account = try object.text("account").map { text in
            try object.translating("account") { () throws(Rejection) in try AccountSID(text) }
        }
        var seconds = Self.secondsByDefault
        if let given = object.fields["everySeconds"] {
            guard let number = given as? NSNumber, let whole = Int(exactly: number.doubleValue),
                Self.secondsRange.contains(whole)
            else {
                let (least, most) = (Self.secondsRange.lowerBound, Self.secondsRange.upperBound)
                throw object.error("everySeconds", "must be a whole number from \(least) to \(most)")
            }
            seconds = whole
        }
        let source = try source(
            self.object(object.fields["source"], "\(object.place).source"),
            orderedBy: object.text("cursorColumn"),
            of: object
        )
        return RegisteredDataset(id: datasetID, account: account, interval: .seconds(seconds), source: source)
    }

    private func source(
        _ source: DatasetsObject,
        orderedBy cursorColumn: String?,
        of object: DatasetsObject
    ) throws -> any Dataset {
        let kinds = ["csvFolder", "sqlite", "postgres"].filter { source.fields[$0] != nil }
        guard kinds.count == 1 else {
            throw source.error(nil, "must have one of csvFolder, sqlite and postgres")
        }
        guard kinds[0] != "csvFolder" else {
            try source.allowOnly("csvFolder")
            guard cursorColumn == nil else {
                throw object.error("cursorColumn", "is for databases: files are read in the order of their rows")
            }
            return CSVFolder(path: try existing(source, "csvFolder", isFolder: true), clock: SystemClock())
        }
        try source.allowOnly(kinds[0], "table", "query")
        guard let cursorColumn else { throw object.error("cursorColumn", "must name the column that orders the rows") }
        let relation: ForeignRelation
        switch (try source.text("table"), try source.text("query")) {
        case (let table?, nil): relation = ForeignRelation(.table(table), orderedBy: cursorColumn)
        case (nil, let query?): relation = ForeignRelation(.query(query), orderedBy: cursorColumn)
        default: throw source.error(nil, "must have either a table or a query")
        }
        if kinds[0] == "sqlite" {
            let path = try existing(source, "sqlite", isFolder: false)
            return TableDataset(SQLiteTable(path: path, relation), orderedBy: cursorColumn)
        }
        let url = try source.requiredText("postgres")
        guard url.hasPrefix("postgres://") || url.hasPrefix("postgresql://") else {
            throw source.error("postgres", "must begin with postgres:// or postgresql://")
        }
        return TableDataset(PostgresTable(url: url, relation), orderedBy: cursorColumn)
    }

    /// The path of a file or folder that is there.
    private func existing(_ source: DatasetsObject, _ field: String, isFolder: Bool) throws -> String {
        let given = try source.requiredText(field)
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        let found = URL(fileURLWithPath: given, relativeTo: folder).resolvingSymlinksInPath().path
        let type = try? FileManager.default.attributesOfItem(atPath: found)[.type] as? FileAttributeType
        guard let type, (type == .typeDirectory) == isFolder else {
            throw source.error(field, "there is no \(isFolder ? "folder" : "file") \(found)")
        }
        return found
    }
}

/// An object of the file, and where it stands.
private struct DatasetsObject {
    let file: String
    let place: String
    let fields: [String: Any]

    /// Refuses fields of other names.
    func allowOnly(_ names: String...) throws {
        for name in fields.keys.sorted() where !names.contains(name) {
            throw error(name, "is no field here: there are \(names.joined(separator: ", "))")
        }
    }

    /// A text that may be left out.
    func text(_ field: String) throws -> String? {
        guard let value = fields[field] else { return nil }
        guard let text = value as? String, !text.isEmpty else { throw error(field, "must be a text") }
        return text
    }

    /// A text that must be there.
    func requiredText(_ field: String) throws -> String {
        guard let text = try text(field) else { throw error(field, "is missing") }
        return text
    }

    /// What is wrong with the object or one of its fields.
    func error(_ field: String?, _ rule: String) -> ValidationError {
        ValidationError("\(file): \(place)\(field.map { ".\($0)" } ?? ""): \(rule)")
    }

    /// What breaks a rule of the vocabulary, told with its place.
    func translating<Value>(_ field: String, _ work: () throws(Rejection) -> Value) throws -> Value {
        do {
            return try work()
        } catch let rejection {
            throw error(field, rejection.rule)
        }
    }
}
