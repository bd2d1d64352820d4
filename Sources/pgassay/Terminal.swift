import ColdTier
import Foundation
import Glibc
import Pages
import Processes
import Synchronization

/// Standard output and standard error: the only place that writes there. What it writes is text of lines in which nothing
/// from outside can steer a terminal (``ShownText``); colours and the redrawing of a line are added here.
enum Terminal {
    /// The first error of writing to standard output: what a command had to say is then not complete.
    private static let lost = Mutex(Errno?.none)

    private typealias Errno = Int32

    /// Prepares the three standard descriptors, before anything else opens a file.
    ///
    /// One that is closed would be given to the next file that is opened, such as the report, and our words would be
    /// written there. In its place comes one on which every write fails.
    static func start() {
        signal(SIGPIPE, SIG_IGN)
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
            _ = open("/dev/null", O_RDONLY)
        }
    }

    // MARK: Standard output

    /// Prints text for people.
    static func show(_ text: ShownText) {
        write(text, to: STDOUT_FILENO)
    }

    /// Prints a JSON document, byte for byte. On a terminal, characters that would control it become escapes of JSON, so
    /// that the document stays the same.
    static func show(json document: some Sequence<UInt8>) {
        let text = String(decoding: Array(document), as: UTF8.self)
        write(isatty(STDOUT_FILENO) == 1 ? harmlessJSON(text) : text, to: STDOUT_FILENO)
    }

    /// Prints rows as an export has them, byte for byte. On a terminal, characters that would control it become escapes of
    /// JSON, or of COPY, so that the rows stay the same.
    /// - Parameter rows: whole ones.
    static func show(rows: [UInt8], _ layout: TextLayout) {
        guard isatty(STDOUT_FILENO) == 1 else { return write(rows[...], to: STDOUT_FILENO) }
        let text = String(decoding: rows, as: UTF8.self)
        write(layout == .copy ? harmlessCopy(text) : harmlessJSON(text), to: STDOUT_FILENO)
    }

    /// Ends the process. If standard output took not all that the command printed, this becomes the error, except after
    /// an interruption: the signal has often ended the reader too.
    static func exit(_ status: ExitStatus) -> Never {
        guard let error = lost.withLock({ $0 }), status != .interrupted else { Foundation.exit(status.rawValue) }
        let reason = String(cString: strerror(error))
        let instead = "without this error, the exit code would have been \(status.rawValue)"
        Self.error("standard output could not be written: \(reason); \(instead)")
        Foundation.exit(ExitStatus.couldNotTell.rawValue)
    }

    // MARK: Standard error

    /// Prints an error. Only its first line begins at the margin, so that no line of it passes for one of ours.
    static func error(_ message: String) {
        note(ShownText(lines: "pgassay: \(message)", indent: "  ") + "\n")
    }

    static func note(_ text: ShownText) { write(text, to: STDERR_FILENO) }

    /// Draws a line over the one that was drawn before.
    static func redraw(_ line: ShownText) {
        write("\r\u{1B}[K" + line.prefix(width(of: STDERR_FILENO) - 1).written(color: false), to: STDERR_FILENO)
    }

    /// Removes the line that was drawn.
    static func clearLine() { write("\r\u{1B}[K", to: STDERR_FILENO) }

    /// True if a line on standard error can be overwritten.
    static var canRedraw: Bool { isatty(STDERR_FILENO) == 1 && Variable.value(of: "TERM") != "dumb" }

    // MARK: Both

    /// Columns of the terminal.
    private static func width(of descriptor: Int32) -> Int {
        var size = winsize()
        return ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }

    /// Lines are wrapped for a terminal alone: in a file, a program may read them.
    private static func write(_ text: ShownText, to descriptor: Int32) {
        let shown = isatty(descriptor) == 1 ? text.wrapped(to: width(of: descriptor)) : text
        write(shown.written(color: usesColor(on: descriptor)), to: descriptor)
    }

    /// Colours are for people: none in a file, and none if NO_COLOR (no-color.org) forbids them.
    private static func usesColor(on descriptor: Int32) -> Bool {
        isatty(descriptor) == 1 && Variable.value(of: "NO_COLOR") == nil && Variable.value(of: "TERM") != "dumb"
    }

    /// Writes all of it. If the reader has gone away, the drill does not end; ``exit(_:)`` tells it.
    private static func write(_ text: String, to descriptor: Int32) { write(Array(text.utf8)[...], to: descriptor) }

    private static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) {
        var bytes = bytes
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            let error = errno
            if written < 0 && error == EINTR { continue }
            if written < 0 && error == EAGAIN {
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&ready, 1, -1)
                continue
            }
            guard written > 0 else {
                if descriptor == STDOUT_FILENO { lost.withLock { $0 = $0 ?? error } }
                return
            }
            bytes = bytes.dropFirst(written)
        }
    }

    /// Outside of strings, JSON has no such characters but line ends and tabs.
    private static func harmlessJSON(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            if scalar == "\n" || TextStyle.isHarmless(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                for unit in String(scalar).utf16 { result += "\\u" + String(format: "%04x", unit) }
            }
        }
    }

    /// PostgreSQL reads `\x1b` as the byte (documentation of COPY, "Text Format").
    private static func harmlessCopy(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            if scalar == "\n" || scalar == "\t" || TextStyle.isHarmless(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                for byte in String(scalar).utf8 { result += "\\x" + String(format: "%02x", byte) }
            }
        }
    }
}
