import SeamarkJournal
import SeamarkModel
import Testing

@Suite struct ReportFormatTests {
    /// Escape sequences, markup, a link, direction overrides and a line break, in one title.
    static let hostile = "\u{1b}]0;owned\u{7}\u{1b}[31mred <script>alert(1)</script> \"><img src=x onerror=alert(1)> & 'x' \u{202e}gnp.exe\u{2066} [a](http://evil.example) | ![b](c) ` \u{9b}2J\u{200b}\nSecond line"

    /// Replaces a record's text under the rules, as a peer that keeps none of them would.
    static func report() throws -> EngagementReport {
        var bench = try ReportBench.bench("halden")
        for (handle, type, number) in [("L2", Catalogue.leakageLine, UInt32(10)), ("S1", Catalogue.seam, 10), ("S1", Catalogue.seam, 15), ("HALDEN-2026", Catalogue.engagement, 10)] {
            let view = try #require(bench.views.first { $0.handle == handle && $0.type === type })
            let heads = view.state.heads(of: .field(number)).map(\.name)
            bench.apply(bench.change([Edit(record: view.id, type: type.number, target: .field(number), content: .open(.text(hostile)), supersedes: heads)], by: Bench.ana))
        }
        return try EngagementReport(views: bench.views, primitives: bench.primitives, provenance: ReportProvenance(software: hostile)) { _ in hostile }
    }

    @Test func `hostile text steers neither terminal nor browser nor reader`() throws {
        let report = try Self.report()
        for text in [report.json, report.markdown, report.html] {
            for scalar in text.unicodeScalars {
                let value = scalar.value
                let steers = (value < 0x20 && value != 0x0a) || (0x7f..<0xa0).contains(value) || (0x202a...0x202e).contains(value)
                    || (0x2066...0x2069).contains(value) || value == 0x200b
                #expect(!steers, "U+\(String(value, radix: 16))")
                if steers { return }
            }
        }
        for text in [report.markdown, report.html] {
            #expect(!text.contains("<script") && !text.contains("<img"))
            #expect(text.contains("&lt;script&gt;"))
        }
        #expect(report.markdown.contains("\\[a\\](http&#58;//evil.example) \\|") && !report.markdown.contains("http://"))
        #expect(!report.html.contains("\"><img"))
        // One row stays one row.
        let row = try #require(report.markdown.split(separator: "\n").first { $0.hasPrefix("| L2 |") })
        let bars = zip(row, row.dropFirst()).filter { $0.1 == "|" && $0.0 != "\\" }.count + 1
        #expect(bars == 10)
        #expect(try JSONParser.parse(report.json, atMost: 1 << 20) == report.document)
    }

    @Test func `the page asks nobody for anything`() throws {
        let html = try ReportBench.halden.get().html
        #expect(html.contains("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\">"))
        for forbidden in ["<script", "http:", "https:", "//", "src=", "@import", "<link", "<iframe", "javascript:", " onload", " onclick"] {
            #expect(!html.lowercased().contains(forbidden), "\(forbidden)")
        }
        #expect(html.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
        // Links go to places of the page alone, each of which is there once.
        let links = html.components(of: "href=").dropFirst()
        #expect(links.count > 30)
        for link in links {
            #expect(link.hasPrefix("\"#"), "\(link.prefix(30))")
            let target = link.dropFirst(2).prefix { $0 != "\"" }
            #expect(html.components(of: "id=\"\(target)\"").count == 2, "\(target)")
        }
    }

    @Test func `every opened element is closed in its order`() throws {
        for report in [try ReportBench.halden.get(), try ReportBench.northlink.get(), try Self.report()] {
            var open: [Substring] = []
            var rest = report.html.dropFirst("<!DOCTYPE html>".count)
            let void: Set<Substring> = ["meta"]
            while let start = rest.firstIndex(of: "<") {
                let tail = rest[start...].dropFirst()
                let end = try #require(tail.firstIndex(of: ">"))
                let tag = tail[..<end]
                rest = tail[end...].dropFirst()
                if tag.hasPrefix("/") {
                    #expect(open.popLast() == tag.dropFirst())
                } else if !tag.hasSuffix("/") {
                    let name = tag.prefix { $0 != " " && $0 != "\n" }
                    if !void.contains(name) { open.append(name) }
                }
            }
            #expect(open.isEmpty)
        }
    }

