/// A query that is kept in a separate file, so that it also runs in psql. The file is embedded in the binary. Each
/// target names its own files in an extension.
package struct SQLFile: Sendable {
    package let text: String

    /// - Parameter bytes: the bytes of the file, from the package's resources.
    package init(_ bytes: [UInt8]) { text = String(decoding: bytes, as: UTF8.self) }
}
