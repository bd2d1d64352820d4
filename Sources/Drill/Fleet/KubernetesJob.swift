import SystemPackage

/// A job of Kubernetes that drills each plan of a directory in a pod of its own, all with one ledger.
package struct KubernetesJob: Sendable {
    /// How many plans there are.
    package var plans: Int
    /// How many pods run at the same time.
    package var jobs: Int
    package var directory: FilePath
    /// Of the ledger, in a bucket: pods on many machines append to it.
    package var ledger: String
    /// Of the image.
    package var version: String

    package init(plans: Int, jobs: Int, directory: FilePath, ledger: String, version: String) {
        self.plans = plans
        self.jobs = jobs
        self.directory = directory
        self.ledger = ledger
        self.version = version
    }

    package var yaml: String {
        let values = [
            "plans": "\(plans)", "jobs": "\(jobs)", "directory": directory.string, "ledger": ledger, "version": version,
        ]
        return values.reduce(String(decoding: PackageResources.kubernetes_yaml, as: UTF8.self)) {
            $0.replacing("{{\($1.key)}}", with: $1.value)
        }
    }
}
