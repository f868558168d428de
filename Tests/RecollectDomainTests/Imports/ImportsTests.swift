import RecollectDomain
import RecollectTestSupport
import RecollectVocabulary
import Testing

@Suite struct `Imports` {
    @Test(arguments: EngineKind.available)
    func `rows become profiles, and those of one customer one`(on engine: EngineKind) async throws {
        try await withImport(on: engine) { file in
            let imported = try await file.run(
                """
                E-Mail,Phone,First,Ignored
                ann@example.com,,Ann,x
                ben@example.com,+13175550101,Ben,x
                ANN@example.com,+13175550102,"Ann, again",x
                """
            )
            #expect(imported.status == .completed)
            #expect(imported.progress.rows == 3)
            #expect(imported.progress.counts == OperationCounts(created: 2))
            #expect(imported.progress.warnings == 1)
            #expect(try await file.traits(of: "ann@example.com")["firstName"] == "Ann, again")
            #expect(try await file.traits(of: "ann@example.com")["phone"] == "+13175550102")
            let operation = try await file.test.memory.operations.fetch(imported.operation, in: file.test.scope)
            #expect(operation.status == .completed)
            #expect(operation.counts == imported.progress.counts)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a row that cannot be applied is an error, and the rest goes on`(on engine: EngineKind) async throws {
        try await withImport(on: engine) { file in
            let imported = try await file.run(
                """
                E-Mail,Phone,First,Ignored
                ann@example.com,,Ann,x
                ,,Nobody,x
                ben@example.com,123,Ben,x
                cy@example.com,,Cy
                "dee@example.com"x,,Dee,x
                eve@example.com,,Eve,x
                """
            )
            #expect(imported.status == .completed)
            #expect(imported.progress.counts == OperationCounts(created: 2, failed: 4))
            let errors = try await file.errors(of: imported)
            #expect(errors.map(\.row) == [2, 3, 4, 5])
            #expect(errors.map(\.line) == [3, 4, 5, 6])
            #expect(errors[1].column == "Phone")
            #expect(errors[2].message == "has 3 fields, the header 4")
        }
    }

    @Test(arguments: EngineKind.available)
    func `more than 100 failed rows fail the import, and what was applied stays`(on engine: EngineKind) async throws {
        try await withImport(on: engine) { file in
            let bad = (0..<101).map { _ in ",,x,x\n" }.joined()
            let imported = try await file.run(
                "E-Mail,Phone,First,Ignored\nann@example.com,,Ann,x\n\(bad)ben@example.com,,Ben,x\n"
            )
            #expect(imported.status == .failed)
            #expect(imported.progress.counts == OperationCounts(created: 1, failed: 101))
            #expect(try await file.traits(of: "ann@example.com")["firstName"] == "Ann")
            #expect(try await file.traits(of: "ben@example.com").isEmpty)
            let hundred = (0..<100).map { _ in ",,x,x\n" }.joined()
            #expect(try await file.run("E-Mail,Phone,First,Ignored\n\(hundred)").status == .completed)
        }
    }

    @Test(arguments: EngineKind.available)
    func `an empty cell sets the empty text, and a backslash with N removes`(on engine: EngineKind) async throws {
        try await withImport(on: engine) { file in
            _ = try await file.run("E-Mail,Phone,First,Ignored\nann@example.com,,Ann,x\nben@example.com,,Ben,x\n")
            _ = try await file.run("E-Mail,Phone,First,Ignored\nann@example.com,,,x\nben@example.com,,\\N,x\n")
            #expect(try await file.traits(of: "ann@example.com")["firstName"] == "")
            #expect(try await file.traits(of: "ben@example.com")["firstName"] == nil)
        }
    }

    @Test(
        arguments: EngineKind.available,
        [
            ("", "the file is empty"),
            ("E-Mail,E-Mail,Phone,First\n", "E-Mail"),
            ("E-Mail,Phone\na@example.com,\n", "First: is no column of the file"),
            ("E-Mail,Phone,\"First\n", "the quote that opens in line 1 is never closed"),
            ("\u{0},Phone,First\n", "NUL"),
        ]
    )
    func `a file whose header is no header fails with the reason`(
        on engine: EngineKind,
        _ example: (text: String, reason: String)
    ) async throws {
        try await withImport(on: engine) { file in
            let imported = try await file.run(example.text.isEmpty ? "\n" : example.text)
            #expect(imported.status == .failed)
            #expect(imported.failure?.contains(example.reason) == true, "\(imported.failure ?? "")")
        }
    }

    @Test(arguments: EngineKind.available)
    func `a quote that is never closed ends the file, and the rows before it stay`(on engine: EngineKind) async throws {
        try await withImport(on: engine) { file in
            let imported = try await file.run(
                "E-Mail,Phone,First,Ignored\nann@example.com,,Ann,x\nben@example.com,,\"Ben,x\ncy@example.com,,Cy,x\n"
            )
            #expect(imported.status == .failed)
            #expect(imported.failure == "row 2: the quote that opens in line 3 is never closed")
            #expect(imported.progress.counts == OperationCounts(created: 1))
        }
    }

    @Test(arguments: EngineKind.available)
    func `an upload counts once, and only whole`(on engine: EngineKind) async throws {
        try await withImport(on: engine) { file in
            let text = "E-Mail,Phone,First,Ignored\nann@example.com,,Ann,x\n"
            let short = try await file.announce(size: text.utf8.count + 1)
            let refusal = await #expect(throws: Rejection.self) { try await file.upload(text, to: short.id) }
            #expect(refusal?.reason == .malformed)
            #expect(try await file.fetch(short.id).status == .failed)

            let right = try await file.announce(size: text.utf8.count)
            try await file.upload(text, to: right.id)
            let again = await #expect(throws: Rejection.self) { try await file.upload(text, to: right.id) }
            #expect(again?.reason == .conflict)
        }
    }

    @Test(arguments: EngineKind.available)
    func `an upload that was cut off may be tried again`(on engine: EngineKind) async throws {
        struct CutOff: Error {}
        try await withImport(on: engine) { file in
            let text = "E-Mail,Phone,First,Ignored\nann@example.com,,Ann,x\n" + String(repeating: "\n", count: 300_000)
            let announced = try await file.announce(size: text.utf8.count)
            let cut = AsyncThrowingStream<[UInt8], any Error> { continuation in
                continuation.yield([UInt8](repeating: 10, count: 200_000))
                continuation.finish(throwing: CutOff())
            }
            await #expect(throws: CutOff.self) {
                try await file.test.memory.imports.receive(announced.id, length: text.utf8.count, from: cut)
            }
            #expect(try await file.fetch(announced.id).status == .pending)
            try await file.upload(text, to: announced.id)
            await file.test.memory.jobs.runDueJobs()
            #expect(try await file.fetch(announced.id).progress.counts.created == 1)
            #expect(try await file.test.rowCount(of: "import_chunk") == 0)
        }
    }

