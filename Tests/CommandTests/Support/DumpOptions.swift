import Sample
import Testing

/// A way of running pg_dump that people use and that changes nothing of what is in the dump.
struct DumpOptions: Sendable, CustomTestStringConvertible {
    let kind: DumpKind
    let reason: String

    var testDescription: String { "\(kind.name): \(reason)" }

    private init(_ name: String, _ format: SampleFormat, _ options: [String], _ reason: String) {
        kind = DumpKind("option-" + name, format, options)
        self.reason = reason
    }

    static let all = [
        DumpOptions("inserts", .plain, ["--inserts"], "no COPY: each row a statement"),
        DumpOptions("column-inserts", .plain, ["--column-inserts", "--rows-per-insert=100"], "many rows a statement"),
        DumpOptions("on-conflict", .plain, ["--inserts", "--on-conflict-do-nothing"], "for loading twice"),
        DumpOptions("inserts-custom", .custom, ["--inserts"], "an archive of statements"),
        DumpOptions("bare", .custom, ["-O", "-x"], "no owners, no grants"),
        DumpOptions("bare-plain", .plain, ["-O", "-x"], "no owners, no grants, as a script"),
        DumpOptions("clean", .plain, ["--clean"], "drops first what is not there"),
        DumpOptions("clean-if-exists", .plain, ["--clean", "--if-exists"], "drops first what may be there"),
        DumpOptions("create", .plain, ["--create"], "creates and connects to its own database"),
        DumpOptions("clean-create", .plain, ["--clean", "--if-exists", "--create"], "drops its own database first"),
        DumpOptions("public", .plain, ["--schema=public"], "creates the schema public, which is there"),
        DumpOptions("public-custom", .custom, ["--schema=public"], "the same in an archive"),
        DumpOptions("latin1", .plain, ["--encoding=LATIN1"], "its bytes are not UTF-8"),
        DumpOptions("session", .plain, ["--use-set-session-authorization"], "owners by SET SESSION AUTHORIZATION"),
        DumpOptions("uncompressed", .custom, ["--compress=0"], "no compression in the archive"),
        DumpOptions("uncompressed-directory", .directory, ["--compress=0"], "no compression in its files"),
        DumpOptions("parallel", .directory, ["--jobs=2"], "written by two connections"),
    ]
}
