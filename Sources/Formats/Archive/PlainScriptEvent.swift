/// Something that a ``PlainScript`` found.
package enum PlainScriptEvent: Sendable, Hashable {
    /// `pg_dump` announces an object, or the data of one (kind `TABLE DATA`), in a comment. Good for showing progress
    /// only: names in comments are not quoted, so they cannot always be read back.
    case object(kind: String, schema: String?, name: String, owner: String?)
    /// A statement that comes next names this role. The event comes each time that a role is named.
    case role(String)
    /// A statement that comes next creates this extension.
    case `extension`(String)
    /// A statement that comes next adds this foreign key.
    case foreignKey(ForeignKeyDefinition)
    /// A statement that comes next sets this sequence.
    case sequence(SequenceSetting)
    /// A command of psql's, which is left out. `text` is the start of it, at most 1 KiB, without the line end.
    case metaCommand(line: Int, text: String)
    /// Another dump begins, in this line: the script holds several, one behind the other.
    case anotherDump(line: Int)
    /// In a script of `pg_dumpall`: what follows is of this database, by a command of psql's.
    case connected(String)
    /// Of what stands around dumps: a comment says that the dump of this database follows.
    case databaseAnnounced(String)
    /// A statement about a database as a whole (`CREATE DATABASE`, `GRANT … ON DATABASE`), which is left out: the dump
    /// is restored into a database that already exists. `line` is where the statement ends; `dropped` is the database of
    /// a `DROP DATABASE`.
    case databaseStatement(line: Int, dropped: String? = nil)
    /// The statement that was left out just now keeps this for a database: its owner, or a setting.
    case databaseProperty(GlobalStatement)
    /// A statement that writes planner statistics of the source, which is left out. `line` is where it ends.
    case statistics(line: Int)
    /// A statement is longer than ``PlainScript/longestStatement``, and is left out. `line` is where it ends.
    case tooLong(line: Int)
}

/// What is known of a script after its end.
package struct PlainScriptSummary: Sendable, Hashable {
    /// Whether the comment was there that `pg_dump` ends every complete dump with (around dumps, `pg_dumpall` its script), and no
    /// other dump began after it.
    package let sawFooter: Bool
    /// How many statements it had, those that are left out included.
    package let statements: Int
    /// How many line ends it had.
    package let lines: Int
    /// What the script ended inside of, such as "the rows of a COPY statement"; nil when it ended between two
    /// statements.
    package let endedInside: String?
    /// The line where something follows that comment which is not a comment itself; nil where nothing does.
    package let lineAfterFooter: Int?

    package init(sawFooter: Bool, statements: Int, lines: Int, endedInside: String?, lineAfterFooter: Int? = nil) {
        self.sawFooter = sawFooter
        self.statements = statements
        self.lines = lines
        self.endedInside = endedInside
        self.lineAfterFooter = lineAfterFooter
    }

    /// Whether nothing is missing at its end. What follows the closing comment is not of the dump.
    package var isComplete: Bool { sawFooter }
}
