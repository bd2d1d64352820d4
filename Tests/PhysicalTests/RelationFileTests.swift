import Physical
import Testing

@Suite struct RelationFileTests {
    @Test(
        arguments: [
            ("base/5/16384", 5, 0, 16384, "main", 0), ("base/5/16384.2", 5, 0, 16384, "main", 2),
            ("base/5/16384_vm", 5, 0, 16384, "vm", 0), ("base/5/16384_fsm.1", 5, 0, 16384, "fsm", 1),
            ("global/1262", 0, 0, 1262, "main", 0),
            ("pg_tblspc/16400/PG_17_202406281/5/16390_init", 5, 16400, 16390, "init", 0),
        ] as [(String, UInt32, UInt32, UInt32, String, UInt32)])
    func reads(_ path: String, database: UInt32, tablespace: UInt32, node: UInt32, fork: String, segment: UInt32) throws
    {
        let file = try #require(RelationFile(path: path))
        #expect(file.database == database && file.tablespace == tablespace && file.node == node)
        #expect(file.fork == fork && file.segment == segment)
        #expect(file.firstBlock == segment * 131_072)
    }

    @Test(arguments: [
        "PG_VERSION", "global/pg_control", "global/pg_filenode.map", "base/5/PG_VERSION", "base/5/pg_filenode.map",
        "base/5/t3_16390", "base/5/16384_other", "base/5/16384.0", "base/5/16384.x", "base/5/+1", "pg_xact/0000",
        "pg_wal/000000010000000000000001", "base/pgsql_tmp/5",
    ])
    func noRelations(_ path: String) { #expect(RelationFile(path: path) == nil) }

    @Test(
        arguments: [
            ("base/5/16384.2", 5), ("base/5/PG_VERSION", 5), ("pg_tblspc/16400/PG_17_202406281/5/16390", 5),
            ("global/1262", nil), ("base/pgsql_tmp/5", nil), ("base/5", nil), ("pg_xact/0000", nil),
        ] as [(String, UInt32?)])
    func aFlawKnowsItsDatabase(_ path: String, _ database: UInt32?) {
        #expect(FileFlaw(path: path, problem: "it is gone").database == database)
    }
}
