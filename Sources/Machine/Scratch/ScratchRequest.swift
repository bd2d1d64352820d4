import SystemPackage

/// The properties that a scratch server must have.
package struct ScratchRequest: Sendable {
    package var parent: FilePath
    package var account: String?
    package var isolation = IsolationDemand.required
    package var jobs: Int
    /// Bytes that the restore needs; checked before anything is made.
    package var diskSpace: Int64
    /// The size of the data that the server will hold, as estimated, in bytes; nil if that is not known.
    package var dataSize: Int64?
    /// How many tables, indexes and other objects it will hold, at most; nil if that is not known.
    package var objects: Int?
    /// Says in the lock file to whom this directory belongs.
    package var label: String
    /// Leave the server running after `body`, for a person to look at.
    package var keep: Bool
    /// Time that each step of starting and stopping may take.
    package var deadline: Duration = .seconds(120)
    /// Time that the server may take to replay its log before it accepts connections.
    package var recoveryDeadline: Duration?
    /// The name of the superuser: of an empty server, and of one whose data directory was laid out.
    package var superuser = ScratchServer.superuser
    /// A database that such a server has, for work on the server as a whole.
    package var maintenanceDatabase = "postgres"
    /// The directory that an overlay may show as the data directory, where the kernel allows it; nil: the data
    /// directory is always filled.
    package var overlay: OverlayRequest?
    /// Where an empty data directory may be copied from.
    package var cache: TemplateCache? = .configured

    package init(
        parent: FilePath, account: String? = nil, jobs: Int, diskSpace: Int64, label: String, keep: Bool = false
    ) {
        self.parent = parent
        self.account = account
        self.jobs = jobs
        self.diskSpace = diskSpace
        self.label = label
        self.keep = keep
    }
}
