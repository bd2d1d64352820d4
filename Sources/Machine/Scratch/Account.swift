import Files
import Glibc
import SystemPackage

/// The account that runs scratch servers and restores. PostgreSQL refuses to run as root. A backup may be hostile, so
/// the account should own nothing else on the machine.
package struct Account: Sendable, Equatable {
    package let name: String
    package let userID: UInt32
    package let groupID: UInt32

    /// The configured account, if there is one. Otherwise, under root, `pgassay` or else `nobody`; without root, the
    /// account that runs this process.
    /// - Throws: ``ScratchError/noAccount(_:)``.
    package static func resolve(configured: String?) throws(ScratchError) -> Account {
        if let configured {
            guard let account = Account(named: configured), account.userID != 0 else { throw .noAccount(configured) }
            return account
        }
        guard geteuid() == 0 else { return ours }
        guard let account = Account(named: "pgassay") ?? Account(named: "nobody") else { throw .noAccount("pgassay") }
        return account
    }

    /// The account that runs this process.
    static var ours: Account { Account(name: name(of: geteuid()), userID: geteuid(), groupID: getegid()) }

    /// True if other programs run as this account too.
    var isShared: Bool { name == "nobody" }

    /// True if this process runs as another account, so a child must change to this account first.
    var isOther: Bool { userID != geteuid() }

    /// As the owner of files.
    package var owner: FileOwner { FileOwner(user: userID, group: groupID) }

    /// Makes a directory that only this account can enter.
    func makeDirectory(_ path: FilePath) throws(ScratchError) {
        do {
            try owner.makeDirectory(path)
        } catch {
            throw .cannotCreate(directory: path, reason: error.description)
        }
    }

    init(name: String, userID: UInt32, groupID: UInt32) {
        self.name = name
        self.userID = userID
        self.groupID = groupID
    }

    private init?(named name: String) {
        guard let entry = getpwnam(name) else { return nil }
        self.init(name: name, userID: entry.pointee.pw_uid, groupID: entry.pointee.pw_gid)
    }

    /// Its name, or its number where it has none.
    static func name(of userID: UInt32) -> String {
        getpwuid(userID).map { String(cString: $0.pointee.pw_name) } ?? "uid \(userID)"
    }
}
