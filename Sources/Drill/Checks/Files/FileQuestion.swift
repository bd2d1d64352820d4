import Findings
import Physical
import Postgres
import SystemPackage

/// Asks the files of one relation what they lack.
struct FileQuestion: Sendable {
    let relation: StoredRelation
    /// The data directory of the copy.
    let directory: FilePath

    static let whole = "every file is there, and whole"

    /// What is wrong with it, or cannot be known; nil where nothing is.
    /// - Parameters:
    ///   - thorough: every page is read, and not the number of them alone.
    ///   - settle: writes what is in the server's memory to the files. A VACUUM may be at work: of what it does, one page may be in
    ///     the files already, and another not yet. So what seems lost is looked at again.
    func finding(thorough: Bool, settle: () async throws -> Void) async throws -> Finding? {
        do {
            var flaw = try self.flaw(thorough: thorough)
            for _ in 0..<2 where flaw != nil {
                try await settle()
                flaw = try self.flaw(thorough: thorough)
            }
            return flaw
        } catch let error as RelationFilesError {
            return failed(
                expected: Self.whole, observed: error.description, "a part of the copy is missing: \(relation.path)")
        } catch let error as PostgresError {
            throw error
        } catch {
            return unknown(expected: Self.whole, observed: nil, "its files cannot be read: \(error)")
        }
    }

    private func flaw(thorough: Bool) throws -> Finding? {
        let files = try segments(relation.path)
        switch relation.kind {
        case .table(let witnesses, let knowAllRows):
            guard thorough else { return nil }
            for witness in witnesses {
                if let lost = try lostRows(of: files, by: witness) { return lost }
            }
            return knowAllRows ? nil : try lostPages(of: files) ?? fewerPages(than: relation.notedPages, files)
        case .tree: return files.pages == 0 ? noPages : nil
        case .index(let method):
            if files.pages == 0 { return noPages }
            return thorough ? try lostPages(of: files, method) : nil
        case .sequence:
            let file = try SequenceFile(files)
            if file.pages == 0 { return noPages }
            return file.hasState
                ? nil
                : failed(
                    expected: "the page of a sequence", observed: "another page",
                    "the sequence is lost: there are zeros or something else in its place")
        case .foreign: return thorough ? fewerPages(than: relation.notedPages, files) : nil
        case .unfinished: return nil
        }
    }

    private func segments(_ path: String) throws -> RelationSegments {
        try RelationSegments(at: directory.appending(path))
    }

    private func lostRows(of files: RelationSegments, by index: StoredRelation.Witness) throws -> Finding? {
        let entries: RelationSegments
        do {
            entries = try segments(index.path)
        } catch is RelationFilesError {
            // That is told of the index.
            return nil
        }
        let witness = try IndexWitness(of: entries, as: index.method, into: files)
        guard witness.astray > 0 else { return nil }
        return failed(
            expected: "every entry of the index \(index.name) leads to a row of the table",
            observed:
                "\(witness.astray) of \(counted(witness.entries, "entry", "entries")) lead to a place that does not exist",
            witness.lastPage >= witness.pages
                ? "pages of the table are lost: its file has \(witness.pages), and the index leads to page \(witness.lastPage + 1)"
                : "pages of the table are lost: there are zeros or other rows in their place")
    }

    /// An empty table has no pages; an index and a sequence have at least one from the start.
    private var noPages: Finding {
        failed(expected: "at least 1 page", observed: "an empty file", "its pages are lost: \(relation.path) is empty")
    }

    /// What the visibility map knows of a table of which no index knows all rows.
    private func lostPages(of files: RelationSegments) throws -> Finding? {
        let map: RelationSegments
        do {
            map = try segments(relation.path + "_vm")
        } catch is RelationFilesError {
            // A table that was never vacuumed has none, and one that is lost is made anew.
            return nil
        }
        let witness = try VisibilityWitness(map, of: files)
        guard witness.lost > 0 else { return nil }
        return failed(
            expected: "every page that the visibility map marks",
            observed: "\(counted(witness.lost, "page is", "pages are")) missing",
            witness.lastPage >= witness.pages
                ? "pages of the table are lost: its file has \(witness.pages), and its visibility map marks page \(witness.lastPage + 1)"
                : "pages of the table are lost: there are zeros in their place, and its visibility map marks them")
    }

    private func lostPages(of files: RelationSegments, _ method: IndexMethod) throws -> Finding? {
        let index = try IndexPages(of: files, as: method)
        guard !index.areWhole else { return nil }
        let expected = "every page that another page of the index leads to"
        if index.lost > 0 {
            return failed(
                expected: expected, observed: "\(counted(index.lost, "page is", "pages are")) missing",
                index.lastPage >= index.pages
                    ? "pages of the index are lost: its file has \(index.pages), and it leads to page \(index.lastPage + 1)"
                    : "pages of the index are lost: there are zeros in their place")
        }
        return failed(
            expected: expected,
            observed: index.hasFirst
                ? "\(counted(index.strange, "page")) of another kind" : "it does not begin as an index of its kind",
            "pages of the index are lost: something else is in their place")
    }

    /// Only the number of pages tells: of a table of which no index knows all rows, and of what an extension stores.
    private func fewerPages(than noted: Int, _ files: RelationSegments) -> Finding? {
        guard files.pages < noted else { return nil }
        return unknown(
            expected: "at least \(counted(noted, "page"))", observed: counted(files.pages, "page"),
            """
            the server once noted more pages than there are, and nothing here can tell whether they are lost: compare \
            its rows with the source
            """)
    }

    private func failed(expected: String, observed: String, _ reason: String) -> Finding {
        Finding(
            id: FilesCheck.id, subject: relation.name.description, status: .failed, basis: .rule, expected: expected,
            observed: observed, reason: reason, cause: .backup)
    }

    private func unknown(expected: String, observed: String?, _ reason: String) -> Finding {
        Finding(
            id: FilesCheck.id, subject: relation.name.description, status: .inconclusive, basis: .rule,
            expected: expected, observed: observed, reason: reason, cause: .environment)
    }
}
