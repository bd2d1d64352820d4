import Compression
import Evidence
import Parquet
import Rows
import Storage

extension ExportManifest {
    /// What the manifest says that cannot be true: parts that do not add up to their slice, names that lead out of the
    /// store, times outside of their slice. If there is nothing, the manifest is as reliable as its signer.
    package func contradictions(subject: [ResourceDescriptor]) -> [String] {
        var found = Reasons()
        place(&found)
        guard totalsFit else { return ["it counts more rows or bytes than there can be"] }
        for (index, table) in tables.enumerated() {
            table.contradictions(of: self, at: "tables[\(index)]", &found)
        }
        names(&found)
        erasures(&found)
        if subject != subjects { found.add("`subject` is not the files of `predicate.tables` with their digests") }
        // in-toto Statement v1: "subject" has at least one element.
        if subject.isEmpty { found.add("it holds no file") }
        return found.all
    }

    private func place(_ found: inout Reasons) {
        if id.wholeMatch(of: /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/) == nil { found.add("`id` is not a UUID") }
        if !(1...22).contains(compression.level) { found.add("zstd has no compression level \(compression.level)") }
        if compression.rowGroupBytes < 1 { found.add("row groups have \(compression.rowGroupBytes) bytes") }
    }

    /// True if the rows and bytes of all slices and of all parts can be added up without overflow.
    private var totalsFit: Bool {
        let slices = tables.flatMap(\.slices)
        let parts = slices.flatMap(\.parts)
        return [
            slices.map(\.digest.rows), slices.map(\.digest.bytes), parts.map(\.digest.rows), parts.map(\.digest.bytes),
            parts.map(\.bytes), parts.map(\.rawBytes),
        ].allSatisfy { numbers in
            var sum: Int64 = 0
            for number in numbers {
                let (next, overflow) = sum.addingReportingOverflow(number)
                if overflow { return false }
                sum = next
            }
            return true
        }
    }

    /// Checks that what is said to be replaced is a file of a slice, and none that is there.
    private func erasures(_ found: inout Reasons) {
        let named = Set(tables.flatMap(\.slices).flatMap(\.parts).map { Array($0.file.utf8) })
        for (index, erasure) in (erasures ?? []).enumerated() {
            let path = "erasures[\(index)]"
            if !erasure.predecessor.isSHA256 { found.add("`\(path).predecessor` is not 64 lowercase hex digits") }
            guard let table = tables.first(where: { $0.schema == erasure.schema && $0.name == erasure.table }) else {
                found.add("`\(path)` is of a table that is not there")
                continue
            }
            for slice in erasure.slices {
                if slice.rows < 1 { found.add("`\(path)` has erased \(slice.rows) rows of \(slice.name)") }
                for replaced in slice.replaced {
                    if let flaw = StoreName.flaw(in: replaced.file) { found.add("`\(path)`: a file \(flaw)") }
                    // What is named here is removed.
                    if !StoreName.isDirectly(
                        replaced.file, in: "\(table.directory)/\(slicing.by.rawValue)=\(slice.name)")
                    {
                        found.add("`\(path)`: \(replaced.file) is no file of \(slice.name)")
                    }
                    if named.contains(Array(replaced.file.utf8)) {
                        found.add("`\(path)`: \(replaced.file) is replaced and yet there")
                    }
                    if !replaced.sha256.isSHA256 { found.add("`\(path)`: a SHA-256 is not 64 lowercase hex digits") }
                }
            }
        }
    }

    /// Checks that every table, directory and file is named once, and that no table's directory is inside another's.
    private func names(_ found: inout Reasons) {
        found.duplicates(among: tables.map { "\($0.schema).\($0.name)" }, "table")
        found.duplicates(among: tables.flatMap(\.slices).flatMap(\.parts).map(\.file), "file")
        found.duplicates(
            among: tables.flatMap(\.slices).flatMap(\.partitions).map { "\($0.schema).\($0.name)" }, "partition")
        // With a slash at the end of each name, the directories below a directory sort directly behind it.
        let directories = tables.map { $0.directory + "/" }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        for (one, next) in zip(directories, directories.dropFirst()) where next.utf8.starts(with: one.utf8) {
            found.add("table directory \(next.dropLast()) is \(one == next ? "listed twice" : "inside another")")
        }
    }
}

