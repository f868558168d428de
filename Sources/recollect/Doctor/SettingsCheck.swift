import Foundation
import RecollectDomain
import RecollectVocabulary

/// What keeps the other checks from being made.
struct DoctorTrouble: Error {
    let finding: Finding
}

/// Whether the settings can be understood.
enum SettingsCheck {
    private static let name = "settings"
    private static let remedy = "correct the option, the environment variable or the configuration file"

    /// Where the data is.
    static func storage(_ settings: SettingsReader) -> Result<StorageSettings, DoctorTrouble> {
        Result { try StorageSettings(settings) }.mapError { DoctorTrouble(finding: trouble($0)) }
    }

    /// How the server would listen, and what it would read.
    static func server(_ settings: SettingsReader) -> [Finding] {
        do {
            let server = try ServerSettings(settings)
            let datasets = try settings.text("datasets").map(DatasetsFile.datasets(at:))
            let metrics = server.servesMetrics ? "/metrics served" : "/metrics not served"
            var findings = [
                Finding.good(
                    name,
                    "listens on \(server.host):\(server.port), \(metrics)\(datasets == nil ? "" : ", datasets registered")"
                )
            ]
            if !server.isLoopback, server.publicURL == nil {
                findings.append(
                    .warning(
                        name,
                        "listens on \(server.host) without TLS",
                        remedy: "put a proxy with TLS in front and set --public-url, unless the network is yours alone"
                    )
                )
            }
            return findings
        } catch {
            return [trouble(error)]
        }
    }

    private static func trouble(_ error: any Error) -> Finding {
        .bad(name, "\(error)", remedy: remedy)
    }
}

/// Whether the installation's secret is there, whole, and nobody else's to read.
enum SecretCheck {
    private static let name = "secret"

    /// - Parameter path: the file.
    /// - Returns: the secret, if it can be read, and what was found.
    static func check(_ path: String) -> (secret: ServerSecret?, Finding) {
        let manager = FileManager.default
        guard let attributes = try? manager.attributesOfItem(atPath: path) else {
            let remedy = "serving makes a new one: if there are accounts, restore it first"
            return (nil, .warning(name, "\(path) is not there", remedy: remedy))
        }
        guard let data = manager.contents(atPath: path) else {
            return (nil, .bad(name, "\(path) cannot be read", remedy: "make it the property of the server's user"))
        }
        guard data.count == ServerSecret.length else {
            let unusable = SecretFileUnusable(path: path, length: data.count)
            return (nil, .bad(name, "\(path) is damaged", remedy: "\(unusable)"))
        }
        let secret = ServerSecret(Array(data))
        let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0o600
        guard mode & 0o077 == 0 else {
            let octal = String(mode, radix: 8)
            let found = "\(path) has the mode \(octal): others may read it"
            return (secret, .bad(name, found, remedy: "chmod 600 \(path)"))
        }
        return (secret, .good(name, "\(path), mode \(String(mode, radix: 8))"))
    }
}
