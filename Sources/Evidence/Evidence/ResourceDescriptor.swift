/// A file or artifact, with a name, and with a digest that says which bytes it has.
///
/// Format: in-toto Attestation Framework v1, field type `ResourceDescriptor`. At least one of `uri`, `digest` and
/// `content` must be there.
package struct ResourceDescriptor: Codable, Sendable, Equatable {
    /// A stable name, such as a file's; it has a meaning only within the statement.
    package var name: String?
    /// A URI at which anybody can find it.
    package var uri: String?
    /// Algorithm, and the digest in lowercase hex.
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