extension ExportManifest.Table {
    fileprivate func contradictions(of manifest: ExportManifest, at path: String, _ found: inout Reasons) {
        if schema.isEmpty || name.isEmpty { found.add("`\(path)` has no name") }
        if let flaw = StoreName.flaw(in: directory) { found.add("`\(path).directory` \(flaw)") }
        if [ManifestFile.name, PurgeScript.fileName].contains(where: {
            $0 == directory || StoreName.isBelow(directory, $0)
        }) {
            found.add("`\(path).directory` is the name of a file")
        }
        if TimeType(rawValue: timeType) == nil { found.add("`\(path).timeType` is not a type of time") }
        for (index, shape) in shapes.enumerated() {
            found.duplicates(among: shape.columns.map(\.name), "column of `\(path).shapes[\(index)]`")
            if !shape.columns.contains(where: { $0.name == timeColumn }) {
                found.add("`\(path).shapes[\(index)]` has no column \(timeColumn)")
            }
        }
        found.duplicates(among: slices.map(\.directory), "slice")
        for (index, slice) in slices.enumerated() {
            let path = "\(path).slices[\(index)]"
            // The name determines the directory, and each directory belongs to one slice.
            if slice.directory != "\(directory)/\(manifest.slicing.by.rawValue)=\(slice.name)" {
                found.add("`\(path).directory` is not what \(slice.name) of \(directory) is called")
            }
            if let flaw = StoreName.flaw(in: slice.directory) { found.add("`\(path).directory` \(flaw)") }
            if !shapes.indices.contains(slice.shape) { found.add("`\(path).shape` is the index of no shape") }
            slice.contradictions(of: manifest, TimeType(rawValue: timeType), at: path, &found)
            fallbacks(of: slice, manifest.layout, at: path, &found)
        }
        overlaps(&found)
    }

    /// Checks that only Parquet has columns that fell back, and that each is one of the slice's.
    private func fallbacks(
        of slice: ExportManifest.Slice, _ layout: ExportLayout, at path: String, _ found: inout Reasons
    ) {
        guard let fallbacks = slice.fallbacks else { return }
        if layout != .parquet { found.add("`\(path).fallbacks` is there in the layout \(layout.rawValue)") }
        found.duplicates(among: fallbacks.map(\.column), "column of `\(path).fallbacks`")
        let columns = shapes.indices.contains(slice.shape) ? shapes[slice.shape].columns : []
        for fallback in fallbacks where !columns.contains(where: { $0.name.utf8.elementsEqual(fallback.column.utf8) }) {
            found.add("`\(path).fallbacks` names the column \(fallback.column), which the slice does not have")
        }
    }

    /// Checks that no moment belongs to two slices.
    private func overlaps(_ found: inout Reasons) {
        let ranges = slices.compactMap { slice -> (from: DatabaseTime, to: DatabaseTime, name: String)? in
            guard let from = slice.from.flatMap({ DatabaseTime($0) }), let to = slice.to.flatMap({ DatabaseTime($0) })
            else { return nil }
            return (from, to, slice.name)
        }.sorted { $0.from < $1.from }
        for (one, next) in zip(ranges, ranges.dropFirst()) where next.from < one.to {
            found.add("slices \(one.name) and \(next.name) of \(schema).\(name) overlap")
        }
    }
}

extension ExportManifest.Slice {
    fileprivate func contradictions(
        of manifest: ExportManifest, _ timeType: TimeType?, at path: String, _ found: inout Reasons
    ) {
        var sum = TableDigest()
        for (index, part) in parts.enumerated() {
            sum.add(part.digest)
            part.contradictions(of: self, layout: manifest.layout, at: "\(path).parts[\(index)]", &found)
        }
        if sum != digest { found.add("`\(path).digest` is not the sum of its parts") }
        if digest.rows == 0, digest != TableDigest() { found.add("`\(path).digest` has no rows and yet a sum") }
        if digest.rows == 0, (contentSum ?? ContentSum()) != ContentSum() {
            found.add("`\(path).contentSum` is of no rows and not 0")
        }
        times(manifest.slicing.by, timeType, at: path, &found)
        source.contradictions(at: "\(path).source", &found)
    }

