import Archive
import Causes
import Findings
import Postgres
import Rows

extension CheckID {
    package static let largeObjects = CheckID("large-objects")
}

/// What is expected of the large objects.
package struct LargeObjectsExpectation: Sendable {
    /// How many there should be at least.
    package let count: Int
    /// What each should hold; nil if that is not known.
    package var contents: LargeObjectContents?
}

/// Are all large objects there, and can each be read?
struct LargeObjectsCheck: Check {
    static let description = CheckDescription(
        id: .largeObjects,
        asks: "Are all large objects there, and can each be read to its end?",
        covers: """
            The number of large objects against the table of contents of the dump, and what each holds against the contents \
            in the dump. Every page of every one is read; pages that are larger than they can be, or that belong to no \
            object.
            """,
        doesNotCover: """
            Whether a value in a table still refers to an object. How many there should be and what they hold, where the \
            dump is a plain script.
            """,
        notRun: "the database has no large objects")

    typealias Demands = LargeObjectsExpectation

    private static let subject = "large objects"
    private static let isReadable = "every page can be read"

    func probes(in context: CheckContext) async throws -> [Probe] {
        [
            Probe(Self.subject, needs: .everything, expected: Self.isReadable) {
                try await findings(in: context, over: $0)
            }
        ]
    }

    private func findings(in context: CheckContext, over session: Session) async throws -> [Finding] {
        let objects = try await session.query("SELECT oid::int8 FROM pg_catalog.pg_largeobject_metadata ORDER BY 1")
            .map { try $0.need(at: 0, as: Int64.self) }
        let pages: [Finding]
        do {
            pages = try await read(over: session)
        } catch let error as PostgresError where error.sqlState?.rawValue == "42501" {
            pages = objects.isEmpty ? [] : [Self.mayNotBeRead(error)]
        } catch let error as PostgresError where error.sqlState != nil {
            var broken = try await unreadable(objects[...], over: session)
            if broken.isEmpty {
                broken = [
                    Finding(
                        inconclusive: Self.id, subject: Self.subject, basis: .rule, expected: Self.isReadable,
                        because: error)
                ]
            }
            pages = broken
        }
        // Contents that cannot be read are told already.
        let contents =
            pages.allSatisfy { $0.status == .passed } ? try await contents(in: context, over: session) : []
        return count(of: objects.count, in: context) + contents + pages
    }

    // MARK: Contents

    private func contents(in context: CheckContext, over session: Session) async throws -> [Finding] {
        let known = context.expectations.of(Self.self).compactMap { based in
            based.demand.contents.flatMap { $0.count > 0 ? Based(based.basis, $0) : nil }
        }
        guard !known.isEmpty else { return [] }
        let restored = try await LargeObjectHashes.read(over: session)
        let nothing = RowHash().value
        return known.map { based in
            let expected = based.demand
            let wrong = expected.byOID.filter { $0.value != restored[$0.key] ?? nothing }.keys.sorted()
            var finding = Finding(
                id: Self.id, subject: Self.contents, status: .passed, basis: based.basis,
                expected: "\(counted(expected.count, "object")), \(counted(expected.bytes, "byte"))",
                observed: "the same contents in each")
            if let first = wrong.first {
                finding.status = .failed
                finding.observed = "other contents in \(counted(wrong.count, "object")), the first is \(first)"
                finding.reason = "large objects do not hold what \(based.basis.source) has of them"
                finding.cause = based.basis.fault
            }
            return finding
        }
    }

    private static let contents = "contents of large objects"

    private func count(of objects: Int, in context: CheckContext) -> [Finding] {
        context.expectations.of(Self.self).map { expectation in
            let expected = expectation.demand.count
            if objects < expected {
                return Finding(
                    absent: Self.subject, id: Self.id, basis: expectation.basis, expected: counted(expected, "object"),
                    observed: counted(objects, "object"),
                    reason:
                        "\(expectation.basis.source) names large objects that were not restored; see the check restore",
                    in: context)
            }
            return Finding(
                id: Self.id, subject: Self.subject, status: .passed, basis: expectation.basis,
                expected: counted(expected, "object"), observed: counted(objects, "object"))
        }
    }

    // MARK: Pages

    private func read(over session: Session) async throws -> [Finding] {
        let row = try await session.query(SQLFile.largeObjects.text)[0]
        let (objects, pages) = (try row.need("objects", as: Int.self), try row.need("pages", as: Int.self))
        let (orphans, misshapen) = (try row.need("orphans", as: Int.self), try row.need("misshapen", as: Int.self))
        guard objects > 0 || pages > 0 else { return [] }
        var finding = Finding(
            id: Self.id, subject: Self.subject, status: .passed, basis: .rule, expected: Self.isReadable,
            observed: [
                counted(objects, "object"), counted(pages, "page"),
                counted(try row.need("bytes", as: Int64.self), "byte"),
            ].joined(separator: ", "))
        if orphans > 0 || misshapen > 0 {
            finding.status = .failed
            finding.observed =
                "\(counted(orphans, "page")) of no object, \(counted(misshapen, "object")) with pages of no such shape"
            finding.reason = "the pages of large objects are not as PostgreSQL writes them"
            finding.cause = .backup
        }
        return [finding]
    }

    private static func mayNotBeRead(_ error: PostgresError) -> Finding {
        let rule = Causes.cause(of: MetError(.checking, error))
        return Finding(
            id: id, subject: subject, status: rule.status, basis: .rule, expected: isReadable,
            observed: error.description,
            reason: """
                the role that checks may not read the pages of large objects: grant it pg_read_all_data (from PostgreSQL 14 \
                on), or drill on a throwaway server
                """,
            cause: rule.cause)
    }

    /// The most objects that are named one by one.
    private static let most = 20

    /// Which of some objects cannot be read: all at once, then in halves, down to single ones.
    private func unreadable(_ objects: ArraySlice<Int64>, over session: Session) async throws -> [Finding] {
        guard let first = objects.first, let last = objects.last else { return [] }
        do {
            _ = try await session.query(
                "\(SQLFile.largeObjects.text) WHERE l.loid BETWEEN $1::pg_catalog.oid AND $2::pg_catalog.oid",
                ["\(first)", "\(last)"])
            return []
        } catch let error as PostgresError where error.sqlState != nil {
            if objects.count == 1 {
                return [
                    Finding(
                        inconclusive: Self.id, subject: "large object \(first)", basis: .rule,
                        expected: Self.isReadable, because: error)
                ]
            }
            let middle = objects.startIndex + objects.count / 2
            let broken = try await unreadable(objects[..<middle], over: session)
            if broken.count >= Self.most { return broken }
            return try await Array((broken + unreadable(objects[middle...], over: session)).prefix(Self.most))
        }
    }
}

extension SQLFile {
    static var largeObjects: SQLFile { SQLFile(PackageResources.large_objects_sql) }
}
