import RecollectVocabulary

extension ProfileImport: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("status", status.rawValue)
            writer.field("filename", fileName)
            writer.field("createdAt", id.createdAt)
            writer.field("updatedAt", updatedAt)
            writer.field("fileSize", fileSize)
            writer.field("columnMappings", columns)
            writer.object("summary") { writer in
                writer.field("errors", progress.counts.failed)
                writer.field("warnings", progress.warnings)
                writer.field("rows", progress.rows)
                writer.field("bytes", progress.position)
                writer.field("created", progress.counts.created)
                writer.field("updated", progress.counts.updated)
                writer.field("merged", progress.counts.merged)
                writer.field("failure", ifPresent: failure)
            }
        }
    }
}

extension ColumnMapping: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("columnName", columnName)
            writer.field("traitGroup", traitGroup)
            writer.field("traitName", traitName)
        }
    }

    fileprivate init(_ value: ValueReader) throws(Rejection) {
        let mapping = try value.object()
        try mapping.allowOnly("columnName", "traitGroup", "traitName")
        self.init(
            columnName: try mapping["columnName"].required().string(ImportLimits.nameLength),
            traitGroup: try mapping["traitGroup"].required().string(ImportLimits.nameLength),
            traitName: try mapping["traitName"].required().string(ImportLimits.nameLength)
        )
    }
}

extension ImportRowError: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("row", row)
            writer.field("line", line)
            writer.field("column", ifPresent: column)
            writer.field("message", message)
        }
    }
}

extension ImportRequest {
    /// Reads the body of a POST.
    init(_ body: ObjectReader) throws(Rejection) {
        let columns: Columns
        if let mapping = body["mappingId"].optional {
            guard body["columnMappings"].optional == nil else {
                throw mapping.refusal("must not stand beside columnMappings")
            }
            columns = .mapping(try mapping.text(DataMappingID.init(_:field:)))
        } else {
            var mappings: [ColumnMapping] = []
            for value in try body["columnMappings"].required().array(ImportLimits.columns) {
                mappings.append(try ColumnMapping(value))
            }
            columns = .mapped(mappings)
        }
        self.init(
            fileName: try body["filename"].required().string(ImportLimits.fileNameLength),
            fileSize: try body["fileSize"].required().integer(ImportLimits.fileSize),
            columns: columns
        )
    }
}
