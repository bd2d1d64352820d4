import Postgres
import TestSupport
import Testing

@testable import Values

/// The rules of values, against servers: what a server takes is never refused, and what no server takes never passes.
@Suite struct ServerAnswersTests {
    /// What each server says of each text, as a value of a column of the type.
    private static func answers(_ rows: [(type: ValueRow, texts: [String])], major: Int) async throws -> [[Bool]] {
        try await TestServer.shared(major: major) { server in
            try await withNewDatabase(on: server) { target in
                try await withConnection(to: target.settings(["DateStyle": "ISO, MDY"])) { connection in
                    try await connection.execute("CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'ü')")
                    if major < 16 { try await connection.execute(oldQuestion) }
                    var answers: [[Bool]] = []
                    for row in rows {
                        let texts = row.texts.map { "(\(quoteLiteral($0)))" }.joined(separator: ", ")
                        let question =
                            major < 16 ? "takes(text, '\(row.type.sql)')" : "pg_input_is_valid(text, '\(row.type.sql)')"
                        // In the order of the list, and each text once.
                        let list = "SELECT text, row_number() OVER () AS place FROM (VALUES \(texts)) AS list (text)"
                        let found = try await connection.query(
                            "SELECT \(question) FROM (\(list)) AS listed ORDER BY place")
                        answers.append(try found.map { try $0.need(at: 0, as: Bool.self) })
                    }
                    return answers
                }
            }
        }
    }

    /// What `pg_input_is_valid` says from PostgreSQL 16 on.
    private static let oldQuestion = """
        CREATE FUNCTION takes(value text, type text) RETURNS boolean LANGUAGE plpgsql AS $$
        BEGIN
            EXECUTE format('CREATE TEMP TABLE IF NOT EXISTS %I (value %s)', type, type);
            EXECUTE format('INSERT INTO %I VALUES (%L)', type, value);
            RETURN true;
        EXCEPTION WHEN data_exception OR program_limit_exceeded OR statement_too_complex OR invalid_text_representation THEN
            RETURN false;
        END $$
        """

    private func judge(_ text: String, _ type: ValueType) -> ValueAnswer {
        Array(text.utf8).withUnsafeBytes { type.judge($0) }
    }

    @Test func everyRuleIsThatOfAServer() async throws {
        var random = SeededGenerator(4711)
        let listed = ValueRow.all.map { (type: $0, texts: $0.judged + $0.unjudged) }
        let damaged = ValueRow.all.map { row in
            (type: row, texts: (0..<150).map { _ in row.judged.randomElement(using: &random)!.damaged(&random) })
        }
        let old = try await Self.answers(listed + damaged, major: 15)
        let new = try await Self.answers(listed + damaged, major: 18)
        for (row, (old, new)) in zip(listed + damaged, zip(old, new)) {
            for (text, isTaken) in zip(row.texts, zip(old, new).map { $0 || $1 }) {
                let answer = judge(text, row.type.type)
                let wanted: ValueAnswer = isTaken ? .fits : .doesNotFit
                let isListed = row.type.judged.contains(text)
                #expect(
                    answer == wanted || answer == .unknown && !isListed, "\(row.type.sql): \(text.debugDescription)")
            }
        }
        for row in ValueRow.all {
            for text in row.unjudged { #expect(judge(text, row.type) == .unknown, "\(row.sql): \(text)") }
        }
    }

    @Test("Damage to what a server prints is seen mostly, in the types that have a form")
    func damage() {
        var random = SeededGenerator(1)
        for row in ValueRow.all where row.printed != nil {
            let texts = (0..<2000).map { _ in row.printed!.damaged(&random) }
            let seen = texts.count { judge($0, row.type) == .doesNotFit }
            #expect(seen > 500, "\(row.sql): \(seen)")
        }
    }
}

extension String {
    /// With one or two bytes changed, left out, or put in.
    fileprivate func damaged(_ random: inout SeededGenerator) -> String {
        var bytes = Array(utf8)
        let alphabet = Array("0123456789-:+.eExX_ \"'\\/{}[],tfnuabNTBC".utf8)
        for _ in 0..<Int.random(in: 1...2, using: &random) {
            let place = bytes.isEmpty ? 0 : Int.random(in: 0..<bytes.count, using: &random)
            let byte = alphabet.randomElement(using: &random)!
            switch Int.random(in: 0..<4, using: &random) {
            case 0 where !bytes.isEmpty: bytes.remove(at: place)
            case 1: bytes.insert(byte, at: place)
            case 2 where !bytes.isEmpty: bytes = Array(bytes[..<place])
            default: if !bytes.isEmpty { bytes[place] = byte }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
