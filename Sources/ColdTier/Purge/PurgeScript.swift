import Postgres
import Rows

/// The script that removes the rows of an export from a database: SQL for psql, which a person runs. pgassay itself
/// deletes nothing.
///
/// Each slice has its own transaction. It locks out writers, compares what is there with the manifest (rows, smallest
/// and largest time, and every byte of every row by ``ContentSum``), and only then drops the slice's partitions or
/// deletes its rows. On any difference it ends with an error and changes nothing. Slices that are already gone are
/// skipped, so the script can be run again.
///
/// Only the rows themselves prove that they are the rows of the export. Row versions (`xmin`) do not: a restored or
/// copied database goes on counting transactions from where its source was, so the same numbers can mean other changes.
package enum PurgeScript {
    /// The script's name in a store.
    package static let fileName = "purge.sql"

    /// - Returns: the same text for the same manifest.
    package static func text(for manifest: ExportManifest) -> String {
        let slices = manifest.tables.flatMap { table in
            table.slices.filter { $0.digest.rows > 0 }.map { PurgeSlice(table: table, slice: $0).text }
        }
        return header(manifest) + slices.joined(separator: "\n")
    }

    private static func header(_ manifest: ExportManifest) -> String {
        // The script sets what a person's psql might have set otherwise, and then the settings under which rows are
        // compared.
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
            \\set QUIET on
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
