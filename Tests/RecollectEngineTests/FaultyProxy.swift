import Foundation
import RecollectTestSupport
import Synchronization

/// A proxy between a test and its PostgreSQL that cuts connections, and that can be away.
final class FaultyProxy: Sendable {
    /// What happens to a connection when a client sends COMMIT.
    enum Trouble: Sendable {
        /// It is cut before the database sees it.
        case beforeCommit
        /// It is cut when the database has applied it, before the client hears of it.
        case afterCommit
    }

    private struct State {
        var listener: Int32 = -1
        var descriptors: Set<Int32> = []
        var trouble: Trouble?
    }

    private struct SystemTrouble: Error {
        let call: String
        let code: Int32
    }

    private let target: (host: String, port: UInt16)
    private let port: UInt16
    private let state = Mutex(State())

    private init(to target: (host: String, port: UInt16)) throws {
        self.target = target
        let (listener, port) = try Self.listen(on: 0)
        self.port = port
        state.withLock { $0.listener = listener }
        accept(from: listener)
    }

    /// Runs a test with a proxy in front of the tests' PostgreSQL.
    ///
    /// - Parameter body: the test; it is given the proxy and a URL that leads through it.
    /// - Throws: what `body` throws.
    static func with(_ body: (FaultyProxy, _ url: String) async throws -> Void) async throws {
        guard let text = EngineKind.postgresURL, var url = URLComponents(string: text),
            let host = url.host, let port = url.port
        else { return }
        let proxy = try FaultyProxy(to: (host, UInt16(port)))
        defer { proxy.leave() }
        url.port = Int(proxy.port)
        try await body(proxy, url.string ?? "")
    }

    /// Cuts every connection.
    func cut() {
        state.withLock { state in
            for descriptor in state.descriptors { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    /// Cuts every connection, and refuses new ones.
    func leave() {
        state.withLock { state in
            if state.listener >= 0 {
                shutdown(state.listener, Int32(SHUT_RDWR))
                close(state.listener)
            }
            state.listener = -1
        }
        cut()
    }

    /// Accepts connections again.
    func comeBack() throws {
        let (listener, _) = try Self.listen(on: port)
        state.withLock { $0.listener = listener }
        accept(from: listener)
    }

    /// Has the next COMMIT meet with trouble.
    func prepare(_ trouble: Trouble) {
        state.withLock { $0.trouble = trouble }
    }

    private func accept(from listener: Int32) {
        Thread.detachNewThread { [self] in
            while true {
                let client = Foundation.accept(listener, nil, nil)
                guard client >= 0 else { return }
                guard let server = try? connect() else {
                    close(client)
                    continue
                }
                state.withLock { $0.descriptors.formUnion([client, server]) }
                let trouble = Mutex<Trouble?>(nil)
                let lines = Lines(client: client, server: server, trouble: trouble)
                Thread.detachNewThread { [self] in pump(lines, fromClient: true) }
                Thread.detachNewThread { [self] in pump(lines, fromClient: false) }
            }
        }
    }

    /// The two ends of a connection.
    private final class Lines: Sendable {
        let client: Int32
        let server: Int32
        /// What has met the connection.
        let trouble: Mutex<Trouble?>
        let ended = Mutex(0)

        init(client: Int32, server: Int32, trouble: consuming Mutex<Trouble?>) {
            self.client = client
            self.server = server
            self.trouble = trouble
        }
    }

    private func pump(_ lines: Lines, fromClient: Bool) {
        let (source, sink) = fromClient ? (lines.client, lines.server) : (lines.server, lines.client)
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(source, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            if fromClient, buffer[..<count].contains(Array("COMMIT".utf8)) {
                let trouble = state.withLock { state in
                    defer { state.trouble = nil }
                    return state.trouble
                }
                lines.trouble.withLock { $0 = trouble }
                if trouble == .beforeCommit { break }
            }
            if !fromClient, lines.trouble.withLock({ $0 }) == .afterCommit { break }
            var sent = 0
            while sent < count {
                let written = buffer[sent..<count].withUnsafeBytes { bytes in
                    send(sink, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
                }
                guard written > 0 else { break }
                sent += written
            }
        }
        shutdown(lines.client, Int32(SHUT_RDWR))
        shutdown(lines.server, Int32(SHUT_RDWR))
        // Closed by whoever ends last, so that a number is not given away while the other still uses it.
        let isLast = lines.ended.withLock { ended in
            ended += 1
            return ended == 2
        }
        guard isLast else { return }
        state.withLock { state in
            for descriptor in [lines.client, lines.server] {
                state.descriptors.remove(descriptor)
                close(descriptor)
            }
        }
    }

    private func connect() throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.loopback(target.port)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                Foundation.connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(descriptor)
            throw SystemTrouble(call: "connect", code: errno)
        }
        return descriptor
    }

    /// A port that nothing listens on.
    static func freePort() throws -> Int {
        let (descriptor, port) = try listen(on: 0)
        close(descriptor)
        return Int(port)
    }

    private static func listen(on port: UInt16) throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = loopback(port)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard bind(descriptor, address, length) == 0, Foundation.listen(descriptor, 128) == 0 else {
                    return Int32(-1)
                }
                return getsockname(descriptor, address, &length)
            }
        }
        guard result == 0 else {
            close(descriptor)
            throw SystemTrouble(call: "listen", code: errno)
        }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
