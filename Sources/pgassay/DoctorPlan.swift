import Backup
import Drill
import Evidence
import Files
import Findings
import Foundation
import Ledger
import Notify
import PlanKeys
import Processes
import Report
import Scratch
import SystemPackage

/// Finds out whether a plan can be drilled on this machine, without drilling it.
/// - Parameter reports: in the place of the plan's directory.
func examinePlan(_ name: String, reports directory: String?) async -> [DoctorFinding] {
    var plan: Plan
    do {
        plan = try Plan(named: name)
        if let directory { plan.reports = FilePath(directory) }
    } catch {
        return [.bad("Plan", (error as? Failure)?.message ?? "\(error)")]
    }
    let signing = key(of: plan)
    return [.good("Plan", "\(plan.name), \(name)")] + (await backup(of: plan)) + [signing.finding] + reports(of: plan)
        + (await ledger(of: plan, signing.signer)) + notifiers(of: plan)
}

private func backup(of plan: Plan) async -> [DoctorFinding] {
    let name = "Backup"
    do {
        let request = try await DrillRequest(
            plan, backup: nil, pick: nil, reports: nil, key: nil, ledger: try LedgerOptions.parse([]), begins: false,
            keepScratch: false)
        let dryRun = try await DryRun(of: request, signature: "")
        let age = dryRun.created.map { ", \(HumanUnits.duration(Date().timeIntervalSince($0))) old" } ?? ""
        var findings = [
            DoctorFinding.good(
                name,
                "\(dryRun.backup), \(dryRun.formatAndSize)\(age): \(dryRun.whyThisOne)")
        ]
        if let created = dryRun.created, created.timeIntervalSince(Date()) > 60 {
            findings.append(
                .bad(
                    "Clock", "the backup is of \(Timestamp.plain(created)), which is in the future",
                    mend: "set this machine's clock, or find out whose clock was wrong when the backup was made"))
        }
        if let needed = dryRun.diskNeeded, let free = dryRun.diskFree {
            let words = "about \(HumanUnits.bytes(needed)) needed, \(HumanUnits.bytes(free)) free"
            findings.append(
                free >= needed
                    ? .good("Disk", words)
                    : .bad(
                        "Disk", words,
                        mend: "make room, or name a larger disk in \(PlanKey.scratchDirectory) of the plan"))
        }
        findings += dryRun.obstacles.map { .bad("Drill", $0) }
        findings += dryRun.missingNames.map { .note("Drill", $0, mend: "see whether the plan still fits the database") }
        return findings
    } catch {
        return [.bad(name, (error as? Failure)?.message ?? "\(error)")]
    }
}

private func key(of plan: Plan) -> (finding: DoctorFinding, signer: (any Signer)?) {
    let name = "Key"
    do {
        let options = try SignerOptions.parse([])
        guard let source = try options.source(plan: plan.signing) else {
            return (
                .bad(
                    name, "no key signs the report",
                    mend: "pgassay keys generate --output DIR, and name it in PGASSAY_SIGNING_KEY or signingKey"), nil
            )
        }
        let signer = try SignerOptions.signer(source)
        return (.good(name, "signed by the key \(signer.publicKey.fingerprint.prefix(17))…"), signer)
    } catch {
        return (.bad(name, (error as? Failure)?.message ?? "\(error)"), nil)
    }
}

private func reports(of plan: Plan) -> [DoctorFinding] {
    let directory = plan.reports ?? "pgassay-reports"
    do {
        try ReportStore.probe(directory)
    } catch {
        return [.bad("Reports", "\(error)")]
    }
    return [.good("Reports", "\(directory) can be written")]
}

private func ledger(of plan: Plan, _ signer: (any Signer)?) async -> [DoctorFinding] {
    do {
        let reports = plan.reports ?? "pgassay-reports"
        guard let place = try LedgerOptions.parse([]).destination(plan.ledger, reports: reports, signer: signer)?.place
        else {
            return []
        }
        return [.good("Ledger", place.location.words + ", " + (try await size(of: place)))]
    } catch {
        return [.bad("Ledger", (error as? Failure)?.message ?? "\(error)")]
    }
}

private func size(of place: LedgerPlace) async throws -> String {
    do {
        let signed = try await LogReader(of: place.location).checkpoint(signedBy: place.keys)
        return counted(signed.checkpoint.size, "entry", "entries")
    } catch LedgerError.missing {
        return "not there yet; a drill makes it"
    }
}

private func notifiers(of plan: Plan) -> [DoctorFinding] {
    do {
        return (try MachineConfig().notifiers + plan.notifiers).map(examine)
    } catch {
        return [.bad("Notify", "\(error)")]
    }
}

private func examine(_ notifier: Notifier) -> DoctorFinding {
    do {
        try notifier.examine()
    } catch {
        return .bad("Notify", "\(notifier.name): \(error)")
    }
    return .good("Notify", "\(notifier.name) can be tried")
}
