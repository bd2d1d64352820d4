import ArgumentParser
import ColdTier
import Drill
import Findings
import Foundation
import Pages
import Postgres

extension ExportCommand {
    struct Get: LoggingCommand {
        static let configuration = CommandConfiguration(
            abstract: "Find rows in an export and print them, proven, without reading all of it.",
            discussion: """
                    pgassay export get DIR --public-key PEM --table conversations --key 4711

                Only the row groups are read that can hold such a row: the manifest has the times and the keys of each (keys that are \
                numbers, UUIDs or times). A row is printed when the SHA-256 of its row group is the one that was signed. What was read \
                is told on standard error.

                \(ExitStatus.getHelp)
                """)

        @Argument(help: ArgumentHelp("A directory, or s3://bucket/prefix.", valueName: "export"))
        var location: String

        @OptionGroup var trust: TrustOptions

        @Option(help: "The table: name (in public), or schema.name.")
        var table: String

        @Option(
            help:
                "The primary key. If it has several columns, give the option once for each, in their order.")
        var key: [String] = []

        @Option(
            name: .customLong("where"),
            help: ArgumentHelp(
                "A value as PostgreSQL prints it, times in UTC. May be given several times: rows must fulfil all.",
                valueName: "column=value"))
        var conditions: [String] = []

        @Option(
            help:
                "How rows are printed: jsonl (an object a line), or copy (PostgreSQL's own text, which COPY … FROM reads; columns as in the manifest)."
        )
        var layout = "jsonl"

        @OptionGroup var log: LogOptions

        func run() async throws {
            guard let name = TableName(parsing: table) else {
                throw Failure(.wrongCommand, "--table expects a table: name, or schema.name")
            }
            guard let layout = TextLayout(rawValue: layout), layout != .csv else {
                throw Failure(.wrongCommand, "--layout expects jsonl or copy")
            }
            var request = GetRequest(
                location: location, publicKey: try trust.key(), table: name, key: key, conditions: conditions,
                layout: layout)
            request.ring = try trust.ring()
            let result = try await runColdTier(onSignal: Self.sayStopping) { [request] emit in
                try await getRows(
                    request, emit: { exportEvent(emit: emit, $0) }, to: { Terminal.show(rows: $0, layout) })
            }
            Terminal.note(result.text)
        }

        private static let sayStopping: @Sendable () -> Void = { Terminal.note("\npgassay: stopping\n") }
    }
}

extension GetResult {
    /// What was read, in words for people.
    var text: ShownText {
        let share = bytes == 0 ? 0 : Double(bytesRead) / Double(bytes) * 100
        return """
            \(counted(rows, "row")). Read \(HumanUnits.bytes(bytesRead)) of the table's \(HumanUnits.bytes(bytes)) \
            (\(String(format: "%.2f", share)) %: \(groupsRead) of \(counted(groups, "row group"))), and \
            \(HumanUnits.bytes(manifestBytes)) of manifest.

            """
    }
}
