/// Something that a ``PlainScript`` found.
package enum PlainScriptEvent: Sendable, Hashable {
    /// `pg_dump` announces an object, or the data of one (kind `TABLE DATA`), in a comment. Good for showing progress
    /// only: names in comments are not quoted, so they cannot always be read back.
    case object(kind: String, schema: String?, name: String, owner: String?)
    /// A statement that has not left the script yet names this role. The event comes each time that a role is named.
    case role(String)
    /// A statement that has not left the script yet creates this extension.
    case `extension`(String)
    /// A statement that has not left the script yet adds this foreign key.
    case foreignKey(ForeignKeyDefinition)
    /// The rows of a table follow. The schema is nil where the statement names none and the search path decides.
    case copy(schema: String?, table: String)
    /// A psql command, which was dropped. `text` is the start of it, at most 1 KiB, without the line end.
    case metaCommand(line: Int, text: String)
    /// A statement about a database as a whole (`CREATE DATABASE`, `GRANT … ON DATABASE`), which was dropped: the dump
    /// is restored into a database that already exists. `line` is where the statement ends.
    case databaseStatement(line: Int)
}

/// What is known of a script after its end.
package struct PlainScriptSummary: Sendable, Hashable {
    /// Whether it ended with the comment that `pg_dump` (of a cluster: `pg_dumpall`) ends every complete dump with, and
    /// no statement followed.
    package let sawFooter: Bool
    /// How many statements it had, dropped ones included.
    package let statements: Int
    /// How many line ends it had.
    package let lines: Int
    /// What the script ended inside of, such as "the rows of a COPY statement"; nil when it ended between two
    /// statements.
    package let endedInside: String?

    package init(sawFooter: Bool, statements: Int, lines: Int, endedInside: String?) {
        self.sawFooter = sawFooter
        self.statements = statements
        self.lines = lines
        self.endedInside = endedInside
    }

    /// Whether nothing is missing at its end.
    package var isComplete: Bool { sawFooter && endedInside == nil }
}
