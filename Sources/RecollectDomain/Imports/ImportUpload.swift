import RecollectEngine
import RecollectSQL
package import RecollectVocabulary

// A file comes in one request and is kept in the database, in pieces of one size, so that any server can read it. An upload
// that is cut off leaves the import waiting, and may be tried again: pieces bear the number of their upload, and only the last
// one begun can end. The file counts once its last byte is on disk, in the transaction that queues the reading.

/// The pieces of files.
enum ImportChunks {
    /// How many bytes a piece has; the last one of a file has fewer.
    ///
    /// Source: ours; one piece is read for each step of reading.
    static let bytes = 128 * 1024
}

extension Imports {
    /// Takes the file of an import.
    ///
    /// - Parameters:
    ///   - id: the import.
    ///   - length: how many bytes are announced, if that is known.
    ///   - body: the file.
    /// - Throws: `Rejection` when there is no such import, its file has come already, or its size is not the one announced:
    ///   then the import has failed; what `body` throws, and then it still waits.
    package func receive<Body: AsyncSequence>(
        _ id: ImportID,
        length: Int?,
        from body: Body
    ) async throws where Body.Element: Collection, Body.Element.Element == UInt8 {
        let (size, upload) = try await begin(id)
        if let length, length != size { throw try await failed(id, size) }
        var pending: [UInt8] = []
        var (chunk, received) = (0, 0)
        for try await bytes in body {
            received += bytes.count
            guard received <= size else { throw try await failed(id, size) }
            pending += bytes
            while pending.count >= ImportChunks.bytes {
                try await keep(Array(pending.prefix(ImportChunks.bytes)), as: chunk, of: id, upload)
                pending.removeFirst(ImportChunks.bytes)
                chunk += 1
            }
        }
        guard received == size else { throw try await failed(id, size) }
        if !pending.isEmpty { try await keep(pending, as: chunk, of: id, upload) }
        try await end(id, upload)
        jobs.wake()
    }

    private func begin(_ id: ImportID) async throws -> (size: Int, upload: Int) {
        try await transactions.write { connection in
            guard let found = try connection.first(ImportQueries.lock, id) else {
                throw Rejection(.notFound, "importId", "there is no import \(id)")
            }
            guard found.value.status == .pending else { throw Self.uploaded }
            try connection.run(ImportQueries.beginUpload, id)
            return (found.value.fileSize, found.upload + 1)
        }
    }

    private func keep(_ bytes: [UInt8], as chunk: Int, of id: ImportID, _ upload: Int) async throws {
        _ = try await transactions.write { connection in
            try connection.run(ImportChunkQueries.insert, id, upload, chunk, bytes)
        }
    }

    private func end(_ id: ImportID, _ upload: Int) async throws {
        let now = clock.now()
        let job: JobID = ids.next(at: now)
        try await transactions.write { connection in
            guard try connection.run(ImportQueries.endUpload, id, upload, now) > 0 else { throw Self.uploaded }
            try connection.enqueue(ImportJob(on: id), as: job, due: now)
        }
    }

    /// Ends an import whose file is not the one announced, and makes the refusal that says so.
    private func failed(_ id: ImportID, _ size: Int) async throws -> Rejection {
        let now = clock.now()
        let job: JobID = ids.next(at: now)
        let rule = "must have the \(size) bytes that were announced: the import has failed"
        try await transactions.write { connection in
            guard let found = try connection.first(ImportQueries.lock, id), found.value.status == .pending else {
                return
            }
            try connection.end(found.value, .failed, because: "the file did not have the bytes announced", at: now)
            try connection.enqueue(ImportJob(on: id), as: job, due: now)
        }
        jobs.wake()
        return Rejection(.malformed, "body", rule)
    }

    private static let uploaded = Rejection(.conflict, "importId", "its file has come already, or the import has ended")
}

extension Connection {
    /// Ends an import and the operation that follows it.
    func end(
        _ ended: ProfileImport,
        _ status: ProfileImport.Status,
        because failure: String?,
        at now: Timestamp
    ) throws(EngineError) {
        try run(ImportQueries.end, ended.id, status, now, failure)
        try run(OperationQueries.complete, ended.operation, status == .failed ? .failed : .completed, now, failure)
    }
}

/// Ends an import whose file never came.
struct ImportExpiryJob: ResourceJob {
    static let kind = "expire import"

    let resource: ImportID

    init(on file: ImportID) {
        resource = file
    }

    func step(on connection: any Connection, in surroundings: JobSurroundings) throws -> JobStep {
        guard let found = try connection.first(ImportQueries.lock, resource) else { return JobStep(isDone: true) }
        if found.value.status == .pending {
            let failure = "the file did not come within the 30 minutes of its upload's URL"
            try connection.end(found.value, .failed, because: failure, at: surroundings.now)
        }
        guard found.value.status == .pending || found.value.status == .failed else { return JobStep(isDone: true) }
        return JobStep(isDone: try connection.run(ImportChunkQueries.deleteSome, resource) == 0)
    }
}
