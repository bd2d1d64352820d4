import CLibPQ
import Glibc

/// Stands between libpq and the socket of a server that is not trusted, and lets through what ``AnswerFilter`` allows.
///
/// libpq offers no place for this. So the descriptor that it took for its socket becomes one end of a pair, and whatever
/// waits for the connection moves the bytes between the other end and the socket. It belongs to one connection, whose
/// executor is the only one to call it.
final class AnswerGuard {
    private let server: Int32
    private let inner: Int32
    /// The number by which libpq knows its end, and what the end is.
    private let outer: Int32
    private let pair: ino_t
    private var filter = AnswerFilter()
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 << 10, alignment: 16)
    private var toClient: [UInt8] = []
    private var toServer: [UInt8] = []
    private var isOver = false
    /// Why the connection was ended here; nil if it was not.
    private(set) var refusal: AnswerRefusal?

    /// - Parameter connection: one whose attempt to connect has just begun, so that nothing was read from its socket.
    /// - Returns: nil if the system has no more descriptors.
    init?(_ connection: OpaquePointer) {
        outer = PQsocket(connection)
        var ends: [Int32] = [-1, -1]
        let flags = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        server = fcntl(outer, F_DUPFD_CLOEXEC, 3)
        guard server >= 0 else { return nil }
        guard socketpair(AF_UNIX, flags, 0, &ends) == 0 else {
            Glibc.close(server)
            return nil
        }
        inner = ends[1]
        pair = Self.identity(of: ends[0])
        let replaced = dup2(ends[0], outer) == outer && fcntl(outer, F_SETFD, FD_CLOEXEC) == 0
        Glibc.close(ends[0])
        if !replaced { return nil }
    }

    deinit {
        // libpq's last message, which it sends when it closes the connection.
        exchange()
        buffer.deallocate()
        Glibc.close(inner)
        Glibc.close(server)
    }

    /// False if libpq opened another socket after this was put in its place.
    func isOn(_ connection: OpaquePointer) -> Bool {
        PQsocket(connection) == outer && Self.identity(of: outer) == pair
    }

    /// The descriptor that is connected with the server.
    var socket: Int32 { server }

    /// Whether something that libpq sent has not left yet.
    var hasOutput: Bool {
        if !toServer.isEmpty { return true }
        var end = pollfd(fd: inner, events: Int16(POLLIN), revents: 0)
        return !isOver && poll(&end, 1, 0) > 0 && end.revents & Int16(POLLIN) != 0
    }

    /// Moves what can be moved without waiting.
    func exchange() {
        if toServer.isEmpty { _ = receive(inner) { toServer += $0 } }
        Self.send(&toServer, to: server)
        if toClient.isEmpty && !isOver {
            let goesOn = receive(server) { bytes in
                do throws(AnswerRefusal) {
                    try filter.take(bytes, into: &toClient)
                } catch {
                    refusal = error
                }
            }
            isOver = !goesOn || refusal != nil
        }
        Self.send(&toClient, to: inner)
        // To libpq it looks as if the server had closed the connection.
        if isOver && toClient.isEmpty { shutdown(inner, Int32(SHUT_WR)) }
    }

    /// Waits, for 50 ms at most, until something can be moved.
    func pause() {
        let fromServer = toClient.isEmpty && !isOver ? POLLIN : 0
        let intoServer = toServer.isEmpty ? 0 : POLLOUT
        let fromClient = toServer.isEmpty ? POLLIN : 0
        let intoClient = toClient.isEmpty ? 0 : POLLOUT
        var ends = [
            pollfd(fd: isOver ? -1 : server, events: Int16(fromServer | intoServer), revents: 0),
            pollfd(fd: inner, events: Int16(fromClient | intoClient), revents: 0),
        ]
        _ = poll(&ends, 2, 50)
    }

    /// Receives what is there.
    /// - Returns: false at the end of what comes, or when the connection broke.
    private func receive(_ socket: Int32, _ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
        while true {
            let count = recv(socket, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
            if count > 0 { body(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
            if count < 0 && errno == EINTR { continue }
            return count > 0 || count < 0 && errno == EAGAIN
        }
    }

    /// Sends what the socket takes. What cannot be sent any more is dropped.
    private static func send(_ bytes: inout [UInt8], to socket: Int32) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(
                    socket, $0.baseAddress! + sent, $0.count - sent,
                    Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
            }
            if count < 0 && errno == EINTR { continue }
            if count < 0 && errno == EAGAIN { break }
            guard count > 0 else {
                sent = bytes.count
                break
            }
            sent += count
        }
        bytes.removeFirst(sent)
    }

    private static func identity(of descriptor: Int32) -> ino_t {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? status.st_ino : 0
    }
}
