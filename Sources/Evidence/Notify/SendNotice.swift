import Evidence
import Findings
import Foundation
import Processes

extension Notifier {
    /// How long it waits before each further try.
    private static let waits: [Duration] = [.seconds(2), .seconds(10)]

    /// Tells it, unless this is none of its occasions.
    /// - Returns: false if it is none.
    /// - Throws: ``NotifyError``; ``Processes/ToolFailure`` of the last of three tries; `CancellationError`.
    package func tell(_ notice: Notice) async throws -> Bool {
        let isPing = if case .ping = way { true } else { false }
        guard isPing || notice.fits(occasions) else { return false }
        for wait in Self.waits {
            do {
                try await send(notice)
                return true
            } catch is ToolFailure {
                try await Task.sleep(for: wait)
            }
        }
        try await send(notice)
        return true
    }

    private func send(_ notice: Notice) async throws {
        switch way {
        case .webhook(let url, let body):
            try await Curl(deadline: deadline).post(
                try body.bytes(of: notice), type: "application/json", to: url.read())
        case .ping(let url):
            let end =
                switch notice.hasPassed {
                case nil: "/start"
                case true?: ""
                case false?: "/fail"
                }
            try await Curl(deadline: deadline).post(
                Array(notice.text.utf8), type: "text/plain; charset=utf-8", to: try url.read() + end)
        case .mail(let to, let from):
            try await run(Self.sendmail, ["-t", "-i"], Mail(notice, to: to, from: from).bytes)
        case .command(let words):
            try await run(words[0], Array(words.dropFirst()), try StatementJSON.encode(notice.document))
        }
    }

    /// Sees whether what it needs is there, and sends nothing.
    /// - Throws: ``NotifyError``.
    package func examine() throws(NotifyError) {
        switch way {
        case .webhook(let url, _), .ping(let url):
            try Curl.require(try url.read())
            _ = try Curl.tool()
        case .mail: _ = try tool(Self.sendmail)
        case .command(let words): _ = try tool(words[0])
        }
    }

    private static let sendmail = "sendmail"

    private func run(_ program: String, _ arguments: [String], _ input: [UInt8]) async throws {
        _ = try await tool(program).exchange(input, arguments, deadline: deadline, limit: nil)
    }

    private func tool(_ program: String) throws(NotifyError) -> Tool {
        do {
            return try Tool(program) { variables.contains($0) }
        } catch {
            // Debian and others keep it where only root's PATH leads.
            guard program == Self.sendmail,
                let found = try? Tool("/usr/sbin/sendmail", passing: { variables.contains($0) })
            else { throw .noProgram(program) }
            return found
        }
    }
}

extension Notifier.WebhookBody {
    fileprivate func bytes(of notice: Notice) throws -> [UInt8] {
        switch self {
        case .text:
            // Slack reads these three as markup.
            let text = notice.text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(
                ">", with: "&gt;")
            return try StatementJSON.encode(["text": text])
        case .report:
            if case .ended(_, _, let statement) = notice.event { return statement }
            return try StatementJSON.encode(notice.document)
        case .notice: return try StatementJSON.encode(notice.document)
        }
    }
}
