import Findings
import Physical
import Postgres

extension CheckID {
    package static let replicationSlots = CheckID("replication-slots")
}

/// For whom did the source keep its log?
struct ReplicationSlotsCheck: Check {
    static let description = CheckDescription(
        id: .replicationSlots,
        asks: "Which replication slots does the copy hold, for consumers that may be gone?",
        covers: """
            The slots in the files of a snapshot, and how much log each kept when it was made. They are told and never held \
            against the backup: the scratch server does not have them. A server that is recovered from such a snapshot by \
            hand does, and keeps its log for them until its disk is full.
            """,
        doesNotCover: """
            Slots that the copy left out, as pg_basebackup does. Whether a consumer is still there, and what a slot keeps VACUUM \
            from removing.
            """,
        notRun: "the backup is a dump, which has none", isOfServer: true)

    private static let subject = "server"
    private static let named = 20

    func findings(in context: CheckContext, _ answers: ScanAnswers) async throws -> [Finding] {
        guard context.contents.isPhysicalCopy else { return [] }
        guard let slots = context.contents.replicationSlots else {
            return [
                Finding(
                    id: Self.id, subject: Self.subject, status: .notRun,
                    reason: "a snapshot in AWS is restored without them, and AWS does not say which existed")
            ]
        }
        let position: String = try await context.query("SELECT pg_catalog.pg_current_wal_lsn()::text")[0].need(at: 0)
        let now = LogPosition(position)
        if slots.isEmpty {
            return [Finding(id: Self.id, subject: Self.subject, status: .passed, basis: .archive, observed: "none")]
        }
        var findings = slots.prefix(Self.named).map { Self.finding(about: $0, now) }
        if slots.count > Self.named {
            findings[Self.named - 1].reason? += "; and \(slots.count - Self.named) more slots"
        }
        return findings
    }

    private static func finding(about slot: ReplicationSlot, _ now: LogPosition?) -> Finding {
        Finding(
            id: id, subject: "slot \(slot.name)", status: .passed, basis: .archive,
            observed: observed(slot.state, now),
            reason: """
                this drill leaves it out; a server recovered from these files by hand has it: drop it there \
                (pg_drop_replication_slot) unless its consumer comes back, or log piles up
                """)
    }

    private static func observed(_ state: ReplicationSlot.State?, _ now: LogPosition?) -> String {
        guard let state else { return "its state cannot be read" }
        let kind = state.database == 0 ? "physical" : "logical"
        guard state.restart.value > 0 else { return "\(kind), keeps no log" }
        guard let now, now >= state.restart else { return "\(kind), keeps the log from \(state.restart)" }
        return "\(kind), keeps the log from \(state.restart), \((now.value - state.restart.value) >> 20) MiB back"
    }
}
