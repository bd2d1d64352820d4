import Foundation
import Notify
import PlanFile
import SystemPackage

/// What holds for all plans of this machine: `/etc/pgassay/config.yaml`, or the file that `PGASSAY_CONFIG` names.
package struct MachineConfig: Sendable {
    /// Who is told of every drill of a plan, besides those whom the plan names.
    package var notifiers: [Notifier] = []

    private static let usual: FilePath = "/etc/pgassay/config.yaml"

    /// That of this machine; an empty one where there is none.
    /// - Throws: ``PlanFile/PlanMistakes``; a file that is named must be there.
    package init(environment: [String: String] = ProcessInfo.processInfo.environment) throws(PlanMistakes) {
        let named = environment["PGASSAY_CONFIG"].flatMap { $0.isEmpty ? nil : FilePath($0) }
        guard let file = named ?? (FileManager.default.fileExists(atPath: Self.usual.string) ? Self.usual : nil) else {
            return
        }
        let document: PlanDocument
        do {
            document = try PlanDocument(contentsOf: file)
        } catch {
            throw PlanMistakes([error])
        }
        self = try document.decode { node throws(PlanError) in try MachineConfig(node) }
    }

    private init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: ["notify"])
        if let notify = values["notify"] { notifiers = try [Notifier](notify) }
    }
}
