import Mustache

/// The templates, in the folder Templates. Each value that comes into one is made harmless, and escaped for the form that is rendered: a
/// template has no other way to show a value.
package enum PageTemplates {
    /// What a template makes.
    enum Form: String {
        case html = "PAGE"
        case markdown = "MARKDOWN"
        case xml = "XML"
    }

    /// - Parameters:
    ///   - value: whose properties the template names.
    ///   - name: of a template in ``sources``.
    package static func render(_ value: Any, _ name: String) -> String {
        guard let text = library.render(value, withTemplate: name) else {
            preconditionFailure("there is no template \(name)")
        }
        return text
    }

    /// Every template with its name, and what it is made of.
    static let sources: [String: (form: Form, text: [UInt8])] = [
        "report": (.html, PackageResources.report_html),
        "head": (.html, PackageResources.head_html),
        "style": (.html, PackageResources.style_css),
        "mark": (.html, PackageResources.mark_html),
        "verdict-icon": (.html, PackageResources.verdict_icon_html),
        "group": (.html, PackageResources.group_html),
        "history": (.html, PackageResources.history_html),
        "history-table": (.html, PackageResources.history_table_html),
        "site-top": (.html, PackageResources.site_top_html),
        "site-index": (.html, PackageResources.site_index_html),
        "site-plan": (.html, PackageResources.site_plan_html),
        "site-ledger": (.html, PackageResources.site_ledger_html),
        "site-cold": (.html, PackageResources.site_cold_html),
        "markdown": (.markdown, PackageResources.report_md),
        "junit": (.xml, PackageResources.junit_xml),
    ]

    private static let library: MustacheLibrary = {
        MustacheContentTypes.register(Escaped(escape: { HTMLText.escaped($0) }), named: Form.html.rawValue)
        MustacheContentTypes.register(Escaped(escape: { HTMLText.escaped($0) }), named: Form.xml.rawValue)
        MustacheContentTypes.register(Escaped(escape: { MarkdownText.escaped($0) }), named: Form.markdown.rawValue)
        var library = MustacheLibrary()
        for (name, source) in sources {
            do {
                // A partial does not take over how its caller escapes. Its last line end is the file's, and not its own.
                let body = source.text.last == UInt8(ascii: "\n") ? source.text.dropLast() : source.text[...]
                let text = "{{% CONTENT_TYPE:\(source.form.rawValue)}}\n" + String(decoding: body, as: UTF8.self)
                try library.register(text, named: name)
            } catch {
                preconditionFailure("the template \(name) cannot be read: \(error)")
            }
        }
        return library
    }()

    private struct Escaped: MustacheContentType {
        let escape: @Sendable (String) -> String

        func escapeText(_ text: String) -> String { escape(text) }
    }
}

/// Text in HTML or XML, as content or in an attribute with double quotes.
enum HTMLText {
    /// Harmless for whoever reads it, and for whatever does: no control character and no text-direction mark stays, and nothing begins
    /// a tag or ends an attribute.
    static func escaped(_ text: String) -> String {
        TextStyle.harmless(text).unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}

/// Text in GitHub Flavored Markdown, within a line or a cell of a table.
enum MarkdownText {
    /// Harmless, with a backslash before each character that could begin markup, a link or a cell (CommonMark 0.31, 2.4).
    static func escaped(_ text: String) -> String {
        let harmless = TextStyle.harmless(text)
        var escaped = ""
        for (index, scalar) in zip(harmless.unicodeScalars.indices, harmless.unicodeScalars) {
            if isMarkup(scalar) || isLink(harmless, at: index) { escaped += "\\" }
            escaped.unicodeScalars.append(scalar)
            // GFM looks for addresses, and GitHub for names of people, in what is left after that: only another node ends one.
            if scalar == "@" { escaped += "<!-- -->" }
        }
        return escaped
    }

    private static func isMarkup(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\\", "`", "*", "_", "{", "}", "[", "]", "<", ">", "(", ")", "#", "!", "|", "~", "&", "$": true
        default: false
        }
    }

    /// `://` and `www.` make a link without any markup (GFM 6.9).
    private static func isLink(_ text: String, at index: String.UnicodeScalarIndex) -> Bool {
        text.unicodeScalars[index...].starts(with: "://".unicodeScalars)
            || (text.unicodeScalars[index] == "."
                && text.unicodeScalars[..<index].suffix(3).map { String($0).lowercased() } == ["w", "w", "w"])
    }
}
