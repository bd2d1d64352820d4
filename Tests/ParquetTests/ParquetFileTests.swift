import Parquet
import TestSupport
import Testing

/// What is written is read again, and nothing else is read.
@Suite struct ParquetFileTests {
    @Test("Values of every type come back, in lists too, wherever the file is cut", arguments: [1 << 20, 3, 1])
    func everyType(_ variety: Int) throws {
        let file = ParquetFile.everything(rows: [1, 40, 300], variety: variety)
        let bytes = try file.bytes
        for cut in [Int.max, 1000, 17] {
            let (groups, contents) = try ParquetFile.read(bytes, file.columns, cut: cut)
            #expect(groups == file.groups)
            #expect(contents.rows == 341 && contents.groups.count == 3)
            #expect(contents.createdBy == "pgassay version 1.2.3 (build test)")
        }
    }

    @Test("A file without rows, and 1,600 columns")
    func extremes() throws {
        let empty = ParquetFile(columns: ParquetFile.everything(rows: []).columns, groups: [])
        #expect(try ParquetFile.read(empty.bytes, empty.columns).groups.isEmpty)
        let columns = (0..<1600).map { ColumnSchema(name: "column \($0)", type: .int32, isList: $0 % 100 == 0) }
        let row = columns.indices.map { index -> ParquetFile.Item in
            columns[index].isList
                ? .list([.value([1, 0, 0, 0]), .null]) : index % 3 == 0 ? .null : .value([UInt8(index % 256), 0, 0, 0])
        }
        let wide = ParquetFile(columns: columns, groups: [[row, row], [row]])
        #expect(try ParquetFile.read(wide.bytes, columns, cut: 4096).groups == wide.groups)
    }

    @Test("Values that are there often are written once")
    func dictionaries() throws {
        let text = ParquetFile.Item.value(Array("the same words again and again".utf8))
        let columns = [ColumnSchema(name: "a", type: .text)]
        let rows = (0..<70_000).map { index -> [ParquetFile.Item] in
            index % 7 == 0 ? [.null] : index % 5 == 0 ? [.value(Array("\(index % 300)".utf8))] : [text]
        }
        let file = ParquetFile(columns: columns, groups: [rows])
        let (groups, contents) = try ParquetFile.read(file.bytes, columns)
        #expect(groups == file.groups)
        #expect(contents.rawBytes < 100_000)
    }

    @Test("A file that ends early is refused, at every byte")
    func truncated() throws {
        let file = ParquetFile.everything(rows: [2], variety: 2)
        let bytes = try file.bytes
        for count in 0..<bytes.count {
            #expect(throws: ParquetError.self) { try ParquetFile.read(Array(bytes[..<count]), file.columns) }
        }
        #expect(throws: ParquetError.self) { try ParquetFile.read(bytes + [0], file.columns) }
    }

    /// A byte that is changed is noticed, or it is in the name of the program, or means the same.
    @Test("A file that is damaged is refused, or holds the same, at every byte")
    func damaged() throws {
        let file = ParquetFile.everything(rows: [2, 9], variety: 2)
        let bytes = try file.bytes
        var refused = 0
        for place in bytes.indices {
            var damaged = bytes
            damaged[place] ^= 1 << UInt8(place % 8)
            do {
                let (groups, contents) = try ParquetFile.read(damaged, file.columns)
                #expect(groups == file.groups, "byte \(place)")
                #expect(contents.rows == 11, "byte \(place)")
            } catch is ParquetError {
                refused += 1
            }
        }
        #expect(refused >= bytes.count - 34)
    }

    @Test("Other columns than those of the file are refused")
    func otherColumns() throws {
        let file = ParquetFile.everything(rows: [5])
        let bytes = try file.bytes
        for index in file.columns.indices {
            var columns = file.columns
            columns[index].name += "x"
            #expect(throws: ParquetError.self) { try ParquetFile.read(bytes, columns) }
            columns = file.columns
            columns.remove(at: index)
            #expect(throws: ParquetError.self) { try ParquetFile.read(bytes, columns) }
        }
    }

    @Test("What a page claims takes no memory beyond the limits")
    func limits() throws {
        let columns = [ColumnSchema(name: "a", type: .int64)]
        let rows = (0..<10_000).map { _ in [ParquetFile.Item.null] }
        let bytes = try ParquetFile(columns: columns, groups: [rows]).bytes
        #expect(try ParquetFile.read(bytes, columns).contents.rows == 10_000)
        #expect(throws: ParquetError.self) {
            try ParquetFile.read(bytes, columns, limits: .init(pageBytes: 1 << 20, places: 9_999))
        }
        #expect(throws: ParquetError.self) {
            try ParquetFile.read(bytes, columns, limits: .init(pageBytes: 4, places: 10_000))
        }
    }
}
