/// What a ``PlainScript`` came across.
package enum PlainScriptEvent: Sendable, Hashable {
    /// `pg_dump` announces an object, or the data of one (kind `TABLE DATA`), in a comment. Good for showing what is
    /// going on; names in comments are not quoted, so they do not always read back right.
    case object(kind: String, schema: String?, name: String, owner: String?)
    /// A statement that has not left the script yet names this role. Comes each time that it is named.
    case role(String)
    /// A statement that has not left the script yet creates this extension.
    case `extension`(String)
    /// A statement that has not left the script yet adds this foreign key.
    case foreignKey(ForeignKeyDefinition)
    /// The rows of a table follow. The schema is nil where the statement leaves it to the search path.
    case copy(schema: String?, table: String)
    /// A command of psql's, which was dropped. `text` is its start, without the line end; at most 1 KiB of it.
    case metaCommand(line: Int, text: String)
    /// A statement about a database as a whole (`CREATE DATABASE`, `GRANT … ON DATABASE`), which was dropped: the dump
    /// is restored into a database that is already there. `line` is where it ends.
    case databaseStatement(line: Int)
}

/// What a ``PlainScript`` was, once it is over.
package struct PlainScriptSummary: Sendable, Hashable {
    /// Whether it ended with the comment that `pg_dump` (of a cluster: `pg_dumpall`) ends every complete dump with, and
    /// no statement followed.
    package let sawFooter: Bool
    /// How many statements it had, dropped ones included.
    package let statements: Int
    /// How many line ends it had.
    package let lines: Int
    /// Within what it ended, such as "the rows of a COPY statement"; nil when it ended between two statements.
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
