import Postgres
import Rows

/// The script that removes from a database what an export holds: SQL for psql, which a person runs. pgassay itself deletes
/// nothing.
///
/// Each slice has a transaction of its own. It locks out whoever writes, compares what is there with the manifest (rows,
/// smallest and largest time, and every byte of every row by ``ContentSum``), and only then drops the slice's partitions, or
/// deletes its rows. On any difference it ends with an error and leaves everything as it was. Slices that are gone already
/// are passed over, so it can be run again.
///
/// Nothing but the rows themselves says that they are those of the export. Row versions (`xmin`) do not: a database that
/// was restored or copied counts transactions on from where its source was, and the same numbers mean other changes.
package enum PurgeScript {
    /// Its name in a store.
    package static let fileName = "purge.sql"

    /// - Returns: the same text for the same manifest.
    package static func text(for manifest: ExportManifest) -> String {
        let slices = manifest.tables.flatMap { table in
            table.slices.filter { $0.digest.rows > 0 }.map { PurgeSlice(table: table, slice: $0).text }
        }
        return header(manifest) + slices.joined(separator: "\n")
    }

    private static func header(_ manifest: ExportManifest) -> String {
        // What psql of its own would do otherwise; then what rows are compared under.
        let settings = CanonicalSettings.values.sorted { $0.key < $1.key }.map { name, value in
            "SET \(quoteIdentifier(name)) = \(quoteLiteral(value));"
        }
        return """
            -- Removes what the export \(manifest.id) holds from the database that it came from. Run it with psql:
            --
            --     psql --no-psqlrc --dbname=DATABASE --file=\(fileName)
            --
            -- Verify the export first. Each slice is compared with what the manifest says of it, row by row, under a lock that keeps
            -- writers out (of its partitions, or of the table), and only then removed. The first difference ends the script;
            -- what was removed before stays removed, what comes after stays. It can be run again.
            \\set ON_ERROR_STOP on
            \\set ON_ERROR_ROLLBACK off
            \\set AUTOCOMMIT on
            SET client_encoding = 'UTF8';
            SET standard_conforming_strings = on;
            \(settings.joined(separator: "\n"))
            -- How long it waits for others before it gives up.
            SET lock_timeout = '10s';
            SET statement_timeout = 0;
            SET idle_in_transaction_session_timeout = 0;


            """
    }
}
