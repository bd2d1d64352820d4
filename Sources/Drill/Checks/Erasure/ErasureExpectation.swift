import PlanFile
import Postgres
import SystemPackage

/// Keys that must not be in the restored database any more.
package struct ErasureExpectation: Sendable {
    /// The lists of keys, by the columns that must not have them.
    package var columns: [ColumnName: ErasedKeyList]
    /// A script that erases them from what a recovery brings back: the replay. Nil demands that they are not there as it is.
    package var apply: FilePath?

    package init(columns: [ColumnName: ErasedKeyList], apply: FilePath? = nil) {
        self.columns = columns
        self.apply = apply
    }

    /// Reads the lists and the script, to find out before a drill whether they can be read.
    /// - Throws: ``ErasureFileError``.
    package func requireFiles() throws {
        for list in columns.sorted(by: { $0.key < $1.key }).map(\.value) { _ = try ErasedKeys(list, ofType: nil) }
        if let apply { _ = try ReplayScript(at: apply) }
    }
}

/// Where a list of keys is: one key a line.
package struct ErasedKeyList: Sendable, Equatable {
    package var file: FilePath
    /// The file with the salt, of a list of salted hashes; nil for a list of plain keys.
    package var salt: FilePath?

    package init(file: FilePath, salt: FilePath? = nil) {
        self.file = file
        self.salt = salt
    }
}

extension ErasureExpectation {
    static let keys = ["columns", "apply"]

    /// - Returns: nil if nothing follows the key.
    init?(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        guard !values.isEmpty else { return nil }
        guard let section = values["columns"] else { throw node.missing("columns") }
        self.init(columns: try section.byColumn(ErasedKeyList.init))
        guard !columns.isEmpty else { throw section.error("expected at least one column") }
        apply = try values["apply"].map { node throws(PlanError) in FilePath(try node.text()) }
    }
}

extension ErasedKeyList {
    static let keys = ["keys", "hashes", "salt"]

    init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        switch (values["keys"], values["hashes"], values["salt"]) {
        case (let keys?, nil, nil): self.init(file: FilePath(try keys.text()))
        case (nil, let hashes?, let salt?):
            self.init(file: FilePath(try hashes.text()), salt: FilePath(try salt.text()))
        case (nil, _?, nil): throw node.missing("salt", ": it names the file with the salt of the hashes")
        case (_?, nil, _?): throw node.error("only hashes have a salt")
        default: throw node.error("expected one of keys, hashes, and not both")
        }
    }
}

extension CheckPlan {
    /// What the plan demands of the check `erasure`.
    package var erasure: ErasureExpectation? {
        get { self[ErasureCheck.self] }
        set { self[ErasureCheck.self] = newValue }
    }

    /// Finds out before a drill whether the files that its checks need can be read.
    /// - Throws: ``ErasureFileError``.
    package func requireFiles() throws {
        guard skipped[.erasure] == nil else { return }
        try erasure?.requireFiles()
    }
}
