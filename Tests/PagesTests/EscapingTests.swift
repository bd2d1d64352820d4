import Testing

@testable import Pages

/// No value steers what shows it.
@Suite struct EscapingTests {
    @Test func inHTML() {
        #expect(HTMLText.escaped("a<b>&\"'c") == "a&lt;b&gt;&amp;&quot;&#39;c")
        #expect(HTMLText.escaped("é漢字 ✓") == "é漢字 ✓")
        #expect(HTMLText.escaped("x\u{202e}y\u{0}\n") == "x\\u{202e}y\\u{0}\\u{a}")
    }

    @Test func inMarkdown() {
        #expect(MarkdownText.escaped("a|b*c_d`e<f>[g](h)#!") == ##"a\|b\*c\_d\`e\<f\>\[g\]\(h\)\#\!"##)
        #expect(MarkdownText.escaped("https://x www.x WWW.y a.b 1:2") == #"https\://x www\.x WWW\.y a.b 1:2"#)
        #expect(MarkdownText.escaped("x\ny\u{2028}") == #"x\\u\{a\}y\\u\{2028\}"#)
    }

    /// A template that is not there is shown as nothing.
    @Test func everyPartialIsThere() throws {
        for (name, source) in PageTemplates.sources {
            let text = String(decoding: source.text, as: UTF8.self)
            for partial in text.matches(of: /\{\{> *([^} ]+) *\}\}/) {
                #expect(PageTemplates.sources[String(partial.1)] != nil, "\(name) asks for \(partial.1)")
            }
            // Braces of three, and an ampersand, would show a value as it is.
            #expect(!text.contains("{{{") && !text.contains("{{&"), "\(name)")
        }
    }
}
