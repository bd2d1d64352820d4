import Findings
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Whatever a backup starts ends with its drill.
@Suite struct LeftoverTests {
    @Test func aProgramThatLeavesTheServersSession() async throws {
        try await withDesk { desk in
            // A number that nobody else sleeps.
            let sleep = "sleep 3600.\(UInt32.random(in: 1_000_000 ... .max))"
            let drilled = try await desk.drill(
                try desk.script(
                    """
                    CREATE TABLE public.t (id integer);
                    COPY public.t (id) FROM PROGRAM 'cd /; setsid \(sleep) >/dev/null 2>&1 & echo 1';
                    """))
            #expect(drilled.exitCode == 0, "\(drilled.complaints)")
            #expect(drilled.rows == ["public.t": 1])
            #expect(processes(using: FilePath(sleep)) == [])
        }
    }
}