    private func times(_ period: SlicePeriod, _ type: TimeType?, at path: String, _ found: inout Reasons) {
        if name == Self.nullName {
            let texts = [from, to, minimum, maximum] + parts.flatMap { [$0.minimum, $0.maximum] }
            if texts.contains(where: { $0 != nil }) { found.add("`\(path)` is of rows without a time and has one") }
            return
        }
        let range = name == Self.minusInfinityName ? nil : bounds(period, type, at: path, &found)
        if range == nil, from != nil || to != nil { found.add("`\(path)` is of rows before all time and has an end") }
        var (smallest, largest): (DatabaseTime?, DatabaseTime?)
        for (index, part) in parts.enumerated() {
            let path = "\(path).parts[\(index)]"
            guard
                let (least, most) = found.times(part.minimum, part.maximum, required: part.digest.rows > 0, at: path)
            else { continue }
            if let range, least < range.from || most >= range.to {
                found.add("`\(path)` has times outside of its slice")
            }
            if range == nil, least != .minusInfinity || most != .minusInfinity {
                found.add("`\(path)` has times outside of its slice")
            }
            smallest = min(smallest ?? least, least)
            largest = max(largest ?? most, most)
        }
        let own = found.times(minimum, maximum, required: digest.rows > 0, at: path)
        if own?.least != smallest || own?.most != largest {
            found.add("`\(path)` has a minimum or a maximum that is not that of its parts")
        }
    }

    /// The range that its times must be in; the end is excluded.
    private func bounds(
        _ period: SlicePeriod, _ type: TimeType?, at path: String, _ found: inout Reasons
    ) -> (from: DatabaseTime, to: DatabaseTime) {
        let everything = (from: DatabaseTime.minusInfinity, to: DatabaseTime.infinity)
        guard let from = from.flatMap({ DatabaseTime($0) }), let to = to.flatMap({ DatabaseTime($0) }), from < to,
            everything.from < from, to < everything.to
        else {
            found.add("`\(path)` does not say from when to when it is")
            return everything
        }
        if let start = DatabaseTime(start: name, of: period) {
            // No time zone is more than a day away from UTC. A column without a time zone has days that begin at 00:00
            // exactly.
            if type == .withZone ? (from.days - start.days).magnitude > 1 : from != start {
                found.add("`\(path)` is called \(name) and begins at \(self.from ?? "")")
            }
        } else {
            found.add("`\(path).name` is not that of a \(period.rawValue)")
        }
        return (from, to)
    }
}

extension DatabaseTime {
    /// The beginning of a slice's period from its name: `2022`, `2022-07` or `2022-07-01`, with or without ` BC` at the
    /// end. The time zone is the one in which slices begin.
    /// - Returns: nil if the name is not that of a period of this length.
    fileprivate init?(start name: String, of period: SlicePeriod) {
        let (date, era) = name.hasSuffix(" BC") ? (String(name.dropLast(3)), " BC") : (name, "")
        guard !date.contains(" ") else { return nil }
        switch period {
        case .day: self.init(date + era)
        case .month: self.init(date + "-01" + era)
        case .year: self.init(date + "-01-01" + era)
        }
        if isInfinite { return nil }
    }
}

extension ExportManifest.Part {
    fileprivate func contradictions(
        of slice: ExportManifest.Slice, layout: ExportLayout, at path: String, _ found: inout Reasons
    ) {
        if let flaw = StoreName.flaw(in: file) { found.add("`\(path).file` \(flaw)") }
        if !StoreName.isDirectly(file, in: slice.directory) {
            found.add("`\(path).file` is not in the directory of its slice")
        }
        if !file.hasSuffix(layout.fileSuffix) {
            found.add("`\(path).file` is not called as \(layout.rawValue) is")
        }
        if !sha256.isSHA256 { found.add("`\(path).sha256` is not 64 lowercase hex digits") }
        if bytes < 1 || rawBytes < 0 || (layout == .copy && rawBytes != digest.bytes) {
            found.add("`\(path)` has another size than its rows")
        }
        if rowGroups < 0 || (rowGroups == 0) != (digest.rows == 0) || Int64(rowGroups) > digest.rows {
            found.add("`\(path)` has \(rowGroups) row groups and \(digest.rows) rows")
        }
        if let groups { contradictions(in: groups, layout, at: path, &found) }
    }

