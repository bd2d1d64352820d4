/// How a data directory was copied, as its own files tell it: whether they belong to each other.
package struct CopyOrigin: Sendable {
    let label: BackupLabel?
    let manifest: BackupManifest?
    /// A snapshot of a file system has this file of the server that ran on it.
    let hasPostmasterFile: Bool
    let control: Control

    /// What `global/pg_control` says.
    struct Control: Sendable {
        /// "Database cluster state", as `pg_controldata` prints it.
        let state: String
        let systemIdentifier: UInt64
        /// Where replay would begin from the latest checkpoint.
        let redo: LogPosition
        let timeline: UInt32

        init(_ file: ControlFile) {
            self.init(
                state: "\(file.state)", systemIdentifier: file.systemIdentifier, redo: file.redo,
                timeline: file.timeline)
        }

        init(state: String, systemIdentifier: UInt64, redo: LogPosition, timeline: UInt32) {
            (self.state, self.systemIdentifier, self.redo, self.timeline) = (state, systemIdentifier, redo, timeline)
        }

        var wasShutDown: Bool { state == "shut down" || state == "shut down in recovery" }
    }

    package init(_ directory: DataDirectory, _ control: ControlFile) {
        self.init(
            label: directory.label, manifest: directory.manifest, hasPostmasterFile: directory.hasPostmasterFile,
            control)
    }

    init(label: BackupLabel?, manifest: BackupManifest?, hasPostmasterFile: Bool, _ control: ControlFile) {
        self.init(
            label: label, manifest: manifest, hasPostmasterFile: hasPostmasterFile, control: Control(control))
    }

    init(label: BackupLabel?, manifest: BackupManifest?, hasPostmasterFile: Bool, control: Control) {
        (self.label, self.manifest, self.hasPostmasterFile) = (label, manifest, hasPostmasterFile)
        self.control = control
    }

    /// True if its server ran when it was copied, and no backup label says where replay begins. It is good if every file is of one
    /// moment: then replay goes on from where the server was. Of a copy that was made file by file, nothing in it proves that.
    package var needsOneMoment: Bool { label == nil && hasPostmasterFile }

    /// Why no server should be started on the copy: what it recovers to would be another database than the source was.
    package var flaws: [FileFlaw] {
        if label == nil, manifest == nil, !hasPostmasterFile, !control.wasShutDown {
            return [
                FileFlaw(
                    path: "global/pg_control",
                    problem: """
                        it says that the server was "\(control.state)", and there is neither backup_label nor postmaster.pid: \
                        the directory was copied while its server ran, or lost its backup_label. Take a base backup \
                        (pg_basebackup), a snapshot of the file system with its postmaster.pid, or stop the server first
                        """)
            ]
        }
        return labelFlaw.map { [FileFlaw(path: BackupLabel.fileName, problem: $0)] } ?? manifestFlaw.map {
            [FileFlaw(path: BackupManifest.fileName, problem: $0)]
        } ?? []
    }

    /// A server copies `pg_control` last, so its checkpoint is that of the label, or a later one.
    private var labelFlaw: String? {
        guard let label else { return nil }
        if label.timeline > control.timeline {
            return
                "it is of another backup: it names the timeline \(label.timeline), and pg_control \(control.timeline)"
        }
        if label.start > control.redo {
            return
                "it is of another backup: replay begins at \(label.start) by it, and pg_control is from \(control.redo)"
        }
        guard let ranges = manifest?.logRanges, !ranges.isEmpty,
            !ranges.contains(where: { $0.start == label.start && $0.timeline == label.timeline })
        else { return nil }
        let starts = ranges.map(\.start.description).joined(separator: ", ")
        return "it is of another backup: replay begins at \(label.start) by it, and at \(starts) by backup_manifest"
    }

    private var manifestFlaw: String? {
        guard let system = manifest?.systemIdentifier, system != String(control.systemIdentifier) else { return nil }
        return
            "it is of another server: its system identifier is \(system), and pg_control's \(control.systemIdentifier)"
    }
}
