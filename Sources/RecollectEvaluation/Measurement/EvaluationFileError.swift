/// A file that an evaluation cannot read, and where in it the trouble is.
package struct EvaluationFileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file.
    package let path: String
    /// The place in it: a line's number, or the way through objects and lists such as `[0].qa[3].category`; empty for all of it.
    package let place: String
    /// What is wrong there, worded to follow the place.
    package let problem: String

    init(_ path: String, at place: String = "", _ problem: String) {
        self.path = path
        self.place = place
        self.problem = problem
    }

    init(_ path: String, line: Int, _ problem: String) {
        self.init(path, at: "line \(line)", problem)
    }

    init(_ path: String, line: Int? = nil, decoding error: DecodingError) {
        let way = error.context.map { Self.way(through: $0.codingPath) } ?? ""
        let places = [line.map { "line \($0)" } ?? "", way].filter { !$0.isEmpty }
        self.init(path, at: places.joined(separator: ": "), error.problem)
    }

    /// The error in one sentence.
    package var description: String {
        place.isEmpty ? "\(path): \(problem)" : "\(path): \(place): \(problem)"
    }

    private static func way(through keys: [any CodingKey]) -> String {
        keys.reduce(into: "") { way, key in
            way += key.intValue.map { "[\($0)]" } ?? (way.isEmpty ? key.stringValue : ".\(key.stringValue)")
        }
    }
}

extension DecodingError {
    fileprivate var context: Context? {
        switch self {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context): context
        case .keyNotFound(let key, let context):
            Context(codingPath: context.codingPath + [key], debugDescription: context.debugDescription)
        @unknown default: nil
        }
    }

    fileprivate var problem: String {
        switch self {
        case .keyNotFound: "is missing"
        case .valueNotFound(let type, _): "must be \(Self.name(of: type)), and is null"
        case .typeMismatch(let type, _): "must be \(Self.name(of: type))"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty ? "is no JSON: \(context.debugDescription)" : context.debugDescription
        @unknown default: "cannot be read"
        }
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a text"
        case is Int.Type: "a whole number"
        case is [Any].Type: "a list"
        default: "an object or a list"
        }
    }
}
