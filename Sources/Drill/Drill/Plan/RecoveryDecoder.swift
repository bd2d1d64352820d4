import Physical
import PlanFile
import Restore
import SystemPackage

extension RecoverySetting {
    static let keys = [
        "wal", "time", "position", "transaction", "restorePoint", "immediate", "inclusive", "timeline", "database",
        "databases", "superuser", "snapshot",
    ]
    private static let targets = ["time", "position", "transaction", "restorePoint", "immediate"]

    init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        let named = Self.targets.filter { values[$0] != nil }
        guard named.count <= 1 else {
            throw node.error("a recovery stops at one target, and here are \(named.joined(separator: " and "))")
        }
        self.init()
        archive = try values["wal"].map { node throws(PlanError) in FilePath(try node.text()) }
        if let node = values["time"] { target = try node.target(RecoveryTarget.init(time:)) }
        if let node = values["position"] { target = try node.target(RecoveryTarget.init(position:)) }
        if let node = values["transaction"] { target = try node.target(RecoveryTarget.init(transaction:)) }
        if let node = values["restorePoint"] { target = try node.target(RecoveryTarget.init(restorePoint:)) }
        if let node = values["immediate"], try node.truth() { target = .immediate }
        if let node = values["inclusive"] { inclusive = try node.truth() }
        if let node = values["timeline"] {
            timeline = try node.text()
            guard ["latest", "current"].contains(timeline) || UInt32(timeline).map({ $0 > 0 }) == true else {
                throw node.error("a timeline is latest, current, or a number from 1 on")
            }
        }
        database = try values["database"]?.text()
        if let node = values["snapshot"] { isSnapshot = try node.truth() }
        if let node = values["superuser"] { superuser = try node.text() }
    }
}

extension PlanNode {
    fileprivate func target(
        _ make: (String) throws(RecoveryTargetError) -> RecoveryTarget
    ) throws(PlanError) -> RecoveryTarget {
        let text = try text()
        do {
            return try make(text)
        } catch {
            throw self.error(error.description)
        }
    }
}
