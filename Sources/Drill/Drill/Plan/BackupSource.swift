import Fetch
import Snapshots
import SystemPackage

/// Which backup to drill.
package struct BackupSource: Sendable, Equatable {
    package var place: Place
    package var pick: Pick = .newest
    /// A program and its arguments that decrypt the backup; nil if it is not encrypted.
    package var decrypt: [String]?
    /// Places that links of tablespaces and of the log may lead to.
    package var follow: [FilePath] = []
    /// A script of `pg_dumpall --globals-only`, whose roles and tablespaces are restored before a dump.
    package var globals: FilePath?
    /// Names of our environment variables that ``decrypt`` and a command of the plan get.
    package var environment: [String] = []
    /// Zone of the clock of the machine that dumped; nil takes this machine's.
    package var timeZone: String?
    /// What options of the command say in the place of the plan, as parts of the sentence why this backup was chosen.
    package var overrides: [String] = []
    /// True if it was named on the command line, without a plan.
    package var isGiven = false
    /// True if damage in one backup is also in every later one, so that a search for a good one can halve the range.
    package var damagePersists = false

    package init(path: String) { place = .path(path) }

    init(_ place: Place) { self.place = place }

    /// Takes what the options `--backup` and `--pick` say, and keeps what they replace. A plan that names no backup already has that
    /// of the option.
    package mutating func override(backup: String?, pick: String?) {
        if let backup, place != .path(backup) {
            overrides.append("named with --backup, instead of the plan's \(place)")
            place = .path(backup)
        }
        if let pick {
            overrides.append("picked with --pick \(pick)\(isGiven ? "" : ", instead of the plan's \(self.pick)")")
            self.pick = Pick(pick)
        }
    }

    /// Where the backup is.
    package enum Place: Sendable, Equatable, CustomStringConvertible {
        /// A file, a directory dump, a base backup, or a pattern as in a shell; on this machine, or `s3://…`.
        case path(String)
        case pgBackRest(PgBackRest)
        case barman(Barman)
        /// A program and its arguments that fill an empty directory.
        case command([String])
        /// Snapshots in a cloud, which the cloud restores.
        case snapshot(SnapshotSource)

        /// For people, without secrets.
        package var description: String {
            switch self {
            case .path(let path): path
            case .pgBackRest(let repository): repository.location(of: "")
            case .barman(let repository): repository.location(of: "")
            case .command(let command): "command: \(command.joined(separator: " "))"
            case .snapshot(let source): "a snapshot of the \(source.of)"
            }
        }
    }

    var decryption: Decryption? { decrypt.map { Decryption(command: $0, variables: environment) } }

    /// Which of several to take.
    package enum Pick: Sendable, Equatable, CustomStringConvertible {
        case newest, oldest, random
        case name(String)

        package var description: String {
            switch self {
            case .newest: "newest"
            case .oldest: "oldest"
            case .random: "random"
            case .name(let name): name
            }
        }

        package init(_ text: String) {
            switch text {
            case "newest": self = .newest
            case "oldest": self = .oldest
            case "random": self = .random
            default: self = .name(text)
            }
        }
    }
}
