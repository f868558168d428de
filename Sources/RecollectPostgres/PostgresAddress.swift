import CLibPQ
import Foundation
package import RecollectEngine

/// Where a database is and how it is reached, as libpq takes it, with our defaults where the URL says nothing.
///
/// What libpq knows passes through as it is: several hosts, `sslmode`, `sslrootcert`, `target_session_attrs` and the rest.
package struct PostgresAddress: Sendable {
    /// What the server at the other end must be when the URL names several and does not say.
    package enum Role: Sendable {
        /// One that takes writes: of a primary and its standbys, the primary.
        case primary
        /// A standby if one answers, else any.
        case replica
    }

    /// What is said to libpq unless the URL says otherwise.
    ///
    /// A server that has vanished is noticed in about 15 seconds, whether a statement is under way (`tcp_user_timeout`) or
    /// none is (`keepalives`); one that cannot be reached is given up after five.
    private static let defaults = [
        "connect_timeout": "5",
        "keepalives_idle": "10",
        "keepalives_interval": "5",
        "keepalives_count": "2",
        "tcp_user_timeout": "15000",
        "client_encoding": "UTF8",
        "fallback_application_name": "recollect",
    ]

    /// Keywords and values, as `PQconnectdbParams` takes them.
    let parameters: [String: String]

    /// Reads a URL.
    ///
    /// - Parameters:
    ///   - url: a libpq connection URL.
    ///   - role: what the server must be when there are several.
    /// - Throws: `EngineError` when libpq does not understand the URL.
    package init(url: String, role: Role = .primary) throws(EngineError) {
        var complaint: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(url, &complaint) else {
            defer { PQfreemem(complaint) }
            throw EngineError(.unavailable, complaint.map { String(cString: $0) } ?? "out of memory")
        }
        defer { PQconninfoFree(options) }
        var given: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { given[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        var parameters = Self.defaults.merging(given) { $1 }
        if [given["host"], given["hostaddr"]].contains(where: { $0?.contains(",") ?? false }) {
            let attribute = role == .primary ? "read-write" : "prefer-standby"
            parameters["target_session_attrs"] = given["target_session_attrs"] ?? attribute
        }
        self.parameters = parameters
    }

    /// The address as it may be shown: without the password.
    package var description: String {
        let hosts = (parameters["host"] ?? parameters["hostaddr"] ?? "").split(separator: ",")
        let ports = (parameters["port"] ?? "").split(separator: ",")
        let places = hosts.enumerated().map { index, host in
            let port = ports.count > 1 ? ports[min(index, ports.count - 1)] : ports.first
            return port.map { "\(host):\($0)" } ?? String(host)
        }
        let user = parameters["user"].map { "\($0)@" } ?? ""
        return "postgres://\(user)\(places.joined(separator: ","))/\(parameters["dbname"] ?? "")"
    }

    /// The same address without session settings, and those settings, which a transaction can then make its own.
    ///
    /// A pooler that lends its connections for a transaction each takes no `options`.
    func withoutSessionSettings() throws(EngineError) -> (address: PostgresAddress, settings: SessionSettings) {
        var address = parameters
        let options = address.removeValue(forKey: "options") ?? ""
        return (PostgresAddress(parameters: address), try SessionSettings(options: options))
    }

    private init(parameters: [String: String]) {
        self.parameters = parameters
    }

    /// Opens a connection.
    func connect() -> OpaquePointer? {
        let pairs = Array(parameters)
        let keywords = pairs.map { strdup($0.key) }
        let values = pairs.map { strdup($0.value) }
        defer { for copy in keywords + values { free(copy) } }
        let keywordPointers = keywords.map { $0.map { UnsafePointer($0) } } + [nil]
        let valuePointers = values.map { $0.map { UnsafePointer($0) } } + [nil]
        return PQconnectdbParams(keywordPointers, valuePointers, 0)
    }
}
