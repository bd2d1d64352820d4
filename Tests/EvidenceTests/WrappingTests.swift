import Testing

@testable import Pages

/// Lines end between words where a terminal would cut them.
struct WrappingTests {
    private static func wrapped(_ text: ShownText, _ width: Int = 30) -> String {
        text.wrapped(to: width).written(color: false)
    }

    @Test func proseGoesOnFourBlanksIn() {
        #expect(
            Self.wrapped("  one two three four five six seven eight\nnine\n") == """
                  one two three four five six
                      seven eight
                nine

                """)
    }

    @Test func columnsGoOnBelowTheSecond() {
        #expect(
            Self.wrapped("  made  2026-11-23 02:00:00 UTC by a clock\n  kind  dump\n") == """
                  made  2026-11-23 02:00:00
                        UTC by a clock
                  kind  dump

                """)
    }

    @Test func whatFitsStays() {
        let text: ShownText = "  a  b   c\n\n    d\n"
        #expect(text.wrapped(to: 30) == text)
        #expect(Self.wrapped("exactly thirty columns, indeed") == "exactly thirty columns, indeed")
    }

    @Test func whatAPersonCopiesIsNotBroken() {
        let command = "pgassay report verify r.dsse.json --public-key k.pem"
        #expect(Self.wrapped("Verify   \(verbatim: command)\n") == "Verify   \(command)\n")
        let long = String(repeating: "x", count: 64)
        #expect(Self.wrapped("  sha256  \(long)\n") == "  sha256  \(long)\n")
    }

    @Test func coloursStayOnTheirWords() {
        let text = ShownText(.bad, "FAILED: one two three four five six") + "\n"
        let wrapped = text.wrapped(to: 20).written(color: true)
        #expect(wrapped.contains("\u{1b}[1;31mFAILED: one two\u{1b}[0m\n"))
        #expect(wrapped.replacing(/\u{1b}\[[0-9;]+m/, with: "") == Self.wrapped(text, 20))
    }

    @Test func aTerminalOfNoWidthGetsWholeLines() {
        #expect(Self.wrapped("one two three four five six seven", 5) == "one two three four five six seven")
    }
}
