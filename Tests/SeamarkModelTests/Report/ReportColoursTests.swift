import Foundation
import SeamarkModel
import Testing

/// Who sees red and green, or blue and yellow, alike reads a report as everyone does. Held to the style sheet and the drawings of the samples' own pages.
@Suite struct ReportColoursTests {
    // MARK: - Eyes

    /// Eyes without one kind of cone: G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE TVCG 15(6), 2009,
    /// 1291–1298; severity 1.0, on linear light.
    enum Eyes: CaseIterable {
        case usual, protanopia, deuteranopia, tritanopia

        var matrix: [[Double]] {
            switch self {
            case .usual: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
            case .protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
            case .deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
            case .tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
            }
        }
    }

    /// A colour of a page: red, green and blue as they are written, 0 to 1.
    struct Colour: Hashable {
        var parts: [Double]

        /// `#abc` or `#aabbcc`.
        init?(_ hex: some StringProtocol) {
            let digits = hex.dropFirst().map { String($0) }
            guard hex.hasPrefix("#"), digits.count == 3 || digits.count == 6 else { return nil }
            let pairs = digits.count == 3 ? digits.map { $0 + $0 } : [digits[0] + digits[1], digits[2] + digits[3], digits[4] + digits[5]]
            parts = pairs.compactMap { Int($0, radix: 16) }.map { Double($0) / 255 }
            guard parts.count == 3 else { return nil }
        }

        /// So much of it over another, as a browser mixes and paints.
        func over(_ other: Colour, _ share: Double) -> Colour {
            var mixed = self
            mixed.parts = zip(parts, other.parts).map { $0 * share + $1 * (1 - share) }
            return mixed
        }

