import Foundation
import Glibc
import Processes
import Scratch
import TestSupport
import Testing

/// What `pg_restore` says itself, and what becomes of it.
extension Example {
    static let programs =
        damage + machinery + [
            Example(
                "no-such-compression", "does not support compression", "an archive of zstd, a program without",
                majors: [17]
            ) {
                // PostgreSQL 15 knows no zstd, so its pg_restore says that the version is unknown.
                let without = try await TestServer.installation(major: 18)
                return try await $0.pgRestore(try await $0.dump(.custom, ["--compress=zstd"]), of: without)
            },
            Example("archive-newer", "unsupported version", "an archive of tomorrow") {
                try await $0.pgRestore(try await $0.dump { $0[6] = 99 })
            },
            Example("worker-after-backup", "worker process died", "a worker meets damage") {
                let dump = try await $0.dump(.directory, file: ".dat.gz") { $0[$0.count / 2] ^= 0xFF }
                return try await $0.pgRestore(dump, ["--jobs=2"])
            },
            Example("worker-after-machine", "worker process died", "a worker may not read a file") {
                let dump = try await $0.dump(.directory)
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: dump.string)
                for name in try FileManager.default.contentsOfDirectory(atPath: dump.string) {
                    let mode = name == "toc.dat" ? 0o644 : 0
                    try FileManager.default.setAttributes(
                        [.posixPermissions: mode], ofItemAtPath: dump.appending(name).string)
                }
                return try await $0.pgRestore(dump, ["--jobs=2"], readsAnyFile: false)
            },
        ]

    private static let damage = [
        Example("archive-damaged", "could not read from input file: end of file", "cut within the table of contents") {
            try await $0.pgRestore(try await $0.dump { $0 = $0.prefix(400) })
        },
        Example("archive-damaged", "could not read from input file: end of file", "cut within the data") {
            try await $0.pgRestore(try await $0.dump { $0.removeLast($0.count / 4) })
        },
        Example("archive-damaged", "input file", "cut within the magic bytes") {
            try await $0.pgRestore(try await $0.dump { $0 = $0.prefix(3) })
        },
        Example("archive-damaged", "does not appear to be a valid archive", "something else") {
            try await $0.pgRestore(try $0.file(String(repeating: "no archive ", count: 999)))
        },
        Example("archive-damaged", "text format", "a plain dump") {
            try await $0.pgRestore(try await $0.dump(.plain))
        },
        Example("archive-damaged", "could not uncompress data", "a bit that changed") {
            let dump = try await $0.dump(.custom, ["--compress=6"]) { bytes in
                // Within the last compressed stream, behind its header of zlib.
                let header = try #require(bytes.range(of: Data([0x78, 0x9C]), options: .backwards))
                bytes[header.upperBound + 4] ^= 0xFF
            }
            return try await $0.pgRestore(dump)
        },
        Example("archive-damaged", "corrupt tar header", "the header of a member of a tar file that changed") {
            let dump = try await $0.dump(.tar) { bytes in
                // Of the member behind toc.dat.
                let magic = try #require(bytes.firstRange(of: Data("ustar".utf8), in: 512..<bytes.count))
                bytes[magic.lowerBound - 256] ^= 0xFF
            }
            return try await $0.pgRestore(dump)
        },
        Example("archive-damaged", "sanity check", "an integer of no size") {
            try await $0.pgRestore(try await $0.dump { $0[8] = 99 })
        },
    ]

    private static let machinery = [
        Example("program-disk", "No space left", "a full disk") {
            try await $0.pgRestore(try await $0.dump(), output: "--file=/dev/full")
        },
        Example("program-rights", "Permission denied", "a file that it may not read") {
            let dump = try await $0.dump()
            try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: dump.string)
            return try await $0.pgRestore(dump, readsAnyFile: false)
        },
        Example("program-memory", "could not create worker process", "no process more") {
            // Root has no such limit.
            let dump = try await $0.dump()
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: dump.string)
            return try await $0.pgRestore(
                dump, ["--jobs=2"], wrapper: ["/usr/bin/prlimit", "--nproc=1"], readsAnyFile: false)
        },
        Example("program-storage", "Input/output error", "storage that cannot be read") {
            // Its first page is never there to be read.
            try await $0.pgRestore("/proc/self/mem")
        },
        Example("program-server-gone", "connection to server", "no server") {
            try await $0.pgRestore(try await $0.dump(), output: "--dbname=host=/nowhere")
        },
        Example("unknown", "unrecognized section name", "words that no row knows") {
            try await $0.pgRestore(try await $0.dump(), ["--section=none"])
        },
        Example("program-deadline", "deadline", "a program that does not come to an end") { lab in
            let command = Command("/bin/sleep", ["60"])
            return lab.ended(try await lab.server.fence.asAccount(command).run(deadline: .milliseconds(300)))
        },
        Example("program-killed", "signal \(SIGKILL)", "something kills it") { lab in
            // Without the fence, whose own process would tell of the signal by an exit code.
            lab.ended(try await Command("/bin/sh", ["-c", "kill -9 $$"]).run(deadline: .seconds(600)))
        },
        Example("program-silent", "exit code", "it asks for more memory than there is, and says so to nobody") {
            // The name of the database is of two gigabytes, by its length.
            let dump = try await $0.dump { bytes in
                let name = try #require(bytes.firstRange(of: Data("\u{4}\0\0\0shop".utf8)))
                bytes.replaceSubrange(name.prefix(4), with: [0xF0, 0xFF, 0xFF, 0x7F])
            }
            return try await $0.pgRestore(dump, wrapper: ["/usr/bin/prlimit", "--as=1000000000"])
        },
    ]
}