    /// How the name of a drawing begins, and words of the table behind it.
    private static let tables: [(drawing: String, table: String)] = [
        ("Range of the yearly loss", "Floor (P10)"), ("Parts of the mean by whether the plan has them", "Not in the plan"),
        ("Share of the mean by grade of evidence", "system of record"), ("Latency against time to damage", "Time to damage"),
        ("From the declared to the computed order", "Verdict"), ("Loss exceedance curve", "Probability"),
    ]

    @Test(arguments: ["halden", "northlink"])
    func `every drawing has its figures in a table behind it, or lies in one`(sample: String) throws {
        let html = try (sample == "halden" ? ReportBench.halden : ReportBench.northlink).get().html
        // What is hidden from whoever listens lies in a table, is a part of a named drawing, or is the key of a pattern.
        var open: [Substring] = []
        for part in html.split(separator: "<") {
            let tag = part.prefix { $0 != ">" }
            if tag == "/svg" || tag == "/table" { _ = open.popLast() }
            guard tag.hasPrefix("svg ") || tag == "table" || tag.hasPrefix("table ") else { continue }
            if tag.hasPrefix("svg "), !tag.contains("role=\"img\" aria-label=\"") {
                let isKey = tag.contains("width=\"12\" height=\"12\"") || tag.contains("class=\"defs\"")
                let isInside = open.contains { $0.hasPrefix("table") || $0.contains("role=\"img\"") }
                #expect(isKey || isInside, "\(tag)")
            }
            if !tag.hasSuffix("/") { open.append(tag) }
        }
        #expect(open.isEmpty)
        // A named drawing is followed by its table before the next one, and before the section ends.
        var found: [String] = []
        for section in html.components(of: "<section").dropFirst() {
            for drawing in section.components(of: "</section>")[0].components(of: "role=\"img\" aria-label=\"").dropFirst() {
                let name = drawing.prefix { $0 != "\"" }
                let table = try #require(drawing.components(of: "<table").dropFirst().first, "\(name)").components(of: "</table>")[0]
                let kind = try #require(Self.tables.first { name.hasPrefix($0.drawing) }, "\(name)")
                #expect(table.contains(kind.table) && table.contains("<th") && table.components(of: "<tr").count > 2, "\(name)")
                found.append(kind.drawing)
            }
        }
        #expect(found.sorted() == Self.tables.map(\.drawing).sorted())
        if sample == "northlink" { #expect(html.contains("Scenario, not part of the headline")) }
    }

    @Test func `page one rounds to two digits and the rest to thousands`() throws {
        let report = try ReportBench.halden.get()
        #expect(report.markdown.contains("Likely USD\u{a0}3.1M of operating income a year is at risk"))
        #expect(report.markdown.contains("That is 38 % of planned operating income (33 % to 44 %)."))
        #expect(report.markdown.contains("| **Operating income at risk** | **3,069** |"))
        #expect(report.markdown.contains("| 2 | D6 Knowledge transfer | 491 | 406 to 583 | 29 % (100 %) | 0.82 | High\u{a0}(0.86) |"))
        #expect(!report.markdown.contains("3,052,6") && !report.html.contains("3,052,6"))
    }

    @Test func `without a positive plan the headline is a share of revenue and says why`() throws {
        var bench = try ReportBench.bench("halden")
        let engagement = try #require(bench.views.first { $0.type === Catalogue.engagement }?.id)
        try bench.write(engagement, Catalogue.engagement, [("financials.plannedOperatingIncome", "-2M")], by: Bench.lea)
        let report = try ReportBench.report(bench.views)
        #expect(report.markdown.contains("That is 3.1 % of revenue (2.7 % to 3.5 %); revenue, because the planned operating income is not positive."))
        #expect(report.document["headline"]?["relative"]?["because"]?.text == "planNotPositive")
        #expect(!report.html.contains("against a planned operating income"))
    }
}

extension StringProtocol where SubSequence == Substring {
    /// Split by a longer separator, without Foundation.
    fileprivate func components(of separator: String) -> [Substring] {
        var parts: [Substring] = []
        var rest = self[...]
        while let found = rest.firstRange(of: separator) {
            parts.append(rest[..<found.lowerBound])
            rest = rest[found.upperBound...]
        }
        return parts + [rest]
    }
}
