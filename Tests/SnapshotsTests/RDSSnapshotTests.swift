import Foundation
import Testing

@testable import Snapshots

@Suite struct RDSSnapshotTests {
    /// Versions of the tool write the time differently.
    @Test(arguments: [
        "2026-11-22T02:07:11.123Z", "2026-11-22T02:07:11+00:00", "2026-11-22T02:07:11.123000+00:00",
    ])
    func isDescribedInOneWay(_ created: String) throws {
        let snapshot = RDSSnapshot(
            identifier: "sunday", arn: "arn:aws:rds:eu-central-1:123456789012:snapshot:sunday", source: "orchard",
            created: created, engine: "postgres", engineVersion: "15.4", gibibytes: 20, status: "available",
            type: "manual", masterUser: "postgres", kmsKey: nil)
        #expect(
            String(decoding: try snapshot.canonicalDescription, as: UTF8.self) == """
                {"arn":"arn:aws:rds:eu-central-1:123456789012:snapshot:sunday","created":"2026-11-22T02:07:11Z",\
                "engine":"postgres","engineVersion":"15.4","gibibytes":20,"kmsKey":null,"source":"orchard","type":"manual"}

                """)
        #expect(snapshot.region == "eu-central-1")
        #expect(snapshot.createdDate?.timeIntervalSince1970 == 1_795_313_231)
    }
}
