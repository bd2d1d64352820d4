import ColdTier
import Foundation
import PlanFile
import Storage

extension ExportPlan {
    static let keys = [
        "output", "database", "layout", "strictTypes", "slice", "timeZone", "olderThan", "before", "tables",
        "compression", "jobs",
        "rate",
        "objectLock",
    ]

    init(_ node: PlanNode) throws(PlanError) {
        let values = try node.mapping(allowed: Self.keys)
        guard let output = values["output"] else { throw node.missing("output") }
        guard let tables = values["tables"] else { throw node.missing("tables") }
        self.init(
            output: try output.text(), tables: try Self.tables(tables, cutoff: try node.cutoff(in: values)))
        database = try values["database"]?.connectionString()
        if let node = values["layout"] { layout = try node.choice(ExportLayout.self) }
        if let node = values["strictTypes"] {
            strictTypes = try node.truth()
            guard !strictTypes || layout == .parquet else {
                throw node.error("only the layout parquet has types; a layout of text holds every value")
            }
        }
        if let node = values["slice"] { slicing.by = try node.choice(SlicePeriod.self) }
        if let node = values["timeZone"] { slicing.timeZone = try node.timeZoneName() }
        if let node = values["compression"] { (compression, workers) = try node.compression(layout) }
        jobs = try values["jobs"].map { node throws(PlanError) in Int(try node.wholeNumber(1...64)) }
        rate = try values["rate"]?.rate()
        if let node = values["objectLock"] {
            guard self.output.hasPrefix("s3://") else {
                throw node.error("only objects of a bucket can be locked; the output is a directory")
            }
            objectLock = try node.objectLock()
        }
    }

    fileprivate static let rates = 1000...Int64.max

    /// Bytes a second, as people write a size.
    /// - Returns: nil if the text is not a size, or is so small that no export would end.
    package static func rate(_ text: String) -> Int64? {
        HumanText.bytes(text).flatMap { rates ~= $0 ? $0 : nil }
    }

    private static func tables(
        _ node: PlanNode, cutoff: ExportRequest.Cutoff?
    ) throws(PlanError) -> [ExportRequest.Table] {
        var tables: [ExportRequest.Table] = []
        for (key, value) in try node.named() {
            let name = try key.tableName()
            guard !tables.contains(where: { $0.name == name }) else { throw key.error("\(name) is listed twice") }
            let values = try value.mapping(allowed: ["column", "olderThan", "before"])
            guard let column = values["column"] else { throw value.missing("column") }
            guard let cutoff = try value.cutoff(in: values) ?? cutoff else {
                throw value.error("expected olderThan or before, here or for all tables: what is cold?")
            }
            tables.append(ExportRequest.Table(name: name, timeColumn: try column.text(), cutoff: cutoff))
        }
        guard !tables.isEmpty else { throw node.error("expected at least one table with its column") }
        return tables
    }
}

extension PlanNode {
    /// `olderThan` or `before`.
    /// - Returns: nil if neither is there.
    fileprivate func cutoff(in values: [String: PlanNode]) throws(PlanError) -> ExportRequest.Cutoff? {
        switch (values["olderThan"], values["before"]) {
        case (nil, nil): return nil
        case (let node?, nil):
            guard let span = CalendarSpan(try node.text()) else {
                throw node.error("expected a length of time by the calendar such as 2y, 18mo, 6w or 90d")
            }
            return .olderThan(span)
        case (nil, let node?): return .before(try node.text())
        default: throw error("expected one of olderThan, before, and not both")
        }
    }

    fileprivate func compression(
        _ layout: ExportLayout
    ) throws(PlanError) -> (ExportManifest.Compression, workers: Int) {
        let values = try mapping(allowed: ["level", "longDistanceMatching", "rowGroup", "singleFrame", "workers"])
        var compression = ExportManifest.Compression.standard
        if let node = values["level"] { compression.level = Int(try node.wholeNumber(1...19)) }
        if let node = values["longDistanceMatching"] { compression.longDistanceMatching = try node.truth() }
        if let node = values["rowGroup"] {
            let bytes = try node.bytes()
            guard ExportManifest.Compression.rowGroups ~= bytes else {
                throw node.error("a row group has from 64KiB to 128MiB")
            }
            compression.rowGroupBytes = Int(bytes)
        }
        if let node = values["singleFrame"], try node.truth() {
            guard layout != .parquet else {
                throw node.error(
                    "only the layouts of text are frames; Parquet has row groups, which every reader knows")
            }
            compression.singleFrame = true
        }
        let workers = try values["workers"].map { node throws(PlanError) in Int(try node.wholeNumber(0...64)) }
        return (compression, workers ?? 0)
    }

    fileprivate func rate() throws(PlanError) -> Int64 {
        let bytes = try bytes()
        guard ExportPlan.rates ~= bytes else { throw error("the rate must be at least 1kB a second") }
        return bytes
    }

    fileprivate func objectLock() throws(PlanError) -> ObjectLock {
        let values = try mapping(allowed: ["mode", "days"])
        guard let mode = values["mode"] else { throw missing("mode") }
        guard let days = values["days"] else { throw missing("days") }
        return ObjectLock(
            mode: try mode.choice(ObjectLock.Mode.self), days: Int(try days.wholeNumber(1...36_500)))
    }
}
