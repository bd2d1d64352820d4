import Bytes

/// What a plain dump says about itself in its first lines.
package struct PlainHeader: Sendable, Hashable {
    /// Such as `15.18 (Debian 15.18-0+deb12u1)`; nil where the dump does not say.
    package let serverVersion: String?
    /// The version of the `pg_dump` that wrote it.
    package let dumpVersion: String?
    /// The database, where the dump creates it (`pg_dump --create`).
    package let databaseName: String?
    /// Its `CREATE DATABASE`, which `pg_dump` writes on one line.
    package let databaseDefinition: String?
    /// Such as `UTF8`.
    package let clientEncoding: String?
    /// Whether the dump is of a whole cluster, as `pg_dumpall` writes it.
    package let isCluster: Bool

    /// A script must name itself a dump within this many bytes of its start. That leaves room for comments that a user
    /// added.
    static let recognitionSize = 4 * 1024
    /// How many bytes at the start of a script are searched.
    static let size = 64 * 1024

    /// Searches the start of a script.
    ///
    /// - Parameter prefix: up to ``size`` bytes.
    /// - Returns: nil when the script is not a dump: a dump names itself in a comment near its start.
    init?(parsing prefix: [UInt8]) {
        let start = Self.lines(of: prefix.prefix(Self.recognitionSize))
        isCluster = start.contains { $0.elementsEqual(PlainMarker.clusterHeader.text) }
        guard isCluster || start.contains(where: { $0.elementsEqual(PlainMarker.header.text) }) else { return nil }

        var serverVersion: String?
        var dumpVersion: String?
        var databaseName: String?
        var databaseDefinition: String?
        var clientEncoding: String?
        for line in Self.lines(of: prefix.prefix(Self.size)) {
            if let value = Self.rest(of: line, after: "-- Dumped from database version ") {
                serverVersion = serverVersion ?? value
            } else if let value = Self.rest(of: line, after: "-- Dumped by pg_dump version ") {
                dumpVersion = dumpVersion ?? value
            } else if let value = Self.rest(of: line, after: "SET client_encoding = ")
                ?? Self.rest(of: line, after: "SET NAMES ")
            {
                clientEncoding = clientEncoding ?? SQLTokens(value).firstString
            } else if Self.rest(of: line, after: "CREATE DATABASE ") != nil, !isCluster {
                databaseDefinition = databaseDefinition ?? String(decoding: line, as: UTF8.self)
            } else if let object = ObjectComment(line: Array(line), TextEncoding(clientEncoding ?? "UTF8")),
                object.kind == "DATABASE", !isCluster
            {
                databaseName = databaseName ?? object.name
            }
        }
        self.serverVersion = serverVersion
        self.dumpVersion = dumpVersion
        self.databaseName = databaseName
        self.databaseDefinition = databaseDefinition
        self.clientEncoding = clientEncoding
    }

    /// The lines without their ends, of which a carriage return may be a part.
    static func lines(of text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        text.split(whereSeparator: ASCII.isLineEnd)
    }

    private static func rest(of line: ArraySlice<UInt8>, after start: String) -> String? {
        guard line.starts(with: start.utf8) else { return nil }
        return String(decoding: line.dropFirst(start.utf8.count), as: UTF8.self)
    }
}

/// The comments with which plain dumps begin and end.
enum PlainMarker: CaseIterable {
    case header, footer, clusterHeader, clusterFooter

    var text: String.UTF8View {
        switch self {
        case .header: "-- PostgreSQL database dump".utf8
        case .footer: "-- PostgreSQL database dump complete".utf8
        case .clusterHeader: "-- PostgreSQL database cluster dump".utf8
        case .clusterFooter: "-- PostgreSQL database cluster dump complete".utf8
        }
    }
}
