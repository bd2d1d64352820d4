import Findings
import Foundation
import Notify
import Processes
import Report
import SystemPackage
import TestSupport
import Testing

/// Notices that are really sent, to a server of this machine.
@Suite struct SendTests {
    /// What is tried again because a busy machine was slow would be told twice.
    private static let patience = Duration.seconds(3600)

    private static func with(_ body: (URL, Listener) async throws -> Void) async throws {
        try await Turn.take {
            let directory = FileManager.default.temporaryDirectory.appending(path: "notify-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
            defer { try? FileManager.default.removeItem(at: directory) }
            try await body(directory, try Listener(in: directory))
        }
    }

    @Test("Webhooks and pings: what is sent, where, and when")
    func web() async throws {
        try await Self.with { directory, listener in
            let secret = directory.appending(path: "url")
            try Data((listener.url("chat/T0K3N") + "\n").utf8).write(to: secret)
            let chat = Notifier(
                name: "chat", way: .webhook(.file(FilePath(secret.path)), body: .text), deadline: Self.patience)
            let archive = Notifier(
                name: "archive", occasions: [.always], way: .webhook(.plain(listener.url("archive")), body: .report),
                deadline: Self.patience)
            let watchdog = Notifier(name: "watchdog", way: .ping(.plain(listener.url("dog"))), deadline: Self.patience)
            let begin = Notice(plan: "shop", host: "db1", event: .began)
            let bad = NoticeTests.notice(.failed, .backup)
            for notice in [begin, bad, NoticeTests.notice(.passed, passedBefore: true)] {
                for notifier in [chat, archive, watchdog] { _ = try await notifier.tell(notice) }
            }
            let requests = try listener.requests()
            #expect(
                requests.map(\.path) == ["/dog/start", "/chat/T0K3N", "/archive", "/dog/fail", "/archive", "/dog"])
            #expect(requests[2].body == "{}")
            #expect(requests[1].type == "application/json")
            let text = try JSONDecoder().decode([String: String].self, from: Data(requests[1].body.utf8))["text"]
            #expect(text?.contains("row-counts: public.&lt;farmers&gt;: rows are missing &amp; gone\n") == true)
        }
    }

    @Test("Who does not listen is asked three times; what is said of it has no secret")
    func retries() async throws {
        try await Self.with { _, listener in
            let once = Notifier(
                name: "once", way: .webhook(.plain(listener.url("once")), body: .notice), deadline: Self.patience)
            let wasTold = try await once.tell(NoticeTests.notice(.failed, .backup))
            #expect(wasTold)
            let never = Notifier(
                name: "never", way: .webhook(.plain(listener.url("refuse/T0K3N")), body: .notice),
                deadline: Self.patience)
            let error = await #expect(throws: ToolFailure.self) {
                _ = try await never.tell(NoticeTests.notice(.failed, .backup))
            }
            #expect(error?.description.contains("500") == true)
            #expect(error?.description.contains("T0K3N") == false)
            let paths = try listener.requests().map(\.path)
            #expect(
                paths == ["/once", "/once", "/refuse/T0K3N", "/refuse/T0K3N", "/refuse/T0K3N"])
        }
    }

    @Test("A secret that is not there is told at once")
    func secrets() async throws {
        for (place, words) in [
            (SecretText.file("/nowhere/url"), "/nowhere/url"),
            (.credential("dog"), "there is no credential dog: it is not run by a unit of systemd"),
        ] {
            let error = await #expect(throws: NotifyError.self) {
                _ = try await Notifier(name: "dog", way: .ping(place)).tell(
                    Notice(plan: "shop", host: "db1", event: .began))
            }
            #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
        }
    }
}