    private func contradictions(
        in groups: [ExportManifest.RowGroup], _ layout: ExportLayout, at path: String, _ found: inout Reasons
    ) {
        if groups.count != rowGroups { found.add("`\(path).groups` are not its \(rowGroups) row groups") }
        // Each is at most the file's, so their sums do not overflow for as many as there can be.
        let all = [bytes, rawBytes, digest.rows]
        guard
            groups.allSatisfy({ group in
                zip([group.bytes, group.rawBytes, group.rows], all).allSatisfy { 1...max(1, $1) ~= $0 }
            }),
            groups.count <= Self.maximumGroups
        else {
            found.add("`\(path).groups` have sizes that cannot be")
            return
        }
        let stored = groups.reduce(0) { $0 &+ $1.bytes }
        if groups.reduce(0, { $0 &+ $1.rows }) != digest.rows || groups.reduce(0, { $0 &+ $1.rawBytes }) != rawBytes
            || (layout == .parquet ? stored &+ ParquetGroup.start >= bytes : stored != bytes)
        {
            found.add("`\(path).groups` do not add up to the file")
        }
        var times = TimeRange()
        for (index, group) in groups.enumerated() {
            let path = "\(path).groups[\(index)]"
            if !group.sha256.isSHA256 { found.add("`\(path).sha256` is not 64 lowercase hex digits") }
            if (group.firstKey == nil) != (group.lastKey == nil) { found.add("`\(path)` has one end of its keys") }
            if let range = found.times(group.minimum, group.maximum, required: minimum != nil, at: path) {
                times.add(range.least)
                times.add(range.most)
            }
        }
        if times.minimum?.description != minimum || times.maximum?.description != maximum {
            found.add("`\(path).groups` have other times than the file")
        }
    }

    /// As many as a file may have.
    private static let maximumGroups = SeekTable.maximumFrames
}

extension ExportManifest.Source {
    fileprivate func contradictions(at path: String, _ found: inout Reasons) {
        if Snapshot(snapshot) == nil { found.add("`\(path).snapshot` is not a snapshot") }
        if let systemIdentifier,
            systemIdentifier.isEmpty || !systemIdentifier.utf8.allSatisfy({ (48...57).contains($0) })
        {
            found.add("`\(path).systemIdentifier` is not a number")
        }
        if let drill, !drill.sha256.isSHA256 { found.add("`\(path).drill.sha256` is not 64 lowercase hex digits") }
    }
}

/// Types of the columns that rows are sliced by.
enum TimeType: String {
    case withZone = "timestamp with time zone"
    case withoutZone = "timestamp without time zone"
    case date
}

/// Collects what is wrong, but not more than a person would read.
private struct Reasons {
    private(set) var all: [String] = []

    mutating func add(_ reason: String) {
        if all.count < 20 { all.append(reason) }
    }

    mutating func duplicates(among names: [String], _ what: String) {
        var seen: Set<[UInt8]> = []
        // Compared by bytes: for Swift, an accented letter and its decomposed form are equal text; for file systems
        // they are not.
        for name in names where !seen.insert(Array(name.utf8)).inserted { add("\(what) \(name) is listed twice") }
    }

    /// - Returns: nil if there are no times, or if they are wrong.
    mutating func times(
        _ minimum: String?, _ maximum: String?, required: Bool, at path: String
    ) -> (least: DatabaseTime, most: DatabaseTime)? {
        if minimum == nil, maximum == nil, !required { return nil }
        guard required, let least = minimum.flatMap({ DatabaseTime($0) }),
            let most = maximum.flatMap({ DatabaseTime($0) }),
            least <= most
        else {
            add("`\(path)` has a minimum and a maximum that cannot be")
            return nil
        }
        return (least, most)
    }
}

extension String {
    fileprivate var isSHA256: Bool {
        utf8.count == 64 && utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}

/// Which transactions were finished when rows were read: the text of `pg_current_snapshot()`, `xmin:xmax:xip,xip,…`,
/// whose numbers do not wrap around at 2^32 (PostgreSQL documentation, 9.27.11, "pg_snapshot").
struct Snapshot: Equatable {
    /// All transactions before this one were finished.
    var minimum: UInt64
    /// This transaction and all after it were not finished.
    var maximum: UInt64
    /// The transactions between the two that were not finished.
    var running: [UInt64]

    /// - Returns: nil if the text is not a snapshot.
    init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let minimum = Self.number(parts[0]), let maximum = Self.number(parts[1]),
            minimum <= maximum
        else { return nil }
        let list = parts[2].isEmpty ? [] : parts[2].split(separator: ",", omittingEmptySubsequences: false)
        let running = list.compactMap(Self.number)
        guard running.count == list.count, running.allSatisfy({ minimum <= $0 && $0 < maximum }),
            zip(running, running.dropFirst()).allSatisfy(<)
        else { return nil }
        (self.minimum, self.maximum, self.running) = (minimum, maximum, running)
    }

    private static func number(_ text: Substring) -> UInt64? {
        guard let number = UInt64(text), String(number) == text, number >= 3 else { return nil }
        return number
    }
}
