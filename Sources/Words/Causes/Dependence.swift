/// What a constraint or an index looks at beyond the row itself.
package enum Dependence: String, Sendable, CaseIterable {
    /// Roles and settings, which belong to the server.
    case server
    /// The time at which the row is loaded.
    case clock
    /// Rows of this table or of another one.
    case otherRows
    /// How the database's locale sorts text and knows letters.
    case locale

    var words: String {
        switch self {
        case .server: "it depends on roles or settings of the server"
        case .clock: "it depends on the time"
        case .otherRows: "it depends on other rows"
        case .locale: "the result depends on how the locale sorts text, and on which characters it takes for letters"
        }
    }
}

/// How a backup has something that a message does not find.
package enum Naming: Sendable {
    /// It is there under a schema, and the text that failed names it without one.
    case withoutSchema
    /// It is there, and the text that failed came before it.
    case tooEarly
    /// The backup makes it, and that has failed.
    case notMade
    /// The backup does not make it, and has an extension in the schema where it should be.
    case ofExtension

    var words: String {
        switch self {
        case .withoutSchema: "what it names is there, and is named without its schema"
        case .tooEarly: "what it names is there at the end of the restore"
        case .notMade: "the backup makes what it names, and that has failed"
        case .ofExtension: "an extension of the backup is in the schema of the function, type or operator that it names"
        }
    }
}
