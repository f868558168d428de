import ArgumentParser
import Foundation
import RecollectVocabulary

/// Looks whether a server could run here, and what is wrong where one runs.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check settings, secret, database, model, disk and clock, and say what to do.",
        discussion: """
            Nothing is changed: no folder, file or database is made, and nothing is migrated. It may run beside a server. \
            ✓ is as it should be, ! works and should be looked at, ✗ does not work; with any ✗ the exit code is 1.
            """
    )

    @OptionGroup var storage: StorageOptions
    @OptionGroup var embedding: EmbeddingOptions
    @Flag(help: "Print JSON: {\"verdict\", \"findings\": [{\"check\", \"verdict\", \"found\", \"remedy\"}]}.")
    var json = false

    func run() async throws {
        let overrides = storage.overrides.merging(embedding.overrides) { $1 }
        let report: DoctorReport
        do {
            let settings = try await SettingsReader(overrides: overrides, file: storage.configFile)
            report = DoctorReport(findings: await Doctor(clock: SystemClock()).findings(settings))
        } catch {
            let remedy = "correct the file named by --config-file or RECOLLECT_CONFIG_FILE"
            report = DoctorReport(findings: [.bad("settings", "\(error)", remedy: remedy)])
        }
        if json { try Console.writeJSON(report) } else { report.findings.map(\.line).forEach(Console.write) }
        if report.verdict == .bad { throw ExitCode(1) }
    }
}

/// All that was found.
struct DoctorReport: Encodable {
    /// The worst verdict.
    let verdict: Finding.Verdict
    /// What was found, in the order of the checks.
    let findings: [Finding]

    /// - Parameter findings: what was found.
    init(findings: [Finding]) {
        self.findings = findings
        let verdicts = findings.map(\.verdict)
        verdict = verdicts.contains(.bad) ? .bad : verdicts.contains(.warning) ? .warning : .good
    }
}
