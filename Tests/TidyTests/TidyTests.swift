import Foundation
import Testing

// What a reviewer would have to remember, read off the source itself.

/// A file of the repository.
private struct SourceFile {
    let path: String
    let lines: [Substring]

    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The Swift files under a folder.
    static func all(under folder: String) throws -> [SourceFile] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)
        return try paths.filter { $0.hasSuffix(".swift") }.sorted().map { path in
            let text = try String(contentsOf: root.appending(path: folder).appending(path: path), encoding: .utf8)
            return SourceFile(
                path: "\(folder)/\(path)",
                lines: text.split(separator: "\n", omittingEmptySubsequences: false)
            )
        }
    }

    /// The target a file belongs to.
    var target: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

    /// The lines without comments, with their numbers.
    var code: [(number: Int, text: Substring)] {
        lines.enumerated().map { ($0 + 1, $1) }.filter { !$0.text.trimmed.hasPrefix("//") }
    }

    /// Functions with the number of their lines: from a line with `func` or `init` to the closing brace of its indent;
    /// not those of one line.
    var functions: [(name: String, length: Int)] {
        var found: [(name: String, length: Int)] = []
        for (index, line) in lines.enumerated() {
            let words = line.trimmed
            guard words.contains("func ") || words.hasPrefix("init(") || words.contains(" init("),
                !words.hasPrefix("//"), !words.hasSuffix("}")
            else { continue }
            let indent = line.prefix { $0 == " " }
            guard let end = lines[index...].firstIndex(of: indent + "}") else { continue }
            found.append((String(words), end - index + 1))
        }
        return found
    }
}

extension Substring {
    fileprivate var trimmed: Substring { drop { $0 == " " } }
}

@Suite struct `Tidy` {
    /// The targets that talk to C libraries.
    private static let unsafeTargets: Set = [
        "RecollectSQLite", "RecollectPostgres", "RecollectRanking", "RecollectPatterns", "RecollectCompression",
        "RecollectMiniLM",
    ]

    @Test func `files and functions stay short`() throws {
        for file in try SourceFile.all(under: "Sources") + SourceFile.all(under: "Tests") {
            #expect(file.lines.count <= 600, "\(file.path)")
            for function in file.functions {
                #expect(function.length <= 70, "\(file.path): \(function.name)")
            }
        }
    }

    @Test func `folders stay small`() throws {
        let files = try SourceFile.all(under: "Sources")
        let folders = Dictionary(grouping: files) { $0.path.split(separator: "/").dropLast().joined(separator: "/") }
        for (folder, files) in folders {
            #expect(files.count <= 14, "\(folder)")
        }
    }

    @Test func `no room imports what it must not know`() throws {
        let forbidden: [String: [String]] = [
            "RecollectHTTP": ["RecollectSQL", "RecollectEngine", "GRDB"],
            "RecollectDomain": ["Hummingbird", "HTTPTypes", "RecollectHTTP", "NIOCore"],
            "RecollectSQL": ["RecollectDomain", "RecollectHTTP", "Hummingbird"],
            "RecollectEngine": ["RecollectVocabulary", "RecollectSQL", "GRDB"],
            "RecollectVocabulary": ["RecollectEngine", "RecollectSQL", "RecollectDomain", "RecollectHTTP"],
            "RecollectRanking": ["RecollectVocabulary", "RecollectEngine"],
            "RecollectTransfer": ["RecollectDomain", "RecollectHTTP", "RecollectSQLite", "RecollectPostgres", "GRDB"],
            "RecollectEvaluation": ["RecollectEngine", "RecollectSQL", "RecollectHTTP", "ArgumentParser"],
        ]
        for file in try SourceFile.all(under: "Sources") {
            for (number, line) in file.code where line.contains("import ") {
                let module = line.split(separator: " ").last.map(String.init) ?? ""
                #expect(forbidden[file.target]?.contains(module) != true, "\(file.path):\(number)")
            }
        }
    }

