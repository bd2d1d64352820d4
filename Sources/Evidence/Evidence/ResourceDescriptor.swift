/// A file or artifact, named and pinned by digest.
///
/// Format: in-toto Attestation Framework v1, field type `ResourceDescriptor`. At least one of `uri`, `digest` and
/// `content` must be there.
package struct ResourceDescriptor: Codable, Sendable, Equatable {
    /// A stable name, such as a file's; without meaning beyond the statement.
    package var name: String?
    /// Where it lies, for everyone.
    package var uri: String?
    /// Algorithm to lowercase hex.
    package var digest: [String: String]?
    /// The bytes themselves, in base64.
    package var content: String?
    /// The MIME type of the content, such as `application/yaml`.
    package var mediaType: String?

    package init(
        name: String? = nil, uri: String? = nil, digest: [String: String]? = nil, content: String? = nil,
        mediaType: String? = nil
    ) {
        self.name = name
        self.uri = uri
        self.digest = digest
        self.content = content
        self.mediaType = mediaType
    }
}
