import Drill
import Files
import Findings
import PlanFile
import SystemPackage

/// A plan of a fleet, or why it is none.
package struct FleetPlan: Sendable {
    package let file: FilePath
    /// Of the plan; of its file where it cannot be read.
    package let name: String
    /// Where its reports go; nil leaves that to the command.
    package let reports: FilePath?
    /// Why it cannot be drilled.
    package let mistake: String?

    /// All plans of a directory, in the order of their names; not those in directories below. One that cannot be read keeps no
    /// other from being drilled.
    /// - Throws: ``Files/FileError`` when the directory cannot be listed.
    package static func all(in directory: FilePath) throws(FileError) -> [FleetPlan] {
        var plans: [FleetPlan] = []
        for file in try Plan.files(in: directory) {
            let plan = FleetPlan(file)
            if plan.mistake == nil, let same = plans.first(where: { $0.mistake == nil && $0.name == plan.name }) {
                plans.append(
                    FleetPlan(
                        file: plan.file, name: file.lastComponent?.string ?? file.string, reports: nil,
                        mistake: "\(plan.file): its name is \(plan.name), and that is the name of \(same.file) too"))
            } else {
                plans.append(plan)
            }
        }
        return plans
    }

    private init(_ file: FilePath) {
        do {
            let plan = try Plan(contentsOf: file)
            self.init(file: file, name: plan.name, reports: plan.reports, mistake: nil)
        } catch {
            self.init(file: file, name: file.lastComponent?.string ?? file.string, reports: nil, mistake: "\(error)")
        }
    }

    private init(file: FilePath, name: String, reports: FilePath?, mistake: String?) {
        (self.file, self.name, self.reports, self.mistake) = (file, name, reports, mistake)
    }
}
