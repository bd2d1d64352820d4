import Foundation
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
    package static func all(in directory: FilePath) -> [ReplicationSlot] {
        let slots = directory.appending("pg_replslot")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: slots.string)) ?? []
        // Only names that the server allows (`ReplicationSlotValidateName`): the name of a directory that is being
        // removed ends in .tmp.
        return names.lazy.filter { $0.wholeMatch(of: /[a-z0-9_]{1,63}/) != nil }.sorted().prefix(most).map { name in
            ReplicationSlot(name: name, state: State(contentsOf: slots.appending("\(name)/state")))
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

    fileprivate init?(contentsOf path: FilePath) {
        guard let file = try? FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .noFollow, .nonBlocking])
        else { return nil }
        let bytes = try? file.closeAfter {
            try [UInt8](unsafeUninitializedCapacity: Self.size) { buffer, count in
                count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
        }
        guard let bytes, bytes.count == Self.size else { return nil }
        func number<Number: FixedWidthInteger>(at offset: Int, as type: Number.Type = Number.self) -> Number {
            bytes.withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: type)) }
        }
        guard number(at: 0) == Self.magic else { return nil }
        database = number(at: 80)
        restart = LogPosition(number(at: 96, as: UInt64.self))
    }
}