        func seen(by eyes: Eyes) -> Seen {
            let light = parts.map { part -> Double in part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4) }
            return Seen(eyes.matrix.map { row -> Double in
                let sum = row[0] * light[0] + row[1] * light[1] + row[2] * light[2]
                return min(1, max(0, sum))
            })
        }
    }

    /// What eyes make of a colour, in CIE L*a*b* under D65.
    struct Seen {
        let lightness: Double, a: Double, b: Double, luminance: Double

        init(_ light: [Double]) {
            func sum(_ red: Double, _ green: Double, _ blue: Double) -> Double { red * light[0] + green * light[1] + blue * light[2] }
            func root(_ value: Double) -> Double { value > 216.0 / 24389 ? pow(value, 1.0 / 3) : (24389.0 / 27 * value + 16) / 116 }
            let bright = sum(0.2126729, 0.7151522, 0.0721750)
            let x = root(sum(0.4124564, 0.3575761, 0.1804375) / 0.95047), y = root(bright), z = root(sum(0.0193339, 0.1191920, 0.9503041) / 1.08883)
            luminance = bright
            lightness = 116 * y - 16
            a = 500 * (x - y)
            b = 200 * (y - z)
        }

        /// ΔE*ab of 1976: some 2 is a difference that is noticed at all.
        func difference(from other: Seen) -> Double {
            let parts = [lightness - other.lightness, a - other.a, b - other.b]
            return parts.reduce(0) { $0 + $1 * $1 }.squareRoot()
        }

        /// WCAG's ratio.
        func contrast(to other: Seen) -> Double { (max(luminance, other.luminance) + 0.05) / (min(luminance, other.luminance) + 0.05) }
    }

    // MARK: - The page

    /// A style sheet's colours by name, and its rules, the theme's own before those of all.
    struct Theme {
        let name: String
        let colours: [String: Colour]
        let sheets: [Substring]

        func rule(_ selector: String) -> Substring? {
            for sheet in sheets { if let start = sheet.firstRange(of: selector + "{") { return sheet[start.upperBound...].prefix { $0 != "}" } } }
            return nil
        }

        func colour(named name: some StringProtocol) throws -> Colour { try #require(colours[String(name)], "\(name)") }

        /// What a mark is filled with, or drawn with where it is a line.
        func colour(of mark: String) throws -> Colour {
            let words = try #require(rule("." + mark), "\(mark)")
            let start = try #require(words.firstRange(of: "var(--"), "\(words)")
            return try colour(named: words[start.upperBound...].prefix { $0 != ")" })
        }

        /// The shade of a seam's severity: paper where nothing is lost.
        func shade(_ severity: Int) throws -> Colour {
            let paper = try colour(named: "paper")
            guard severity > 0 else { return paper }
            // background:color-mix(in srgb,var(--mid) 55%,var(--paper))
            let words = try #require(rule("table.grid .s\(severity)")).split { "(), %".contains($0) }
            let name = try #require(words.first { $0.hasPrefix("--") }), share = try #require(words.compactMap { Double($0) }.first)
            return try colour(named: name.dropFirst(2)).over(paper, share / 100)
        }
    }

    /// Light, dark and printed, as the page of a report has them.
    static func themes(_ html: String) throws -> [Theme] {
        let start = try #require(html.firstRange(of: "<style>")), end = try #require(html.firstRange(of: "</style>"))
        let css = html[start.upperBound..<end.lowerBound]
        let printed = try #require(css.firstRange(of: "@media print{")), dark = try #require(css.ranges(of: "@media (prefers-color-scheme:dark){").last)
        let all = css[..<printed.lowerBound]
        let sheets = [[all], [css[dark.upperBound...].prefix { $0 != "\n" }, all], [css[printed.upperBound...], all]]
        let roots = css.ranges(of: ":root{").map { css[$0.upperBound...].prefix { $0 != "}" } }
        try #require(roots.count == 3)
        var themes: [Theme] = []
        for (place, name) in ["light", "dark", "print"].enumerated() {
            var colours: [String: Colour] = [:]
            for part in roots[place].split(separator: ";") where part.hasPrefix("--") {
                let pair = part.dropFirst(2).split(separator: ":")
                guard pair.count == 2 else { continue }
                let colour: Colour = try #require(Colour(pair[1]), "\(part)")
                colours[String(pair[0])] = colour
            }
            themes.append(Theme(name: name, colours: colours, sheets: sheets[place]))
        }
        return themes
    }

    static func pages() throws -> [String] { [try ReportBench.halden.get().html, try ReportBench.northlink.get().html] }

    /// What carries a meaning in a drawing by where it lies; what it lies on; and what helps the eye alone.
    static let marks = ["whisker", "band", "tick", "solid", "mid", "plan", "curve", "line", "edge", "g0", "g1"]
    static let grounds = ["pale", "under"]
    static let ornaments = ["axis", "gridline"]
    /// Told by dashes, by hatching and dots, and by words beside it.
    static let otherwise = ["quietline", "hatched", "g2", "g3", "reference"]

    // MARK: - Laws

    /// A red and a green that a deuteranope takes for one another, and greys, which everyone sees as they are.
    @Test func `the eyes that are simulated mistake what such eyes mistake`() throws {
        let red = try #require(Colour("#b8543c")), green = try #require(Colour("#7d7a2a")), blue = try #require(Colour("#0066aa")), teal = try #require(Colour("#007755"))
        #expect(red.seen(by: .usual).difference(from: green.seen(by: .usual)) > 45 && red.seen(by: .deuteranopia).difference(from: green.seen(by: .deuteranopia)) < 6)
        #expect(blue.seen(by: .tritanopia).difference(from: teal.seen(by: .tritanopia)) < blue.seen(by: .usual).difference(from: teal.seen(by: .usual)) / 2)
        for eyes in Eyes.allCases {
            for grey in ["#000", "#777", "#fff"] {
                let colour = try #require(Colour(grey))
                #expect(colour.seen(by: eyes).difference(from: colour.seen(by: .usual)) < 0.1, "\(eyes) \(grey)")
            }
        }
    }

    @Test func `marks that lie on one another differ in lightness, whoever looks`() throws {
        let known = Set(Self.marks + Self.grounds + Self.ornaments + Self.otherwise)
        for page in try Self.pages() {
            // Nothing is drawn that is not among those that are held here.
            for tag in page.split(separator: "<") {
                guard let shape = tag.split(separator: " ", maxSplits: 1).first, ["rect", "circle", "line", "polygon", "polyline", "path"].contains(shape) else { continue }
                let start = try #require(tag.firstRange(of: "class=\""), "\(tag)")
                for name in tag[start.upperBound...].prefix(while: { $0 != "\"" }).split(separator: " ") where name != "wide" && name != "narrow" {
                    #expect(known.contains(String(name)), "\(name)")
                }
            }
        }
        for theme in try Self.themes(try ReportBench.halden.get().html) {
            let paper = try theme.colour(named: "paper"), under = try theme.colour(of: "under"), quiet = try theme.colour(of: "quietline")
            let marks = try Self.marks.map { (name: $0, colour: try theme.colour(of: $0)) }
            let grounds = try [(name: "paper", colour: paper)] + Self.grounds.map { (name: $0, colour: try theme.colour(of: $0)) }
            let opacity = try #require(theme.rule(".reference")?.split(separator: ":").last.flatMap { Double("0\($0)") })
            let reference = try theme.colour(of: "reference").over(paper, opacity), pale = try theme.colour(of: "pale")
            let warn = try theme.colour(named: "warn"), deep = try theme.colour(named: "deep")
            for eyes in Eyes.allCases {
                func apart(_ one: Colour, _ other: Colour) -> Double { abs(one.seen(by: eyes).lightness - other.seen(by: eyes).lightness) }
                for (place, one) in marks.enumerated() {
                    for other in Array(marks[(place + 1)...]) + grounds where other.colour != one.colour {
                        #expect(apart(one.colour, other.colour) >= 15, "\(one.name) and \(other.name), \(theme.name), \(eyes)")
                    }
                }
                for (one, other) in [(quiet, paper), (quiet, under), (reference, paper)] { #expect(apart(one, other) >= 15, "\(theme.name), \(eyes)") }
                #expect(apart(pale, paper) >= 10, "\(theme.name), \(eyes)")
                // The bar beside a draft, and beside what is board-ready.
                #expect(warn.seen(by: eyes).difference(from: deep.seen(by: eyes)) >= 40, "\(theme.name), \(eyes)")
            }
        }
    }

    @Test func `a severer seam is shaded farther from the paper, step by step, whoever looks, and its words can be read`() throws {
        for theme in try Self.themes(try ReportBench.halden.get().html) {
            let shades = try (0...4).map { try theme.shade($0) }, ink = try theme.colour(named: "ink")
            for eyes in Eyes.allCases {
                let seen = shades.map { $0.seen(by: eyes) }
                let away = seen.map { abs($0.lightness - seen[0].lightness) }
                for (near, far) in zip(away, away.dropFirst()) { #expect(far - near >= 4, "\(theme.name), \(eyes): \(away)") }
                for shade in seen { #expect(shade.contrast(to: ink.seen(by: eyes)) >= 4.5, "\(theme.name), \(eyes)") }
            }
        }
    }

    @Test func `words can be read on what they stand on, whoever looks`() throws {
        let pairs = [
            ("ink", "paper"), ("ink", "wash"), ("ink", "warnwash"), ("ink", "mid"), ("quiet", "paper"), ("quiet", "wash"), ("deep", "paper"), ("on", "deep"),
        ]
        for theme in try Self.themes(try ReportBench.halden.get().html) {
            for (words, ground) in pairs {
                for eyes in Eyes.allCases {
                    let contrast = try theme.colour(named: words).seen(by: eyes).contrast(to: theme.colour(named: ground).seen(by: eyes))
                    #expect(contrast >= 4.5, "\(words) on \(ground), \(theme.name), \(eyes): \(contrast)")
                }
            }
        }
    }

    @Test func `what a shade or a filling says, a word, dashes or hatching say too`() throws {
        let pages = try Self.pages()
        var cells = 0, legends = 0, unranked = 0
        for page in pages {
            var isRanked = false
            for line in page.split(separator: "\n") {
                // A seam's severity stands in its cell.
                for cell in line.split(separator: "<td class=\"s").dropFirst() {
                    let shade = try #require(cell.first?.wholeNumberValue, "\(cell)")
                    let words = cell.split(separator: "</td>", maxSplits: 1)[0]
                    let said = words.ranges(of: "severity ").compactMap { place in Double(words[place.upperBound...].prefix { $0 != "<" }) }
                    let worst = said.max() ?? 0
                    #expect(Int(worst.rounded(.up)) == shade, "\(words)")
                    cells += 1
                }
                // Parts of a whole have fillings of their own and a name each.
                if line.hasPrefix("<p class=\"legend\">") {
                    let parts = line.split(separator: "<span>").filter { $0.contains("<svg ") }
                    let fillings = parts.compactMap { part in part.firstRange(of: "class=\"g").flatMap { part[$0.upperBound...].first } }
                    #expect(fillings.count == parts.count && Set(fillings).count == parts.count, "\(line)")
                    #expect(parts.allSatisfy { !$0.contains("</svg></span>") }, "\(line)")
                    legends += 1
                }
                // What is greyed because it is not ranked has no rank.
                if line.contains("<table class=\"ranked\">") { isRanked = true }
                if line.contains("</table>") { isRanked = false }
                if isRanked, line.contains(" class=\"below\">") {
                    #expect(line.contains(" class=\"below\"><td class=\"n\">–</td>"), "\(line)")
                    unranked += 1
                }
            }
            for pattern in ["hatch", "dots"] {
                let start = try #require(page.firstRange(of: "<pattern id=\"\(pattern)\"")), drawn = page[start.upperBound...].prefix(500).split(separator: "</pattern>", maxSplits: 1)[0]
                #expect(drawn.contains("class=\"pale\"") && drawn.contains("class=\"solid\""))
            }
        }
        #expect(cells > 4 && legends >= 4 && unranked >= 2)
        for theme in try Self.themes(pages[0]) {
            #expect(theme.rule(".quietline")?.contains("stroke-dasharray:") == true)
            for line in [".line", ".curve", ".edge"] { #expect(theme.rule(line)?.contains("dasharray") == false) }
            for (mark, pattern) in [(".g2", "hatch"), (".g3", "dots"), (".hatched", "hatch")] { #expect(String(theme.rule(mark) ?? "") == "fill:url(#\(pattern))") }
        }
    }
}
