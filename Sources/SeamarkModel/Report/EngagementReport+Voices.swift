// Findings beside the figures that they are about, what people said, and what the team advises.
extension EngagementReport {
    /// Below the domains: findings that name no seam, and quotes.
    var domainVoices: [ReportSection.Block] {
        let findings = voices.statements.filter(\.seams.isEmpty)
        var blocks: [ReportSection.Block] = findings.isEmpty ? [] : [.heading("What the team found"), .table(findingTable(findings))]
        if !voices.quotes.isEmpty {
            blocks += [.heading("In their words"), .list(voices.quotes.map { quote in
                "“\(quote.words)” (\(quote.who)" + (quote.domains.isEmpty ? "" : ", about \(quote.domains.joined(separator: ", "))") + ")"
            })]
        }
        return blocks
    }

    /// Below the seams: findings that name one.
    var seamVoices: [ReportSection.Block] {
        let findings = voices.statements.filter { !$0.seams.isEmpty }
        return findings.isEmpty ? [] : [.heading("What the team found"), .table(findingTable(findings))]
    }

    /// Below the moves of the next ninety days.
    var advice: [ReportSection.Block] { voices.advice.isEmpty ? [] : [.heading("Recommendations"), .table(adviceTable)] }

    private func findingTable(_ findings: [EngagementReading.Voices.Statement]) -> ReportTable {
        ReportTable(
            caption: "Findings that were reviewed. Sources are independent of each other: what was said and seen in one conversation counts once. Severity 0 to 4.",
            columns: [.text("Finding"), .text("What was found", wide: true), .text("About"), .number("Severity"), .text("Rests on")],
            rows: findings.map { finding in
                ReportTable.Row(
                    cells: [
                        finding.key, finding.words, (finding.seams + finding.domains).isEmpty ? "–" : (finding.seams + finding.domains).joined(separator: ", "),
                        finding.severity.map(String.init) ?? "–", Self.sources(finding.sources) + (finding.status == "accepted" ? ", accepted" : ""),
                    ], anchor: Self.anchor("finding", finding.key))
            })
    }

    private static func sources(_ count: Int) -> String {
        switch count {
        case 0: "no source named"
        case 1: "✗ a single source"
        case _: "\(count) sources"
        }
    }

    private var adviceTable: ReportTable {
        // Where no finding is shown, nothing rests on one.
        let showsFindings = voices.advice.contains { !$0.findings.isEmpty }
        return ReportTable(
            caption: "What the team advises, in its order. Expected effect: low, likely and high, \(unitOf) a year; it is no part of the figures."
                + (showsFindings || provenance.frozen == nil ? "" : " The findings that it rests on are not in a frozen report."),
            columns: [.number("Rank"), .text("Recommendation", wide: true)] + (showsFindings ? [.text("Rests on")] : []) + [.number("Expected effect"), .text("Effort")],
            rows: voices.advice.map { advice in
                let effect: String? = advice.effect.map { range in inUnit(range.low) + " / " + inUnit(range.likely) + " / " + inUnit(range.high) }
                var cells: [String] = [advice.rank.map { String($0) } ?? "–", "\(advice.key) \(advice.words)"]
                if showsFindings { cells.append(advice.findings.isEmpty ? "–" : advice.findings.joined(separator: ", ")) }
                cells += [effect ?? "not estimated", advice.effort ?? "–"]
                return ReportTable.Row(
                    cells: cells,
                    links: advice.findings.isEmpty ? [:] : [2: advice.findings.map { ReportTable.Link(words: $0, anchor: Self.anchor("finding", $0)) }])
            })
    }

    var voiceMembers: [JSONMember] {
        func list(_ names: [String]) -> JSONValue { .array(names.map { .string($0) }) }
        return [
            JSONMember("quotes", .array(voices.quotes.map { quote in
                .object([
                    JSONMember("key", .string(quote.key)), JSONMember("words", .string(quote.words)), JSONMember("who", .string(quote.who)), JSONMember("domains", list(quote.domains)),
                ])
            })),
            JSONMember("teamFindings", .array(voices.statements.map { finding in
                .object([
                    JSONMember("key", .string(finding.key)), JSONMember("words", .string(finding.words)), JSONMember("status", .string(finding.status)),
                    JSONMember("domains", list(finding.domains)), JSONMember("seams", list(finding.seams)),
                    JSONMember("severity", finding.severity.map { .integer(Int64($0)) } ?? .null), JSONMember("sources", .integer(Int64(finding.sources))),
                ])
            })),
            JSONMember("recommendations", .array(voices.advice.map { advice in
                .object([
                    JSONMember("key", .string(advice.key)), JSONMember("words", .string(advice.words)), JSONMember("rank", advice.rank.map { .integer(Int64($0)) } ?? .null),
                    JSONMember("findings", list(advice.findings)),
                    JSONMember("effect", advice.effect.map { .object([JSONMember("low", number($0.low)), JSONMember("likely", number($0.likely)), JSONMember("high", number($0.high))]) } ?? .null),
                    JSONMember("effort", optional(advice.effort)),
                ])
            })),
            JSONMember("keptBack", list(voices.keptBack)),
        ]
    }
}
