import Foundation
import SystemPackage
import TestSupport
import Testing

/// The version of pgassay is a constant of the program; what names it besides is written by tools/set-version.sh and compared here.
@Suite struct ProductVersionTests {
    private static let root = FilePath(#filePath).removingLastComponent().appending("../..").lexicallyNormalized()

    private func text(_ file: String) throws -> String {
        try String(contentsOfFile: Self.root.appending(file).string, encoding: .utf8)
    }

    private func files(in directory: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: Self.root.appending(directory).string).sorted()
            .map { "\(directory)/\($0)" }
    }

    private func version() async throws -> String {
        try await withDesk { desk in
            try await desk.pgassay(["--version"]).output.trimmingCharacters(in: .newlines)
        }
    }

    @Test func imagesOfKubernetesHaveIt() async throws {
        let version = try await version()
        let files = try files(in: "config/kubernetes")
        try #require(!files.isEmpty)
        for file in files {
            let tags = try text(file).matches(of: /image: .*\/pgassay:(\S+)/).map { String($0.1) }
            #expect(!tags.isEmpty && tags.allSatisfy { $0 == version }, "\(file): \(tags)")
        }
    }

    @Test func thePageOfTheImageHasIt() async throws {
        let version = try await version()
        let named = try text("docs/image.md").matches(of: /pgassay[-:](\d+\.\d+\.\d+)/).map { String($0.1) }
        #expect(!named.isEmpty && named.allSatisfy { $0 == version }, "\(named)")
    }

    @Test func unitsAndSchemaNameIt() async throws {
        let version = try await version()
        let files = try files(in: "config/systemd") + files(in: "config/cron") + ["config/plan.schema.json"]
        try #require(files.count > 3)
        for file in files {
            let named = try text(file).matches(of: /For pgassay (\d+\.\d+\.\d+)\./).map { String($0.1) }
            #expect(named == [version], "\(file)")
        }
    }

    /// What is in the changelog is not released yet, or it is this version.
    @Test func theChangelogEndsAtIt() async throws {
        let headings = try text("CHANGELOG.md").matches(of: /(?m)^## \[(.+?)\]/).map { String($0.1) }
        #expect(headings.first == "Unreleased")
        if let newest = headings.dropFirst().first { #expect(try await newest == version()) }
    }
}