    @Test func `no statement is written above the floor of statements`() throws {
        let above: Set = ["RecollectHTTP", "RecollectDomain", "RecollectTransfer", "RecollectEvaluation", "recollect"]
        let words = ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "CREATE TABLE ", "PRAGMA "]
        for file in try SourceFile.all(under: "Sources") where above.contains(file.target) {
            for (number, line) in file.code {
                let begins = line.trimmed
                let found = words.first { begins.hasPrefix($0) || line.contains("\"\($0)") }
                #expect(found == nil, "\(file.path):\(number)")
            }
        }
    }

    @Test func `what crosses a target is documented`() throws {
        for file in try SourceFile.all(under: "Sources") where file.target != "recollect" {
            for (index, line) in file.lines.enumerated() {
                let text = line.trimmed
                guard text.hasPrefix("package "), !text.hasPrefix("package import"), !Self.isWitness(text) else {
                    continue
                }
                var above = index - 1
                while above >= 0, file.lines[above].trimmed.hasPrefix("@") { above -= 1 }
                #expect(above >= 0 && file.lines[above].trimmed.hasPrefix("///"), "\(file.path):\(index + 1)")
            }
        }
    }

    /// Declarations that a protocol documents: repeating its words would only let them drift apart.
    private static func isWitness(_ text: Substring) -> Bool {
        [
            "package static var sqlType", "package var sqlValue", "package init(from columns", "package static func <",
            "package func write(to writer", "package func now()", "package func draw(", "package func secret(",
            "package static let prefix", "package static let malformed", "package static let foreignPrefixes",
            "package var dialect", "package func read<", "package func write<", "package func close()",
            "package func run() ", "package func makeCounter(", "package func makeFloatingPointCounter(",
            "package func makeMeter(", "package func makeRecorder(", "package func makeTimer(", "package func destroy",
        ].contains { text.hasPrefix($0) }
    }

    @Test func `words that need a reason are not used`() throws {
        let everywhere = ["try!", "as!", "fatalError", "TODO", "FIXME", "Task.detached", "nonisolated(unsafe)"]
        for file in try SourceFile.all(under: "Sources") {
            for (number, line) in file.code {
                for word in everywhere {
                    #expect(!line.contains(word), "\(word) in \(file.path):\(number)")
                }
                #expect(!line.contains("print("), "\(file.path):\(number)")
                if !Self.unsafeTargets.contains(file.target) {
                    #expect(!line.contains("@unchecked Sendable"), "\(file.path):\(number)")
                }
            }
        }
    }

    @Test func `time and chance come from their sources alone`() throws {
        let sources = ["SystemClock.swift", "IDSource.swift"]
        for file in try SourceFile.all(under: "Sources") where !sources.contains(where: file.path.hasSuffix) {
            for (number, line) in file.code {
                for word in ["Date()", "UUID()", ".random("] {
                    #expect(!line.contains(word), "\(word) in \(file.path):\(number)")
                }
            }
        }
    }

    @Test func `no folder or file is a drawer`() throws {
        for file in try SourceFile.all(under: "Sources") {
            for part in file.path.split(separator: "/") {
                let name = part.replacing(".swift", with: "")
                #expect(!["Common", "Core", "Utils", "Helpers", "Manager", "Misc", "Placeholder"].contains(name))
            }
        }
    }

    @Test func `links in the documents lead somewhere`() throws {
        let documents = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "Benchmarks/README.md", "docs/deployment.md"]
        for document in documents {
            let url = SourceFile.root.appending(path: document)
            let text = try String(contentsOf: url, encoding: .utf8)
            for match in text.matches(of: /\]\(([^)#:]+)(?:#[^)]*)?\)/) {
                let target = url.deletingLastPathComponent().appending(path: String(match.output.1))
                #expect(FileManager.default.fileExists(atPath: target.path), "\(document): \(match.output.1)")
            }
        }
    }
}
