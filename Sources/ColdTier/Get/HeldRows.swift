import Foundation
import Rows

/// Rows that were found and are not proven yet. What is more than 16 MiB goes into a file that has no name.
struct HeldRows: ~Copyable {
    private var buffer = ByteBuffer()
    private var file: FileHandle?
    private(set) var rows: Int64 = 0

    private static let limit = 16 << 20

    /// - Parameter write: appends the bytes of a row.
    mutating func add(_ write: (inout ByteBuffer) throws -> Void) throws {
        try write(&buffer)
        rows += 1
        guard buffer.count >= Self.limit else { return }
        let file = try self.file ?? Self.makeFile()
        self.file = file
        try file.write(contentsOf: Data(buffer.bytes))
        buffer.removeAll()
    }

    private static func makeFile() throws -> FileHandle {
        let path = FileManager.default.temporaryDirectory.appending(path: "pgassay-get-\(UUID().uuidString)").path
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path]) }
        // From here on, the file goes when it is closed.
        unlink(path)
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// Passes on all rows, which are proven now.
    /// - Parameter output: gets whole rows.
    mutating func release(to output: (_ bytes: [UInt8]) throws -> Void) throws {
        var rest: [UInt8] = []
        if let file {
            try file.seek(toOffset: 0)
            while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
                rest += piece
                // Within a row there is none.
                guard let newline = rest.lastIndex(of: UInt8(ascii: "\n")) else { continue }
                try output(Array(rest[...newline]))
                rest.removeFirst(newline + 1)
            }
        }
        rest += buffer.bytes
        if !rest.isEmpty { try output(rest) }
    }
}
