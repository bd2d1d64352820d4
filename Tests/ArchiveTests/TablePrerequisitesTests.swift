import Testing

@testable import Archive

/// What a reader of a table waits for, by the dependencies that the real pg_dump writes.
@Suite(.keepsItsThread) struct TablePrerequisitesTests {
    /// Kind and tag of the entries that one table waits for.
    private func prerequisites(
        _ table: String, _ installation: Installation, _ options: String..., database: String = "odd"
    ) throws -> (reading: Set<String>, locking: Set<String>) {
        let contents = try #require(Dump.open(try Corpus.dump(installation, options, database: database)).contents)
        let found = try #require(contents.prerequisites.first { $0.table == table })
        func words(_ ids: Set<Int32>) -> Set<String> {
            Set(contents.entries.filter { ids.contains($0.dumpID) }.map { "\($0.kind) \($0.tag)" })
        }
        return (words(found.reading), words(found.locking))
    }

    @Test(arguments: Installation.all)
    func everythingThatAltersATable(_ installation: Installation) throws {
        let (reading, locking) = try prerequisites("a", installation, "-Fc")
        #expect(reading.isSuperset(of: ["TABLE DATA a", "CONSTRAINT a a_pkey", "POLICY a p", "ROW SECURITY a"]))
        // A foreign key from elsewhere lets readers in, but not whoever keeps writers out.
        #expect(!reading.contains("FK CONSTRAINT fk fk_z_fkey"))
        #expect(locking.isSuperset(of: reading.union(["FK CONSTRAINT fk fk_z_fkey", "FK CONSTRAINT parts parts_fk"])))
        #expect(!locking.contains("TABLE DATA fk"))
    }

    @Test(arguments: Installation.all)
    func whatReachesALeafThroughItsRoot(_ installation: Installation) throws {
        let (reading, locking) = try prerequisites("parts_1", installation, "-Fc")
        #expect(
            reading == ["TABLE DATA parts_1", "CONSTRAINT parts_1 parts_1_pkey", "INDEX ATTACH parts_1_pkey"])
        #expect(locking == reading.union(["FK CONSTRAINT parts parts_fk"]))
    }

    /// What is read of a large table is read while its slowest index is built; a partition's index is joined to its root's,
    /// which readers would keep waiting.
    @Test(arguments: Installation.all)
    func anIndexThatTakesLongLetsRead(_ installation: Installation) throws {
        let (reading, locking) = try prerequisites("documents", installation, "-Fc", database: "indexed")
        #expect(reading == ["TABLE DATA documents", "INDEX documents_at"])
        #expect(locking == reading.union(["INDEX documents_words"]))
        let leaf = try prerequisites("pages_1", installation, "-Fc", database: "indexed")
        #expect(leaf.reading == ["TABLE DATA pages_1", "INDEX ATTACH pages_1_words_idx"])
    }

    @Test(arguments: Installation.all)
    func rowsThatMayMoveBetweenLeaves(_ installation: Installation) throws {
        #expect(try prerequisites("hashed_0", installation, "-Fc").reading == ["TABLE DATA hashed_0"])
        let through = try prerequisites("hashed_0", installation, "-Fc", "--load-via-partition-root")
        #expect(through.reading.contains("TABLE DATA hashed_0"))
    }
}
