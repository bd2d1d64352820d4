import Foundation
import Testing

/// The page of damage is made from the table that the tests of damage go through. `make docs` writes it.
@Suite struct DamagePageTests {
    private let page = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../docs/damage.md").standardizedFileURL

    private static let start = "<!-- Written from Tests/CommandTests/Support/Damage by `make docs`. -->\n"
    private static let end = "<!-- End of what is written. -->"

    @Test func hasTheTable() throws {
        let text = try String(contentsOf: page, encoding: .utf8)
        let start = try #require(text.range(of: Self.start)).upperBound
        let end = try #require(text.range(of: Self.end)).lowerBound
        let tables = Self.damages + Self.baseBackups + Self.healthy
        if ProcessInfo.processInfo.environment["PGASSAY_WRITE_PAGES"] != nil {
            try Data(text.replacingCharacters(in: start..<end, with: tables).utf8).write(to: page)
        } else {
            #expect(text[start..<end] == tables, "run make docs")
        }
    }

    private static var damages: String {
        let rows = Damage.all.map { damage in
            let forms = DamageForm.all.filter(damage.forms)
            let (inspect, drill) =
                switch damage.answer {
                case .bad(let words): (words.isEmpty ? "bad" : "bad: “… \(words) …”", "bad")
                case .unseen(let words): (unseen(words), unseen(words))
                }
            return row([damage.name, names(forms), pgRestore(damage, forms), inspect, drill])
        }
        return "\n" + row(["damage", "made in", "pg_restore", "inspect", "drill"])
            + row(Array(repeating: "---", count: 5))
            + rows.joined()
    }

    private static func unseen(_ words: String) -> String {
        "passes, and says that this form has no checksum; with a manifest bad: “… \(words.trimmingCharacters(in: .whitespaces)) …”"
    }

    private static var baseBackups: String {
        let rows = BaseDamage.all.map { damage in
            let codes = Dictionary(grouping: BaseForm.allCases.filter { damage.verify($0) != nil }) {
                damage.verify($0)!
            }
            .sorted { $0.key > $1.key }
            let verified = codes.map { code, forms in
                codes.count == 1
                    ? "exit code \(code)" : "exit code \(code) (\(forms.map(\.rawValue).joined(separator: ", ")))"
            }
            return row([damage.name, verified.joined(separator: ", "), "bad: “… \(damage.words) …”", "bad"])
        }
        return """

            ## Base backups

            Made by `pg_basebackup` of PostgreSQL 15, with checksums of the files in its manifest, and of 18 with `--manifest-checksums=NONE`;
            the source has data checksums. `pg_verifybackup` is that of the same release.


            """ + row(["damage", "pg_verifybackup", "inspect", "drill"]) + row(Array(repeating: "---", count: 4))
                + rows.joined()
    }

    private static var healthy: String {
        let rows = HealthyDatabase.all.map { row([$0.reason, "custom, script"]) }
        return "\n## What is odd and passes\n\n" + row(["database", "dumped as"]) + row(["---", "---"]) + rows.joined()
            + row(["the database of the table above, undamaged", names(DamageForm.all)])
    }

    private static func pgRestore(_ damage: Damage, _ forms: [DamageForm]) -> String {
        if case .hangs = damage.pgRestore { return "does not end" }
        let codes = forms.reduce(into: [Int32: [DamageForm]]()) { codes, form in
            if let code = damage.pgRestore.exitCode(form) { codes[code, default: []].append(form) }
        }
        guard codes.count > 1 else { return codes.keys.first.map { "exit code \($0)" } ?? "" }
        return codes.sorted { $0.key < $1.key }.map { "exit code \($0) (\(names($1)))" }.joined(separator: ", ")
    }

    /// Each once, whatever the version.
    private static func names(_ forms: [DamageForm]) -> String {
        var seen: Set<String> = []
        return forms.map(\.name).filter { seen.insert($0).inserted }.joined(separator: ", ")
    }

    private static func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
}
