import Foundation
import Glibc

/// Standard output and standard error: whether a person is reading, and how.
enum Terminal {
    /// Colours are for people: none in a file, and none if NO_COLOR (no-color.org) forbids them.
    static func usesColor(on descriptor: Int32) -> Bool {
        isatty(descriptor) == 1 && (environment("NO_COLOR") ?? "").isEmpty && environment("TERM") != "dumb"
    }

    /// True if a line on standard error can be overwritten.
    static var canRedraw: Bool { isatty(STDERR_FILENO) == 1 && environment("TERM") != "dumb" }

    /// Columns of the terminal on standard error.
    static var width: Int {
        var size = winsize()
        return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }

    static func error(_ message: String) { write("pgassay: \(message)\n", to: STDERR_FILENO) }

    static func note(_ text: String) { write(text, to: STDERR_FILENO) }

    /// Writes all of it. If the reader has gone away, the drill does not end.
    static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }

    private static func environment(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }
}
