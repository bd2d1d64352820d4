/// A query that is kept in a file of its own, so that it also runs in psql, and embedded in the binary. Each target names its
/// own files in an extension.
package struct SQLFile: Sendable {
    package let text: String

    /// - Parameter bytes: of the file, as the package's resources have them.
    package init(_ bytes: [UInt8]) { text = String(decoding: bytes, as: UTF8.self) }
}
