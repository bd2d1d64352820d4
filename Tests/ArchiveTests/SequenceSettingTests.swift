import Testing

@testable import Archive

/// How a plain dump sets its sequences.
@Suite(.keepsItsThread) struct SequenceSettingTests {
    @Test(arguments: [
        ("SELECT pg_catalog.setval('public.t_id_seq', 42, true);", ["public", "t_id_seq", "42", "true"]),
        (#"SELECT pg_catalog.setval('"My s"."it''s"', -7, false);"#, ["My s", "it's", "-7", "false"]),
        (
            #"SELECT "pg_catalog"."setval"('public.a', 9223372036854775807, true);"#,
            ["public", "a", "9223372036854775807", "true"]
        ),
        ("SELECT pg_catalog.setval('t_id_seq', 42, true);", []),
        ("SELECT pg_catalog.setval('public.t', 99999999999999999999, true);", []),
        ("SELECT pg_catalog.setval('public.t', 42, true), 1;", []), ("SELECT public.setval('public.t', 42, true);", []),
    ])
    func isReadFromAPlainDump(_ statement: String, _ expected: [String]) {
        var script = PlainScript()
        var parts: [PlainPart] = []
        script.consume(Array((statement + "\n").utf8).span, parts: &parts)
        let found = parts.compactMap { part -> [String]? in
            guard case .event(.sequence(let setting)) = part else { return nil }
            return [setting.schema, setting.name, "\(setting.last)", "\(setting.isCalled)"]
        }
        #expect(found == (expected.isEmpty ? [] : [expected]))
    }
}
