package import Hummingbird
package import RecollectVocabulary

/// A request whose body is taken as it comes.
package struct UploadRequest: Sendable {
    /// The query's parameters; of a name that occurs twice, the first.
    package let query: [String: String]
    /// How many bytes the caller announces, if it does.
    package let length: Int?
    /// The body, as it was sent.
    package let body: RequestBody
    let parameters: [String: String]

    /// A parameter of the path as the type it names.
    ///
    /// - Parameters:
    ///   - name: its name in the route's template.
    ///   - read: makes the value of the text and the parameter's name.
    /// - Returns: the value.
    /// - Throws: what `read` throws.
    package func parameter<Value>(
        _ name: String,
        _ read: (_ text: String, _ field: String) throws(Rejection) -> Value
    ) throws(Rejection) -> Value {
        guard let text = parameters[name] else { preconditionFailure("the route's path has no {\(name)}") }
        return try read(text, name)
    }
}
