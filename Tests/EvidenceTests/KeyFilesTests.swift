import Evidence
import Files
import Foundation
import SystemPackage
import Testing

/// New keys: two files or none, and never over an old one.
struct KeyFilesTests {
    @Test func writesAPairThatFits() async throws {
        try await withScratchDirectory { scratch in
            let directory = scratch.appending("new/keys")
            let files = try KeyFiles.write(to: directory)
            #expect(files.private == directory.appending("signing-key.pem"))
            #expect(files.public == directory.appending("public-key.pem"))
            #expect(try directory.names() == ["public-key.pem", "signing-key.pem"])
            #expect(try files.private.permissions() == 0o600)
            #expect(try files.public.permissions() == 0o644)
            #expect(try SigningKey(contentsOf: files.private).publicKey == PublicKey(contentsOf: files.public))
        }
    }

    @Test func makesADifferentKeyEachTime() async throws {
        try await withScratchDirectory { directory in
            let first = try KeyFiles.write(to: directory.appending("a")).public.contents()
            #expect(try KeyFiles.write(to: directory.appending("b")).public.contents() != first)
        }
    }

    @Test(
        "A file that is there stays as it is, and nothing is left beside it",
        arguments: [
            "signing-key.pem", "public-key.pem",
        ])
    func neverOverwrites(_ name: String) async throws {
        try await withScratchDirectory { directory in
            let old = directory.appending(name)
            try old.write("old")
            let error = KeyError(file: old, problem: .alreadyExists)
            #expect(throws: error) { try KeyFiles.write(to: directory) }
            #expect(try directory.names() == [name])
            #expect(try old.contents() == Array("old".utf8))
            #expect(error.description.contains("never overwritten"))
        }
    }

    @Test("A link that leads nowhere is not followed") func followsNoLink() async throws {
        try await withScratchDirectory { directory in
            let link = directory.appending("signing-key.pem")
            try FileManager.default.createSymbolicLink(atPath: link.string, withDestinationPath: "elsewhere")
            #expect(throws: KeyError(file: link, problem: .alreadyExists)) { try KeyFiles.write(to: directory) }
            #expect(try directory.names() == ["signing-key.pem"])
        }
    }

    @Test func namesADirectoryThatCannotBe() async throws {
        try await withScratchDirectory { scratch in
            let file = scratch.appending("file")
            try file.write("")
            let directory = file.appending("keys")
            let reason = FileError(path: directory, problem: .system("create the directory", .notDirectory))
            #expect(throws: KeyError(file: directory, problem: .unwritable(reason))) {
                try KeyFiles.write(to: directory)
            }
            #expect(try scratch.names() == ["file"])
        }
    }
}
