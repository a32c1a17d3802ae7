/// What somebody writes who wants it to be obeyed rather than read: 200 texts, the same on every run.
///
/// Each ends in a mark of its own, so that a test can tell that it was shown.
public struct HostileText: Hashable, Sendable {
    public enum Family: String, CaseIterable, Sendable {
        case escape, eightBit, control, overwriting, direction, invisible, formula, page, markdown, logLine, path, mixture
    }

    public let number: Int
    public let family: Family
    public let text: String

    public var mark: String { "mark\(number)." }

    /// Does it hold what no field takes (C0, DEL, C1, line separators)?
    public var holdsControls: Bool { text.unicodeScalars.contains { Self.isControl($0.value) } }
    /// Does it hold what no name takes, beside that?
    public var holdsDirections: Bool { text.unicodeScalars.contains { Self.isDirection($0.value) } }

    private static func isControl(_ value: UInt32) -> Bool { value < 0x20 || (0x7f...0x9f).contains(value) || value == 0x2028 || value == 0x2029 }
    private static func isDirection(_ value: UInt32) -> Bool {
        value == 0x61c || value == 0x200e || value == 0x200f || (0x202a...0x202e).contains(value) || (0x2066...0x2069).contains(value)
    }

    /// What a terminal would obey in `text`, which it was sent; nothing when it is dead. Line breaks are the program's own.
    public static func live(in text: String) -> [String] {
        var found: [String] = []
        for scalar in text.unicodeScalars where scalar != "\n" {
            let value = scalar.value
            let isHidden = value == 0x200b || (0x2060...0x206f).contains(value) || value == 0xfeff || (0xe0000...0xe007f).contains(value)
            if isControl(value) || isDirection(value) || isHidden { found.append("U+" + String(value, radix: 16)) }
        }
        return found
    }

    public static let all: [HostileText] = {
        var rows = Family.allCases.dropLast().flatMap { family in texts(of: family).map { (family, $0) } }
        // Two of different families, until there are two hundred.
        var dice = SplitMix64(seed: 200)
        let single = rows
        while rows.count < 200 {
            let (one, two) = (single[Int(dice.next() % UInt64(single.count))], single[Int(dice.next() % UInt64(single.count))])
            if one.0 != two.0 { rows.append((.mixture, one.1 + two.1)) }
        }
        return rows.prefix(200).enumerated().map { HostileText(number: $0.offset, family: $0.element.0, text: $0.element.1 + "mark\($0.offset).") }
    }()

    private static func texts(of family: Family) -> [String] {
        switch family {
        case .escape:
            [
                "[31m", "[2J", "[H", "[1;1H", "[?1049h", "[6n", "[21t", "[5i", "[8m", "[?25l", "[3J", "c", "7", "(0", "#8", "]0;title\u{7}", "]2;title\u{1b}\\",
                "]8;;http://evil.example\u{7}link\u{1b}]8;;\u{7}", "]8;;file:///etc/passwd\u{1b}\\x\u{1b}]8;;\u{1b}\\", "]52;c;ZWNobyBvd25lZA==\u{7}", "]52;p;?\u{1b}\\",
                "]1337;File=:QQ==\u{7}", "]4;0;?\u{7}", "P$q\"p\u{1b}\\", "P+q544e\u{1b}\\", "_Gi=1;\u{1b}\\", "^private\u{1b}\\", "Xstart\u{1b}\\",
            ].map { "\u{1b}" + $0 }
        case .eightBit: ["\u{9b}31m", "\u{9b}2J", "\u{9d}0;title\u{9c}", "\u{9d}52;c;QQ==\u{9c}", "\u{90}$qm\u{9c}", "\u{9f}Gi=1;\u{9c}", "\u{9e}x\u{9c}", "\u{98}x\u{9c}", "\u{8d}", "\u{85}x", "\u{84}", "\u{88}"]
        case .control: (UInt32(0)...0x1f).filter { $0 != 0x0a && $0 != 0x1b }.compactMap(Unicode.Scalar.init).map { "a\($0)b" } + ["a\u{7f}b"]
        case .overwriting: ["all is well\rrm -rf", "paid\u{8}\u{8}\u{8}\u{8}owed", "x\u{8} \u{8}", "one\r\ntwo", "one\u{b}two", "\r\r\r"]
        case .direction: [0x61c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069].compactMap(Unicode.Scalar.init).map { "gpj.\($0)exe" }
        case .invisible: [0x200b, 0x2060, 0x2061, 0x2064, 0x206a, 0x206f, 0xfeff, 0xe0001, 0xe0041, 0xe007f].compactMap(Unicode.Scalar.init).map { "pay\($0)pal" }
        case .formula:
            ["=1+1", "+1+1", "-1+1", "@SUM(1)", "=HYPERLINK(\"http://evil.example\",\"x\")", "=cmd|' /C calc'!A0", "＝1+1", "＋1", "－1", "＠SUM(1)", " =1+1", "'=1+1", "\"=1+1", "\t=1+1", "\r=1+1", "\u{0}=1+1", "%0A=1+1", ";=1+1", ",=1+1"]
        case .page:
            [
                "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "\"><img src=http://evil.example/x>", "' onmouseover='alert(1)", "<iframe src=//evil.example></iframe>",
                "<a href=\"javascript:alert(1)\">x</a>", "<style>@import url(http://evil.example)</style>", "</style><b>", "</title><b>", "</script><b>", "<!--", "-->", "<![CDATA[x]]>", "&lt;script&gt;", "&#60;script&#62;",
                "<meta http-equiv=refresh content=0;url=//evil.example>", "<base href=//evil.example>", "<form action=//evil.example><input>", "{{7*7}}", "${7*7}", "<table><tr><td>", "<p style=\"background:url(//evil.example)\">",
            ]
        case .markdown: ["[x](javascript:alert(1))", "![x](http://evil.example/x.png)", "<http://evil.example>", "`x` | y | z", "# x", "| --- | --- |", "~~~", "[x]: http://evil.example", "* * *", "http://evil.example", "www.evil.example"]
        case .logLine: ["x\n2026-01-01T00:00:00+0000 critical seamark: wiped", "x\r\nlevel=critical", "x\u{2028}critical", "x\u{2029}critical", "x\" reason=\"none", "x] [y"]
        case .path: ["../../etc/passwd", "/etc/passwd", "..", "C:\\Windows\\x", "\\\\host\\share", "CON", "NUL.txt", "-rf", "~root", "a/b", "%2e%2e%2f", "a\u{0}b.png", "x;rm -rf .", "$(reboot)", "`reboot`", "name. "]
        case .mixture: []
        }
    }
}
