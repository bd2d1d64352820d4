import Files
import SystemPackage

/// A replication slot of the server that was copied, as `pg_replslot/NAME/state` describes it.
///
/// A slot is never laid out with a backup. But when a person recovers a server from a snapshot, that server has the
/// slot. It keeps its log for a consumer that may be gone, until its disk is full.
package struct ReplicationSlot: Sendable, Equatable {
    package let name: String
    /// Nil where its file cannot be read as the state of a slot.
    package let state: State?

    package struct State: Sendable, Equatable {
        /// 0 for a physical slot.
        package let database: UInt32
        /// The position from which on the slot keeps the log; 0 where it keeps none.
        package let restart: LogPosition
    }

    package init(name: String, state: State?) {
        self.name = name
        self.state = state
    }

    /// The most slots that are read; no server has so many in practice.
    private static let most = 1000

    /// - Returns: the slots of a data directory, sorted by name; empty where their directory cannot be read.
    package static func all(in tree: OpenTree) -> [ReplicationSlot] {
        // Only names that the server allows (`ReplicationSlotValidateName`): the name of a directory that is being
        // removed ends in .tmp.
        let slots = tree.names(in: "pg_replslot").filter {
            $0.lastComponent?.string.wholeMatch(of: /[a-z0-9_]{1,63}/) != nil
        }
        return slots.prefix(most).map { slot in
            ReplicationSlot(
                name: slot.lastComponent?.string ?? "", state: tree.file(slot.appending("state")).flatMap { .init($0) })
        }
    }
}

extension ReplicationSlot.State {
    /// `SLOT_MAGIC`.
    private static let magic: UInt32 = 0x105_1CA1
    /// How many bytes are read. All versions from 9.4 on write these alike: magic, checksum, version and length, then
    /// the name of 64 bytes, the database, how long it lasts, two transactions, and where its log begins
    /// (`ReplicationSlotOnDisk`).
    private static let size = 104

    fileprivate init?(_ file: TreeFile) {
        guard let bytes = try? file.head(Self.size), bytes.count == Self.size else { return nil }
        func number<Number: FixedWidthInteger>(at offset: Int, as type: Number.Type = Number.self) -> Number {
            bytes.withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: type)) }
        }
        guard number(at: 0) == Self.magic else { return nil }
        database = number(at: 80)
        restart = LogPosition(number(at: 96, as: UInt64.self))
    }
}
