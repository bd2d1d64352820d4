import Foundation

/// A message for `sendmail -t` (RFC 5322, RFC 2045).
struct Mail {
    private let notice: Notice
    private let to: [String]
    private let from: String?

    init(_ notice: Notice, to: [String], from: String?) {
        self.notice = notice
        self.to = to
        self.from = from
    }

    var bytes: [UInt8] {
        let headers =
            (from.map { ["From: \($0)"] } ?? []) + [
                "To: \(to.joined(separator: ", "))",
                "Subject: \(Self.encoded(notice.headline))",
                "Auto-Submitted: auto-generated",
                "MIME-Version: 1.0",
                "Content-Type: text/plain; charset=utf-8",
                "Content-Transfer-Encoding: base64",
            ]
        let body = Data(notice.text.utf8).base64EncodedString(options: [.lineLength76Characters, .endLineWithLineFeed])
        return Array((headers.joined(separator: "\n") + "\n\n" + body + "\n").utf8)
    }

    /// A text in a header: as it is if it is short ASCII, else in encoded words (RFC 2047).
    private static func encoded(_ text: String) -> String {
        if text.utf8.count < 70, text.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) { return text }
        var (words, word) = ([String](), "")
        for character in text {
            // An encoded word has at most 75 characters, and holds whole characters.
            if word.utf8.count + character.utf8.count > 39 {
                words.append(word)
                word = ""
            }
            word.append(character)
        }
        return (words + [word]).map { "=?utf-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\n ")
    }
}
