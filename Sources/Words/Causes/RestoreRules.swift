import Findings
import PlanKeys

/// Rules for server errors in reply to the statements of a backup.
let restoreRules: [CauseRule] = [
    CauseRule(
        "drops-nothing", [.restoring], met: [.sqlState(["42P01", "42704", "42883", "3F000"])], when: [.dropsSomething],
        nil, "the dump drops first what it makes later (pg_dump --clean); there is nothing to drop yet",
        page: "causes.md#harmless"),

    // What an extension brings depends on the version of it that this machine has.
    CauseRule(
        "of-extension", [.restoring], met: [.sqlState(["22", "23", "42"])], when: [.ofExtension], .environment,
        "it belongs to an extension, of which this machine may have another version: install the version of the source",
        page: "causes.md#what-the-machine-lacks"),

    // A row that breaks a constraint of its own table does so on every machine, with two exceptions.
    CauseRule(
        "rows-kept-out", [.restoring], met: [.sqlState(["23"])], when: [.rowsKeptOut], .environment, keptOut,
        page: "causes.md#what-the-machine-lacks"),
    CauseRule(
        "asks-the-server", [.restoring], met: [.sqlState(["22", "23"])], when: [.dependsOn(.server)],
        .environment,
        "whether the row is valid depends on roles or settings of the server, which are never in a dump",
        page: "causes.md#what-the-machine-lacks"),
    CauseRule(
        "asks-the-locale", [.restoring], met: [.sqlState(["23505", "23514"])],
        when: [.sortsDifferently, .dependsOn(.locale)], .environment, otherLocale,
        page: "causes.md#what-the-machine-lacks"),
    CauseRule(
        "asks-the-clock", [.restoring], met: [.sqlState(["22", "23"])], when: [.dependsOn(.clock)], .backup,
        "whether the row is valid depends on the time, so rows that were valid once are refused at every later restore",
        page: "causes.md#checks-that-look-beyond-their-row"),
    CauseRule(
        "asks-other-rows", [.restoring], met: [.sqlState(["22", "23"])], when: [.dependsOn(.otherRows)], .backup,
        "whether the row is valid depends on other rows, and a restore loads those in an order of its own",
        page: "causes.md#checks-that-look-beyond-their-row"),
    CauseRule(
        "orphans", [.restoring], met: [.sqlState(["23503"])], .backup,
        "rows refer to rows that are not in the backup (orphans)", page: "findings.md#foreign-keys"),
    CauseRule(
        "rows-twice", [.restoring], met: [.sqlState(["23505"])], .backup,
        "rows that must be unique are in the backup twice", page: "causes.md#rows-that-break-their-constraints"),
    CauseRule(
        "sorted-differently", [.restoring], met: [.sqlState(["23514"])],
        when: [.sortsDifferently, .messageContains("partition")], .environment,
        "text is sorted differently here than at the source, so a row may not fit its partition",
        page: "causes.md#what-the-machine-lacks"),
    CauseRule(
        "rows-break-constraint", [.restoring], met: [.sqlState(["23"])], .backup,
        "rows in the backup break a constraint of their own table",
        page: "causes.md#rows-that-break-their-constraints"),

    // Damaged values.
    CauseRule(
        "bounds-sorted", [.restoring], met: [.sqlState(["22000"])],
        when: [
            .sortsDifferently, .messageBegins(["range lower bound must be less than or equal to range upper bound"]),
        ],
        .environment, otherLocale, page: "causes.md#what-the-machine-lacks"),
    CauseRule(
        "bad-encoding", [.restoring], met: [.sqlState(["22021"])], .backup,
        "text in the backup is not valid in its own encoding", page: "causes.md#a-damaged-file"),
    CauseRule(
        "rows-cut", [.restoring], met: [.sqlState(["22P04"])], .backup, "a table's rows are cut or damaged",
        page: "causes.md#a-damaged-file"),
    CauseRule(
        "no-tablespace", [.restoring], met: [.sqlState(["22023"])],
        when: [.messageBegins([#"invalid value for parameter "default_tablespace""#])], nil,
        "tablespaces belong to the server and are never in a dump; what follows is made in the default one",
        page: "causes.md#harmless"),
    CauseRule(
        "setting-not-here", [.restoring], met: [.sqlState(["22023"])],
        when: [.messageBegins(["invalid value for parameter", "unrecognized parameter"])], .environment,
        "this server does not have what a setting of the backup names, such as an access method, a time zone, a locale",
        page: "causes.md#what-the-machine-lacks"),
    CauseRule(
        "values-kept-out", [.restoring], met: [.sqlState(["22"])], when: [.rowsKeptOut], .environment, keptOut,
        page: "causes.md#what-the-machine-lacks"),
    CauseRule(
        "view-query", [.restoring], met: [.sqlState(["22"])], when: [.fillsView], .environment,
        "the query of a materialized view fails over the restored rows, so the view is empty: REFRESH it at the source; if that fails there too, mend its query, and else look for what this machine does otherwise",
        page: "causes.md#views-that-cannot-be-filled"),
    CauseRule(
        "function-fails", [.restoring], met: [.sqlState(["22"])], when: [.withinFunction], .backup,
        "a function of the database, which a generated column, a constraint, an index or a trigger calls, fails with a row of the backup: it was changed after the row was stored, or the row is damaged",
        page: "causes.md#checks-that-look-beyond-their-row"),
    CauseRule(
        "no-value", [.restoring], met: [.sqlState(["22"])], when: [.bringsNoRows], .environment,
        "the statement brings no row, so no value is damaged: this machine lacks something that it names, or makes another result of it",
        page: "causes.md#what-the-machine-lacks"),
    CauseRule(
        "money", [.restoring], met: [.sqlState(["22P02"])],
        when: [.messageBegins(["invalid input syntax for type money"])],
        .environment, otherMoney,
        page: "causes.md#what-the-machine-lacks"),
    CauseRule(
        "values-by-order", [.restoring], met: [.sqlState(["22", "42804"])], when: [.namesNoColumns], .backup,
        "a value does not fit its column: it is damaged, or the columns are in another order here, and the INSERT statements of this dump do not name them: dump again with --column-inserts",
        page: "causes.md#values-in-the-wrong-column"),
    CauseRule(
        "bad-value", [.restoring], met: [.sqlState(["22"])], .backup, "a value in the backup is damaged",
        page: "causes.md#a-damaged-file"),

    // Objects that exist already.
    CauseRule(
        "in-every-database", [.restoring], met: [.sqlState(duplicates)],
        when: [.messageBegins([#"schema "public" already exists"#, #"extension "plpgsql" already exists"#])], nil,
        "every new database has it already", page: "causes.md#harmless"),
    CauseRule(
        "role-made", [.restoring], met: [.sqlState(duplicates)], when: [.roleWasMade], nil,
        "the role was made for this drill before the dump's own statement", page: "causes.md#harmless"),
    CauseRule(
        "created-twice", [.restoring], met: [.sqlState(duplicates)], .backup, "the backup creates the same thing twice",
        page: "causes.md#a-damaged-file"),

    // Objects that do not exist.
    CauseRule(
        "session-setting", [.restoring], met: [.sqlState(["42704"])],
        when: [.messageBegins(["unrecognized configuration parameter"]), .setsSession], nil,
        "a setting of the dump's own session that this server does not know; it changes no row",
        page: "causes.md#harmless"),
    CauseRule(
        "unknown-setting", [.restoring], met: [.sqlState(["42704"])],
        when: [.messageBegins(["unrecognized configuration parameter"])], .environment,
        "this server does not know a setting that the backup uses", page: "causes.md#what-the-machine-lacks"),
    CauseRule(
        "no-role", [.restoring], met: [.sqlState(["42704"])], when: [.messageBegins(["role "]), .setsRights], nil,
        "roles belong to the server and are never in a dump; nothing but ownership depends on it",
        page: "causes.md#harmless"),
    CauseRule(
        "role-lacked", [.restoring], met: [.sqlState(["42704"])], when: [.messageBegins(["role "])], .environment,
        "something asks for a role that this server does not have; roles belong to the server and are never in a dump",
        page: "causes.md#what-the-machine-lacks"),
    CauseRule(
        "of-the-server", [.restoring], met: [.sqlState(["42704"])],
        when: [
            .messageBegins([
                "tablespace", "collation", "access method", "language", "foreign-data wrapper", "conversion",
            ])
        ], .environment, "this server lacks what the message names, and the backup needs it",
        page: "causes.md#what-the-machine-lacks"),
    CauseRule(
        "key-lacked", [.restoring], met: [.sqlState(["42830"])], when: [.lackedBefore], .environment,
        "the key that it refers to could not be created, see the first such error",
        page: "causes.md#what-the-machine-lacks"),
    CauseRule(
        "key-not-made", [.restoring], met: [.sqlState(["42830"])], .backup,
        "the key that it refers to could not be created from the rows in the backup",
        page: "causes.md#rows-that-break-their-constraints"),
    CauseRule(
        "undefined-lacked", [.restoring], met: [.sqlState(undefinedOfServer + undefined)], when: [.lackedBefore],
        .environment, "it needs something that could not be created before, see the first such error",
        page: "causes.md#what-the-machine-lacks"),
    CauseRule(
        "undefined-newer", [.restoring], met: [.sqlState(undefinedOfServer)], when: [.newerThanSource], .environment,
        knownNoMore, page: "causes.md#what-the-machine-lacks"),
    CauseRule(
        "catalogue-newer", [.restoring], met: [.sqlState(undefined)],
        when: [.newerThanSource, .messageContains(#""pg_catalog."#)], .environment, knownNoMore,
        page: "causes.md#what-the-machine-lacks"),
    CauseRule(
        "extension-version", [.restoring], met: [.sqlState(undefinedOfServer + undefined)],
        when: [.named(.ofExtension)],
        .environment,
        "it may belong to an extension, of which this machine has another version: install the version of the source",
        page: "causes.md#what-the-machine-lacks"),
    CauseRule(
        "named-without-schema", [.restoring], met: [.sqlState(undefinedOfServer + undefined)],
        when: [.named(.withoutSchema)], .backup,
        "a restore has an empty search_path, so it finds no name that is written without its schema",
        page: "causes.md#something-is-missing-in-the-backup"),
    CauseRule(
        "made-later", [.restoring], met: [.sqlState(undefinedOfServer + undefined)], when: [.named(.tooEarly)], .backup,
        "it needs something that is in the backup, and that a restore makes only afterwards",
        page: "causes.md#something-is-missing-in-the-backup"),
    CauseRule(
        "not-made", [.restoring], met: [.sqlState(undefinedOfServer + undefined)], when: [.named(.notMade)], .backup,
        "it needs something of the backup that could not be made, see the first such error",
        page: "causes.md#something-is-missing-in-the-backup"),
    CauseRule(
        "undefined", [.restoring], met: [.sqlState(undefinedOfServer + undefined)], .backup,
        "it needs something that is not in the backup: a partial or damaged dump",
        page: "causes.md#something-is-missing-in-the-backup"),

    CauseRule(
        "behind-end", [.restoring], met: [.sqlState(["42601"])], when: [.behindEnd], nil,
        "it stands after pg_dump's closing comment, so it is not of the dump", page: "causes.md#harmless"),
    CauseRule(
        "syntax-newer", [.restoring], met: [.sqlState(["42601"])], when: [.newerThanSource], .environment, knownNoMore,
        page: "causes.md#what-the-machine-lacks"),
    CauseRule(
        "syntax", [.restoring], met: [.sqlState(["42601"])], .backup, "a statement of the backup is damaged",
        page: "causes.md#a-damaged-file"),
]

private let keptOut = "rows that it needs could not be loaded before, see the first such error"
private let otherLocale =
    "the locale here is not the source's, and how text is sorted or what a letter is decides it: install the source's locale"
private let otherMoney =
    "how an amount of money is written depends on lc_monetary, which no dump holds, and this server has another than the source: drill in a server that has the source's (\(PlanKey.scratchServer))"
private let duplicates = ["42P06", "42P07", "42710", "42723", "42701"]
/// Codes for an undefined object that may belong to the server itself, and that a newer server may no longer have.
private let undefinedOfServer = ["42704", "42883", "42703", "42P02"]
private let undefined = ["42P01", "3F000"]
private let knownNoMore =
    "this server is newer than the dumped one and may no longer have this; install that version of PostgreSQL"
