/// Captured text on its way into a report.
///
/// `clean` runs once, where a text enters the report, so that no format can forget it: what is left cannot steer a terminal, turn the
/// direction of what follows or break a line. `html` and `markdown` run where the text is written.
enum ReportText {
    /// The longest text taken over, in Unicode scalars.
    static let longest = 400

    /// One line: every run of white space is a space, and control, direction and other invisible steering characters are shown as U+FFFD.
    static func clean(_ text: String, atMost longest: Int = ReportText.longest) -> String {
        var out = String.UnicodeScalarView()
        var count = 0
        var isAfterSpace = true
        for scalar in text.unicodeScalars {
            if count == longest {
                out.append("…")
                break
            }
            switch scalar {
            case " ", "\t", "\n", "\r", "\u{85}", "\u{a0}", "\u{2028}", "\u{2029}":
                if !isAfterSpace { out.append(" ") }
                count += isAfterSpace ? 0 : 1
                isAfterSpace = true
            case _:
                out.append(scalar.steers ? "\u{fffd}" : scalar)
                count += 1
                isAfterSpace = false
            }
        }
        if out.last == " " { out.removeLast() }
        return String(out)
    }

    /// With a full stop at its end.
    static func sentence(_ text: String) -> String { text.hasSuffix(".") || text.hasSuffix("…") ? text : text + "." }

    /// Without the full stop at its end: for words in the middle of a sentence.
    static func phrase(_ text: String) -> String { text.hasSuffix(".") && !text.hasSuffix("..") ? String(text.dropLast()) : text }

    /// For element content and quoted attributes. A number and its percent sign stay on one line.
    static func html(_ text: String) -> String {
        var out = ""
        out.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            case "%" where out.unicodeScalars.last == " ":
                out.unicodeScalars.removeLast()
                out += "\u{a0}%"
            case _: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    /// Text that has passed `html`, in which handles with a hyphen, such as `L-A001`, stand on one line.
    static func unbroken(_ html: String) -> String {
        guard html.utf8.contains(UInt8(ascii: "-")) else { return html }
        func isWord(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 || byte >= 65 && byte <= 90 || byte >= 97 && byte <= 122 || byte == 45 || byte == 95 || byte >= 128 }
        let bytes = Array(html.utf8)
        var out: [UInt8] = [], place = 0
        while place < bytes.count {
            var end = place
            while end < bytes.count, isWord(bytes[end]) { end += 1 }
            guard end > place else {
                out.append(bytes[place])
                place += 1
                continue
            }
            let word = bytes[place..<end]
            let head = word.prefix { $0 >= 65 && $0 <= 90 }, tail = word.dropFirst(head.count + 1)
            let isHandle = (1...4).contains(head.count) && word.count > head.count + 1 && word.count <= 16 && word[word.startIndex + head.count] == 45
                && tail.allSatisfy { $0 >= 48 && $0 <= 57 || $0 >= 65 && $0 <= 90 } && tail.contains { $0 >= 48 && $0 <= 57 }
            out += isHandle ? Array("<span class=\"h\">".utf8) + word + Array("</span>".utf8) : Array(word)
            place = end
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// For paragraphs, headings, list items and table cells of Markdown (CommonMark with tables): every character that could mean
    /// something is escaped, `<`, `>` and `&` become entities, since Markdown lets HTML through, and no address becomes a link.
    static func markdown(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        var out = ""
        out.reserveCapacity(text.utf8.count)
        // A number with a point begins a list.
        let digits = scalars.prefix { $0.value >= 48 && $0.value <= 57 }.count
        for (place, scalar) in scalars.enumerated() {
            let next = place + 1 < scalars.count ? scalars[place + 1] : " "
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "@": out += "&#64;"
            case ":" where next == "/": out += "&#58;"
            case "." where place >= 3 && scalars[place - 3..<place].allSatisfy({ $0 == "w" || $0 == "W" }): out += "&#46;"
            case "\\", "`", "*", "_", "[", "]", "|", "#", "~", "$":
                out += "\\"
                out.unicodeScalars.append(scalar)
            case "-", "+", "=":
                if place == 0 { out += "\\" }
                out.unicodeScalars.append(scalar)
            case ".", ")":
                if place == digits, digits > 0, next == " " { out += "\\" }
                out.unicodeScalars.append(scalar)
            case _: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
