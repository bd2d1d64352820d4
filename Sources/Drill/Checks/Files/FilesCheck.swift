import Findings
import Physical
import Postgres
import SystemPackage

extension CheckID {
    package static let files = CheckID("files")
}

/// Is every file of a copy there, and whole?
struct FilesCheck: Check {
    static let description = CheckDescription(
        id: .files,
        asks: "Is the file of every table and index there, with all of its pages?",
        covers: """
            Of a physical copy: the files of every relation of every database are there, end with a whole page, have no segment \
            cut off or missing in between, and are not empty where an index or a sequence is. Of each database that is checked, \
            the witnesses for lost pages: every entry of an index of each table, if there is one the smallest B-tree, must lead to a place that the table \
            has, and of a GIN, GiST, SP-GiST, hash or BRIN index every page must be there that another of its pages leads to. \
            Of a table without such an index, every page must be there that its visibility map marks. \
            The server itself takes a table whose file was cut off, or ends in zeros, for a smaller table.
            """,
        doesNotCover: """
            Pages at the end of a table that has no index over all of its rows and was not vacuumed, and of an index of an extension: \
            there only the number of pages tells that the server noted at its last VACUUM or ANALYZE. Pages that were in no index \
            yet when the copy was made.
            """,
        notRun: "the backup is a dump, whose files are made anew, or the files of the copy are on another machine")

    func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] {
        guard let directory = context.dataDirectory else { return [] }
        // What is only in the server's memory is written to the files.
        _ = try await context.query("CHECKPOINT")
        guard try await context.query("SHOW block_size")[0].need(at: 0, as: String.self) == "8192" else {
            return [
                Finding(
                    id: Self.id, subject: "database", status: .notRun, basis: .rule,
                    reason: "this server has pages of another size than 8192 bytes")
            ]
        }
        let own = try await context.connections.with { $0.target.database ?? "" }
        let names = try await context.query(
            "SELECT datname::text FROM pg_catalog.pg_database WHERE datallowconn ORDER BY datname"
        ).map { try $0.need(at: 0, as: String.self) }
        var findings: [Finding] = []
        for name in names {
            if name == own {
                let relations = try await context.query(SQLFile.files.text).map(StoredRelation.init)
                findings += try await self.findings(of: name, relations, in: directory, asking: context, context)
            } else if context.tells(of: name, in: own) {
                let found = try await others(name, in: directory, context)
                findings += context.databases.isEmpty ? found : found.map { $0.of(name) }
            }
        }
        return findings
    }

    /// The files of a database that is not checked otherwise.
    private func others(_ database: String, in directory: FilePath, _ context: CheckContext) async throws -> [Finding] {
        let target = try await context.connections.with { $0.target.database(database) }
        do {
            let relations = try await withConnection(to: target, settings: ["search_path": ""]) { connection in
                try await connection.query(SQLFile.files.text, deadline: context.deadline).map(StoredRelation.init)
            }
            return try await findings(of: database, relations, in: directory, asking: nil, context)
        } catch let error as PostgresError {
            return [
                Finding(
                    inconclusive: Self.id, subject: subject(database, context), basis: .rule,
                    expected: FileQuestion.whole, because: error)
            ]
        }
    }

    /// Where several databases are checked, each finding names its own.
    private func subject(_ database: String, _ context: CheckContext) -> String {
        context.databases.isEmpty ? "database \(database)" : "database"
    }

    /// - Parameter asked: of the checked database, of which every page is read; nil for another.
    private func findings(
        of database: String, _ relations: [StoredRelation], in directory: FilePath, asking asked: CheckContext?,
        _ context: CheckContext
    ) async throws -> [Finding] {
        var flawed: [Finding] = []
        for relation in relations {
            let question = FileQuestion(relation: relation, directory: directory)
            guard
                var flaw = try await question.finding(
                    thorough: asked != nil, settle: { _ = try await asked?.query("CHECKPOINT") })
            else { continue }
            if asked == nil, context.databases.isEmpty { flaw.subject = "\(database): \(flaw.subject)" }
            flawed.append(flaw)
        }
        let sound = Finding(
            id: Self.id, subject: subject(database, context), status: .passed, basis: .rule,
            expected: FileQuestion.whole,
            observed: "the files of \(counted(relations.count - flawed.count, "relation"))")
        return flawed + (relations.count > flawed.count ? [sound] : [])
    }
}

extension SQLFile {
    static var files: SQLFile { SQLFile(PackageResources.files_sql) }
}