    @Test(arguments: EngineKind.available)
    func `an import whose file never comes fails when its URL expires`(on engine: EngineKind) async throws {
        try await withImport(on: engine) { file in
            let announced = try await file.announce(size: 100)
            file.test.clock.advance(by: ImportLimits.uploadLifetime)
            await file.test.memory.jobs.runDueJobs()
            #expect(try await file.fetch(announced.id).status == .failed)
            let operation = try await file.test.memory.operations.fetch(announced.operation, in: file.test.scope)
            #expect(operation.status == .failed)
        }
    }

    @Test(arguments: EngineKind.available)
    func `a deleted store takes its imports along`(on engine: EngineKind) async throws {
        try await withImport(on: engine) { file in
            _ = try await file.run("E-Mail,Phone,First,Ignored\nann@example.com,,Ann,x\n,,,\n")
            _ = try await file.announce(size: 100)
            _ = try await file.test.memory.stores.delete(file.store, in: file.test.scope)
            await file.test.memory.jobs.runDueJobs()
            for table in ["profile_import", "import_chunk", "import_error", "profile", "identifier"] {
                #expect(try await file.test.rowCount(of: table) == 0, "\(table)")
            }
        }
    }

    @Test(arguments: EngineKind.available)
    func `a file of many batches is read to its end`(on engine: EngineKind) async throws {
        try await withImport(on: engine) { file in
            let rows = (0..<3500).map { "user\($0)@example.com,,\"Name \($0)\n second line\",x\r\n" }
            let imported = try await file.run("\u{FEFF}E-Mail,Phone,First,Ignored\r\n\(rows.joined())")
            #expect(imported.status == .completed)
            #expect(imported.progress.counts == OperationCounts(created: 3500))
            #expect(try await file.traits(of: "user3499@example.com")["firstName"] == "Name 3499\n second line")
        }
    }

    @Test(arguments: EngineKind.available)
    func `columns must become traits that exist, once each, one of which identifies`(
        on engine: EngineKind
    ) async throws {
        try await withImport(on: engine) { file in
            let email = ColumnMapping(columnName: "a", traitGroup: "Contact", traitName: "email")
            let refused = [
                [email, ColumnMapping(columnName: "b", traitGroup: "Contact", traitName: "nothing")],
                [email, ColumnMapping(columnName: "b", traitGroup: "Nothing", traitName: "email")],
                [email, ColumnMapping(columnName: "a", traitGroup: "Contact", traitName: "phone")],
                [email, ColumnMapping(columnName: "b", traitGroup: "contact", traitName: "email")],
                [
                    ColumnMapping(columnName: "a", traitGroup: "Contact", traitName: "firstName"),
                    ColumnMapping(columnName: "b", traitGroup: "Contact", traitName: "lastName"),
                ],
            ]
            for columns in refused {
                let request = ImportRequest(fileName: "a.csv", fileSize: 10, columns: .mapped(columns))
                let error = await #expect(throws: Rejection.self) {
                    try await file.test.memory.imports.create(request, in: file.store, file.test.scope)
                }
                #expect(error?.reason == .malformed)
            }
        }
    }
}
