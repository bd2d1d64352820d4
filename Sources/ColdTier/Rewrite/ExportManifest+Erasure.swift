import FoundationEssentials

extension ExportManifest {
    /// Rows that were erased from the files after they had been exported. Nothing here says what was in them.
    package struct Erasure: Codable, Sendable, Equatable {
        package var schema: String
        package var table: String
        /// When the manifest was signed that says so first.
        package var erased: Date
        /// What the person who did it gave as the reason.
        package var reason: String
        /// SHA-256 of the manifest before it, as it was stored, lowercase hex.
        package var predecessor: String
        package var slices: [Slice]

        package init(
            schema: String, table: String, erased: Date, reason: String, predecessor: String, slices: [Slice]
        ) {
            self.schema = schema
            self.table = table
            self.erased = erased
            self.reason = reason
            self.predecessor = predecessor
            self.slices = slices
        }

        /// One slice of the table.
        package struct Slice: Codable, Sendable, Equatable {
            package var name: String
            /// How many rows were erased.
            package var rows: Int64
            /// Files that held them. They are removed after the manifest was signed, if nothing locks them.
            package var replaced: [Replaced]

            package init(name: String, rows: Int64, replaced: [Replaced]) {
                self.name = name
                self.rows = rows
                self.replaced = replaced
            }
        }

        /// A file that was replaced.
        package struct Replaced: Codable, Sendable, Equatable {
            package var file: String
            /// Of the file as it was stored, lowercase hex.
            package var sha256: String

            package init(file: String, sha256: String) {
                self.file = file
                self.sha256 = sha256
            }
        }
    }

    /// Names of all files that were replaced.
    var replacedFiles: [String] { (erasures ?? []).flatMap(\.slices).flatMap(\.replaced).map(\.file) }
}
