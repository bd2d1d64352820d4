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
            Of a physical copy: the files of every relation of every database are there, with no segment cut off or missing \
            in between. Of the database that is checked, the witnesses for lost pages: every entry of a table's smallest \
            B-tree index must lead to a place that the table has. The server itself takes a table whose file was cut off, \
            or ends in zeros, for a smaller table.
            """,
        doesNotCover: """
            Pages at the end of a table that has no B-tree index over all of its rows: there only the number of pages tells \
            that the server noted at its last VACUUM or ANALYZE. Pages that were in no index yet when the copy was made.
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
                let relations = try await context.query(SQLFile.files.text).map(Relation.init)
                findings += try await self.findings(of: name, relations, in: directory, asking: context)
            } else {
                findings += try await others(name, in: directory, context)
            }
        }
        return findings
    }

    /// The files of a database that is not checked otherwise.
    private func others(_ database: String, in directory: FilePath, _ context: CheckContext) async throws -> [Finding] {
        let target = try await context.connections.with { $0.target.database(database) }
        do {
            let relations = try await withConnection(to: target, settings: ["search_path": ""]) { connection in
                try await connection.query(SQLFile.files.text, deadline: context.deadline).map(Relation.init)
            }
            return try await findings(of: database, relations, in: directory, asking: nil)
        } catch let error as PostgresError {
            return [
                Finding(
                    inconclusive: Self.id, subject: "database \(database)", basis: .rule, expected: Self.whole,
                    because: error)
            ]
        }
    }

    private struct Relation {
        let name: TableName
        let isTable: Bool
        let path: String
        /// As the server noted at its last VACUUM or ANALYZE.
        let pages: Int
        let indexPath: String?
        let indexName: String?

        init(_ row: Row) throws {
            name = TableName(schema: try row.need("schema"), name: try row.need("name"))
            isTable = try row.get("is_table") ?? false
            path = try row.need("path")
            pages = try row.need("pages")
            indexPath = try row.get("index_path")
            indexName = try row.get("index_name")
        }
    }

    private static let whole = "every file is there, and whole"

    /// - Parameter context: of the checked database, whose indexes are asked too; nil for another.
    private func findings(
        of database: String, _ relations: [Relation], in directory: FilePath, asking context: CheckContext?
    ) async throws -> [Finding] {
        var flawed: [Finding] = []
        for relation in relations {
            guard var flaw = try await flaw(of: relation, in: directory, asking: context) else { continue }
            if context == nil { flaw.subject = "\(database): \(flaw.subject)" }
            flawed.append(flaw)
        }
        let sound = Finding(
            id: Self.id, subject: "database \(database)", status: .passed, basis: .rule, expected: Self.whole,
            observed: "the files of \(counted(relations.count - flawed.count, "relation"))")
        return flawed + (relations.count > flawed.count ? [sound] : [])
    }

    /// - Returns: nil where nothing is wrong with it.
    private func flaw(
        of relation: Relation, in directory: FilePath, asking context: CheckContext?
    ) async throws -> Finding? {
        var finding = Finding(
            id: Self.id, subject: relation.name.description, status: .failed, basis: .rule, expected: Self.whole,
            cause: .backup)
        do {
            let files = try RelationSegments(at: directory.appending(relation.path))
            guard let context, relation.isTable else { return nil }
            guard let path = relation.indexPath, let name = relation.indexName else {
                return unwitnessed(relation, files.pages)
            }
            var witness = try IndexWitness(of: RelationSegments(at: directory.appending(path)), into: files)
            // A VACUUM may be at work: of what it does, one page may be in the files already, and another not yet.
            for _ in 0..<2 where witness.astray > 0 {
                _ = try await context.query("CHECKPOINT")
                witness = try IndexWitness(
                    of: RelationSegments(at: directory.appending(path)),
                    into: RelationSegments(at: directory.appending(relation.path)))
            }
            guard witness.astray > 0 else { return nil }
            finding.expected = "every entry of the index \(name) leads to a row of the table"
            finding.observed = "\(witness.astray) of \(counted(witness.entries, "entry", "entries")) lead nowhere"
            finding.reason =
                witness.lastPage >= witness.pages
                ? "pages of the table are lost: its file has \(witness.pages), and the index leads to page \(witness.lastPage + 1)"
                : "pages of the table are lost: there are zeros or other rows in their place"
        } catch let error as RelationFilesError {
            finding.observed = error.description
            finding.reason = "a part of the copy is missing: \(relation.path)"
        } catch let error as PostgresError {
            throw error
        } catch {
            finding.status = .inconclusive
            finding.cause = .environment
            finding.observed = nil
            finding.reason = "its files cannot be read: \(error)"
        }
        return finding
    }

    /// A table of which no index knows all rows.
    private func unwitnessed(_ relation: Relation, _ pages: Int) -> Finding? {
        guard pages < relation.pages else { return nil }
        return Finding(
            id: Self.id, subject: relation.name.description, status: .inconclusive, basis: .rule,
            expected: "at least \(counted(relation.pages, "page"))", observed: counted(pages, "page"),
            reason: """
                the server once noted more pages than there are, and the table has no index that could tell whether they are \
                lost: compare its rows with the source
                """, cause: .environment)
    }
}

extension SQLFile {
    static var files: SQLFile { SQLFile(PackageResources.files_sql) }
}
