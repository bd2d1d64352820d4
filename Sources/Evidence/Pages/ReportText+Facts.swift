import Evidence
import Findings
import FoundationEssentials
import Report

extension ReportText {
    /// The second line: which backup, how old, how long the drill took. Ends in a newline.
    static func summary(_ report: Report) -> ShownText {
        let made = report.backup.created.map { ", made \(Timestamp.plain($0))" } ?? ""
        let backup = "\(report.backup.nameAndSize)\(made)"
        // An empty database restores without an error; only a person knows whether it should be empty.
        let empty: ShownText = report.verdict == .passed && report.tables.isEmpty ? "\n\(holdsNoTables)" : ""
        return "\(backup). The drill took \(duration(of: report))." + empty + "\n"
    }

    static let holdsNoTables = "The backup holds no tables. If it should, it was taken of the wrong database."

    static func backup(_ backup: Report.Backup) -> [String] { columns(rows(of: backup)) }

    /// Names and values, as they come from the report.
    static func rows(of backup: Report.Backup) -> [[String]] {
        var rows = [
            ["location", backup.location],
            ["kind", "\(backup.kind), \(backup.format)" + compression(of: backup)],
        ]
        let server = backup.serverVersion.map { " on PostgreSQL \($0)" } ?? ""
        if let database = backup.database { rows.append(["database", database + server]) }
        if let databases = backup.databases {
            rows.append(["databases", databases.joined(separator: ", ") + server])
        }
        if let created = backup.created {
            rows.append(["made", Timestamp.plain(created) + (backup.createdBasis.map { " (\($0))" } ?? "")])
        }
        rows.append(["chosen", backup.whyThisOne])
        rows += backup.digest.sorted { $0.key < $1.key }.map { [$0.key, $0.value] }
        return rows
    }

    private static func compression(of backup: Report.Backup) -> String {
        switch backup.compression {
        case nil: ""
        case "none": ", not compressed"
        case let name?: ", \(name)"
        }
    }

    /// Who ran the drill, when, and what was restored.
    static func drill(_ report: Report) -> [String] { columns(rows(ofDrill: report)) }

    static func rows(ofDrill report: Report) -> [[String]] {
        var rows = [
            ["plan", report.plan],
            ["id", report.id],
            ["started", Timestamp.plain(report.started)],
            ["started by", "\(report.trigger.user) on \(report.trigger.host) (\(report.trigger.kind))"],
        ]
        rows += (report.options ?? []).map { ["option", $0] }
        if let roles = report.approval { rows.append(["approval by", roles.joined(separator: ", ")]) }
        if !report.tables.isEmpty {
            rows.append(["restored", restored(report.tables)])
        }
        rows.append([
            "signed", report.signed ? "yes; `pgassay report verify` checks it" : "no: it proves nothing to others",
        ])
        return rows
    }

    private static func duration(of report: Report) -> String {
        HumanUnits.duration(report.finished.timeIntervalSince(report.started))
    }

    private static func restored(_ tables: [Report.Table]) -> String {
        // The rows are not added up: the rows of a partitioned table are also those of its partitions.
        counted(tables.count { $0.kind == nil }, "table")
    }

    /// Each objective: what was measured, and the target.
    static func objectives(_ objectives: Report.Objectives) -> [String] {
        TextStyle.columns(named(objectives).map { [$0.name, outcome(of: $0.objective)] })
    }

    /// Those that the report has, each with its name for people.
    static func named(_ objectives: Report.Objectives) -> [(name: String, objective: Report.Objective)] {
        let all: [(String, Report.Objective?)] = [
            ("recovery time", objectives.recoveryTime), ("recovery point", objectives.recoveryPoint),
            ("newest row before the backup", objectives.newestRow), ("backup age", objectives.backupAge),
        ]
        return all.compactMap { name, objective in objective.map { (name, $0) } }
    }

    private static func outcome(of objective: Report.Objective) -> String {
        let measured = objective.measured.map(HumanUnits.duration) ?? "not measured"
        let target = objective.target.map { " (at most \(HumanUnits.duration($0)))" } ?? ""
        let met = objective.met.map { $0 ? ": met" : ": MISSED" } ?? ""
        let words = [objective.reason, objective.note].compactMap { $0 }.map { "; \(TextStyle.harmless($0))" }.joined()
        return "\(measured)\(target)\(met)\(words)"
    }

    /// How far the log was replayed, and which database was checked. Empty for a backup without a log.
    static func recovery(_ report: Report) -> [String] { columns(rows(ofRecovery: report)) }

    static func rows(ofRecovery report: Report) -> [[String]] {
        guard let log = report.checks.first(where: { $0.id == .recovery && $0.subject == "log" }) else { return [] }
        let rows = [
            log.expected.map { ["target", $0] }, log.observed.map { ["log", $0] },
            report.backup.database.map { ["database", $0] },
            report.backup.databases.map { ["databases", $0.joined(separator: ", ")] },
        ]
        return rows.compactMap { $0 }
    }

    static func phases(_ phases: [Report.Phase]) -> [String] {
        TextStyle.columns(phases.map { [TextStyle.harmless($0.name), HumanUnits.duration($0.seconds)] })
    }

    static func environment(_ environment: Report.Environment) -> [String] { columns(rows(of: environment)) }

    static func rows(of environment: Report.Environment) -> [[String]] {
        var rows = [
            ["PostgreSQL", environment.postgres ?? "none: the drill ended before it had a server"],
            ["account", environment.account],
        ]
        rows += environment.files.map { [["files", $0]] } ?? []
        rows += environment.isolation.map { ["isolation", $0] }
        rows += list("weakened", environment.weakenedSettings, separator: " = ")
        rows += list("extensions", environment.extensions, separator: " ")
        rows += [["tool", environment.tool], ["system", environment.os]]
        return rows
    }

    static func columns(_ rows: [[String]]) -> [String] {
        TextStyle.columns(rows.map { $0.map(TextStyle.harmless) })
    }

    private static func list(_ name: String, _ values: [String: String], separator: String) -> [[String]] {
        guard !values.isEmpty else { return [] }
        let items = values.sorted { $0.key < $1.key }.map { "\($0.key)\(separator)\($0.value)" }
        return [[name, items.joined(separator: ", ")]]
    }

    static func cleanup(_ cleanup: [Report.Cleanup]) -> [String] {
        TextStyle.columns(
            cleanup.map {
                [
                    $0.removed ? "removed" : $0.isKept ? "kept" : "LEFT BEHIND", TextStyle.harmless($0.what),
                    TextStyle.harmless($0.verified),
                ]
            })
    }
}
