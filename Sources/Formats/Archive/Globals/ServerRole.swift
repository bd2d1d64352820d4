/// A role, as `pg_dumpall` writes it.
package struct ServerRole: Sendable, Hashable {
    package let name: String
    /// What it may do or not; nil for what the script does not say.
    package var abilities: [RoleAbility: Bool] = [:]
    /// Nil where the script says none, which is no limit.
    package var connectionLimit: Int?
    /// Nil for a role without a password.
    package var password: PasswordForm?
    /// A time, as the source's server printed it; nil for a password that never ends.
    package var validUntil: String?

    package init(name: String) { self.name = name }
}

/// What a role may do, by the keyword of `ALTER ROLE` that allows it; `NO` in front of it forbids it.
package enum RoleAbility: String, Sendable, CaseIterable {
    case superuser = "SUPERUSER"
    case inherit = "INHERIT"
    case createRole = "CREATEROLE"
    case createDatabase = "CREATEDB"
    case login = "LOGIN"
    case replication = "REPLICATION"
    case bypassesRowSecurity = "BYPASSRLS"
}

/// In which form a password is written. The password itself, or what is kept in its place, is in no value of this program.
package enum PasswordForm: Sendable, Hashable {
    /// `SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey` (RFC 5803).
    case scram
    /// `md5` and 32 digits.
    case md5
    /// None that a server of PostgreSQL keeps: a server that takes it makes a new password of it.
    case unknown

    /// - Parameter text: as it stands in `PASSWORD '…'`.
    init(_ text: String) {
        if text.wholeMatch(of: /md5[0-9a-f]{32}/) != nil {
            self = .md5
        } else if text.wholeMatch(
            of: /SCRAM-SHA-256\$[1-9][0-9]*:[A-Za-z0-9+\/]+={0,2}\$[A-Za-z0-9+\/]{43}=:[A-Za-z0-9+\/]{43}=/) != nil
        {
            // Two keys of 32 bytes in base64.
            self = .scram
        } else {
            self = .unknown
        }
    }
}

/// One role has the rights of another.
package struct RoleMembership: Sendable, Hashable {
    package let role: String
    package let member: String
    package var isAdmin = false
    /// Since PostgreSQL 16; nil where the script does not say.
    package var inherits: Bool?
    /// Since PostgreSQL 16. Only where it is off, the script says it.
    package var mayBecome = true
    /// Nil where the script names none.
    package var grantor: String?

    package init(role: String, member: String) { (self.role, self.member) = (role, member) }
}

/// A place for files besides the data directory.
package struct ServerTablespace: Sendable, Hashable {
    package let name: String
    package let owner: String?
    /// A directory of the source's machine; empty for one within the data directory.
    package let location: String
}

/// A setting that is kept for a role, a database, or a role in a database.
package struct StoredSetting: Sendable, Hashable {
    package let role: String?
    package let database: String?
    package let name: String
    /// One or, of a setting that is a list, several. May be secrets.
    package let values: [String]
}
