/// The contract as `GET /openapi.yaml` serves it: the repository's own file, embedded by the build.
enum Contract {
    /// The document's bytes.
    static var document: [UInt8] { PackageResources.openapi_yaml }
}
