/// The four ways `pg_dump` writes a database.
package enum DumpFormat: String, Codable, Sendable, CaseIterable {
    /// `-Fc`: one file with a table of contents and compressed data blocks.
    case custom
    /// `-Fd`: a directory with `toc.dat` and one file for each table.
    case directory
    /// `-Ft`: the members of a directory dump as a tar file.
    case tar
    /// `-Fp` and `pg_dumpall`: an SQL script for psql.
    case plain
}
