import Checks
import Foundation

/// What the databases of one backup come to together.
extension DrillRecord.State {
    /// Databases that nobody could ask, because of what was found in their part of the backup, where others were asked.
    var lostDatabases: Set<String> {
        let checked = Set(results.compactMap(\.database))
        guard !checked.isEmpty else { return [] }
        let bad = findings.filter { $0.id == .archive && [.failed, .inconclusive].contains($0.status) }
        return Set(bad.compactMap(\.database)).intersection(databases).subtracting(checked)
    }

    /// The time after which what came is lost; nil where nothing tells.
    ///
    /// A copy of a server has all its databases at one moment: the newest row of any of them shows how far it reaches. Of dumps that
    /// were made one after the other, each reaches as far as its own rows show, and the worst is what would be lost.
    var newest: Date? { leastRecent?.newest }

    /// How far that lies behind the time up to which the backup claims to have the data, in seconds; nil where nothing tells.
    var newestBeforeBackup: Double? {
        let lags = results.compactMap(\.newestBeforeBackup)
        return isOfOneMoment ? lags.min() : lags.max()
    }

    /// The database that ``newest`` is of.
    var leastRecent: CheckResults? {
        let told = results.filter { $0.newest != nil }
        let isBefore: (CheckResults, CheckResults) -> Bool = { $0.newest! < $1.newest! }
        return isOfOneMoment ? told.max(by: isBefore) : told.min(by: isBefore)
    }

    /// Of which of several databases the newest row is; empty where one is checked.
    var newestWords: String {
        guard let database = leastRecent?.database else { return "" }
        if isOfOneMoment { return " of any database" }
        let silent = results.filter { $0.newest == nil }.compactMap(\.database)
        return " of \(database), whose rows are the oldest"
            + (silent.isEmpty ? "" : " (none tells of \(silent.joined(separator: ", ")))")
    }

    private var isOfOneMoment: Bool { results.allSatisfy(\.isOfOneMoment) }

    /// Installed extensions with their versions; where databases have several versions of one, all of them.
    var extensions: [String: String] {
        let versions = results.flatMap(\.extensions).reduce(into: [String: Set<String>]()) {
            $0[$1.key, default: []].insert($1.value)
        }
        return versions.mapValues { $0.sorted().joined(separator: ", ") }
    }
}
