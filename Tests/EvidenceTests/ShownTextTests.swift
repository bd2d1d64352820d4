import Testing

@testable import Pages

/// What comes from outside can neither steer a terminal nor begin a line.
@Suite struct ShownTextTests {
    private static let hostile =
        "\r\u{1b}[2K\u{7}\u{9b}31m\nPASSED\u{0}\u{7f}\u{85}\u{2028}\u{2029}\u{202e}\u{2066}\u{feff}\u{e000}\t"
    private static let shown =
        #"\u{d}\u{1b}[2K\u{7}\u{9b}31m\u{a}PASSED\u{0}\u{7f}\u{85}\u{2028}\u{2029}\u{202e}\u{2066}\u{feff}\u{e000}\u{9}"#

    @Test func whatIsInterpolatedStaysOnItsLine() {
        let text: ShownText = "a \(Self.hostile)\nb\n"
        #expect(text.written(color: false) == "a \(Self.shown)\nb\n")
    }

    @Test func linesOfAMessageStayLines() {
        #expect(ShownText(lines: "a\r\n\u{1b}b\n\n").written(color: false) == "a\\u{d}\n\\u{1b}b\n\n")
        #expect(ShownText(lines: "a\r\nb\nc", indent: "  ").written(color: false) == "a\\u{d}\n  b\n  c")
    }

    @Test func coloursAreOurs() {
        let text = ShownText(.bad, "FAILED \(Self.hostile)") + " rest"
        #expect(text.written(color: true) == "\u{1b}[1;31mFAILED \(Self.shown)\u{1b}[0m rest")
        #expect(text.written(color: false) == "FAILED \(Self.shown) rest")
    }

    @Test func textWithinTextKeepsItsColours() {
        let inner: ShownText = "\(ShownText(.good, "good"))\n"
        #expect(("<\(inner)>" as ShownText).written(color: true) == "<\u{1b}[1;32mgood\u{1b}[0m\n>")
    }

    @Test func aPrefixCountsCharacters() {
        let text: ShownText = "ab\(ShownText(.good, "cd"))ef"
        #expect(text.prefix(3).written(color: true) == "ab\u{1b}[1;32mc\u{1b}[0m")
        #expect(text.prefix(0).written(color: true) == "")
    }

    @Test func commonTextIsUnchanged() {
        let text = "naïve 🌾 табела 日本 \"x\" \\ ~"
        #expect(("\(text)" as ShownText).written(color: false) == text)
    }
}
