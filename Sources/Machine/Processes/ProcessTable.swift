import Foundation
import Glibc
import SystemPackage

/// A process as the kernel describes it in `/proc` (proc(5)).
package struct ProcessEntry: Sendable, Equatable {
    package let id: Int32
    package let name: String
    package let parent: Int32
    /// True if the process sees other process ids than we do.
    package let isInOwnNamespace: Bool

    /// The processes whose working directory is a directory or below it, without zombies. A postmaster, its backends
    /// and what they start work in the data directory, so the working directory proves to which server they belong.
    package static func all(workingBelow directory: FilePath) -> [ProcessEntry] {
        let real = URL(filePath: directory.string).resolvingSymlinksInPath().path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        // The kernel writes these paths in their normal form, so they are compared as text: there may be thousands of
        // processes, and this is asked again and again while a server stops.
        return names.compactMap { Int32($0) }.compactMap { id in
            guard let work = link("/proc/\(id)/cwd"), work == real || work.hasPrefix(real + "/") else { return nil }
            return ProcessEntry(id)
        }
    }

    /// The program behind walls that a launcher runs: the second process of its namespace, which is the first one's oldest child;
    /// or the launcher's own child, where there is no such namespace. Ask before the program can have started another.
    package static func walled(startedBy launcher: Int32) -> ProcessEntry? {
        guard let first = children(of: launcher).first else { return nil }
        return first.isInOwnNamespace ? children(of: first.id).first { $0.innermostID == 2 } : first
    }

    /// The children of a process, without zombies.
    private static func children(of parent: Int32) -> [ProcessEntry] {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(parent)/task")) ?? []
        let lists = threads.map { try? String(contentsOfFile: "/proc/\(parent)/task/\($0)/children", encoding: .utf8) }
        let ids: [Int32]
        if lists.contains(where: { $0 != nil }) {
            ids = lists.flatMap { ($0 ?? "").split(separator: " ").compactMap { Int32($0) } }
        } else {
            // A kernel without CONFIG_PROC_CHILDREN. To look at all processes takes a hundred times as long.
            ids = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }
        }
        return ids.compactMap { ProcessEntry($0) }.filter { $0.parent == parent }
    }

    /// - Returns: nil when there is no such process, or it is a zombie.
    package init?(_ id: Int32) {
        // "42 (name) S 1 …". The name may hold anything, also parentheses.
        guard let text = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
            let begin = text.firstIndex(of: "("), let end = text.lastIndex(of: ")"), begin < end
        else { return nil }
        let fields = text[end...].split(separator: " ", maxSplits: 3)
        guard fields.count == 4, fields[1] != "Z", let parent = Int32(fields[2]) else { return nil }
        self.id = id
        name = String(text[text.index(after: begin)..<end])
        self.parent = parent
        isInOwnNamespace = Self.link("/proc/\(id)/ns/pid") != Self.link("/proc/self/ns/pid")
    }

    /// Its id in its own process namespace, which is the id that the process sees itself.
    package var innermostID: Int32? {
        guard let status = try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8),
            let line = status.firstMatch(of: /NSpid:(.*)/)
        else { return nil }
        return line.1.split(whereSeparator: \.isWhitespace).last.flatMap { Int32($0) }
    }

    /// Whether it was started with this variable in its environment. A process that we may not look at is not ours.
    package func hasVariable(_ name: String, _ value: String) -> Bool {
        guard let environment = FileManager.default.contents(atPath: "/proc/\(id)/environ") else { return false }
        return environment.split(separator: 0).contains { $0.elementsEqual("\(name)=\(value)".utf8) }
    }

    private static func link(_ path: String) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            let length = readlink(path, buffer.baseAddress!, buffer.count)
            return length < 0
                ? nil
                : String(
                    decoding: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<length]), as: UTF8.self
                )
        }
    }
}
