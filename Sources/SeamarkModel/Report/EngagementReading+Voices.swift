import SeamarkJournal

// What the team concluded and advises, and what people said in their own words, as far as a report may show it.
extension EngagementReading {
    /// What people said and the team concluded.
    public struct Voices: Hashable, Sendable {
        /// Words that headquarters approved for the report.
        public struct Quote: Hashable, Sendable {
            public var key: String
            public var words: String
            /// `a dock supervisor`, or `a respondent`: never a name.
            public var who: String
            public var domains: [String]
        }

        /// A finding that was reviewed or accepted.
        public struct Statement: Hashable, Sendable {
            public var key: String
            public var words: String
            public var domains: [String]
            /// Keys of seams.
            public var seams: [String]
            /// 0…4.
            public var severity: Int?
            public var status: String
            /// Sources that are independent of each other.
            public var sources: Int
        }

        public struct Advice: Hashable, Sendable {
            public var key: String
            public var words: String
            /// Keys of the findings that it rests on, of those that are shown.
            public var findings: [String]
            /// A year, in the main unit.
            public var effect: ThreePoint?
            public var effort: String?
            public var rank: Int?
        }

        public var quotes: [Quote] = []
        public var statements: [Statement] = []
        /// As headquarters ranked them, then by handle.
        public var advice: [Advice] = []
        /// What is kept back and why, as sentences: how many, and nothing else.
        public var keptBack: [String] = []
    }

    /// - Parameter isFrozen: sensitive words are not in it: consent to them can be withdrawn, and the report stays.
    func voices(isFrozen: Bool) -> Voices {
        var voices = Voices()
        if isFrozen {
            let hasWords = of(Catalogue.quote).contains { $0.boolean("approvedForReport") == true } || of(Catalogue.finding).contains { ($0.integer("status") ?? 1) >= 2 }
            if hasWords { voices.keptBack.append("Quotes and findings are words that can be redacted and withdrawn, so a frozen report holds none.") }
        } else {
            readQuotes(into: &voices)
            readStatements(into: &voices)
        }
        readAdvice(into: &voices)
        // Whatever order the records came in.
        voices.quotes.sort { HandleOrder.precedes($0.key, $1.key) }
        voices.statements.sort { HandleOrder.precedes($0.key, $1.key) }
        return voices
    }

    // MARK: - Quotes

    /// Of whom the words are, if it is known.
    private func speakers(_ quote: RecordView, _ interview: RecordView?) -> [RecordView] {
        let named = quote.reference("person").map { [$0] } ?? interview?.references("persons") ?? []
        return Array(Set(named.map { survivor(of: $0) })).sorted().compactMap { byId[$0] }
    }

    private func readQuotes(into voices: inout Voices) {
        let cell = max(leastCell, CellSuppression.floor)
        // Everybody who was interviewed and agreed: by role title and by level.
        var titles: [String: Set<Identifier>] = [:], levels: [String: Set<Identifier>] = [:], all: Set<Identifier> = []
        for interview in of(Catalogue.interview) where !carried.isPassedOver(interview.id) {
            for id in interview.references("persons").map({ survivor(of: $0) }) {
                guard let person = byId[id], person.consent?.state == .given, !withdrawals.includes(id) else { continue }
                all.insert(id)
                if let title = person.text("title") { titles[Self.folded(title), default: []].insert(id) }
                if let level = person.choice("level") { levels[level, default: []].insert(id) }
            }
        }
        func role(_ person: RecordView) -> String? {
            guard person.consent?.scope.contains(.role) == true else { return nil }
            if let title = person.text("title"), titles[Self.folded(title), default: []].count >= cell { return withArticle(ReportText.clean(title)) }
            guard let level = person.choice("level"), levels[level, default: []].count >= cell else { return nil }
            switch level {
            case "executive": return "an executive"
            case "frontline": return "somebody of the frontline"
            case "external": return "somebody from outside"
            case _: return withArticle(level)
            }
        }
        var (team, unagreed, few, unseen) = (0, 0, 0, 0)
        for quote in of(Catalogue.quote) where quote.boolean("approvedForReport") == true {
            let interview = quote.reference("interview").flatMap { byId[survivor(of: $0)] }
            // The stricter of what was agreed for the quote and for the interview; what nobody said of either is told of nobody.
            let attribution = [quote, interview].compactMap { $0?.choice("attribution") }.map(Self.strictness).max() ?? Self.strictness(nil)
            let people = speakers(quote, interview)
            guard attribution < Self.strictness(Self.teamOnly), interview != nil else {
                team += 1
                continue
            }
            guard !people.isEmpty, people.allSatisfy({ $0.consent?.state == .given && $0.consent?.scope.contains(.quotes) == true && !withdrawals.includes($0.id) }) else {
                unagreed += 1
                continue
            }
            guard all.count >= cell else {
                few += 1
                continue
            }
            guard let words = quote.text("text") else {
                unseen += 1
                continue
            }
            let mayName = attribution <= Self.strictness("roleOk") && people.count == 1 && people[0].consent?.scope.contains(.role) == true
            voices.quotes.append(Voices.Quote(
                key: name(of: quote), words: ReportText.clean(words, atMost: 2000), who: (mayName ? role(people[0]) : nil) ?? "a respondent",
                domains: quote.texts("domains").map { ReportText.clean($0) }))
        }
        func keep(_ count: Int, _ why: String) {
            if count > 0 { voices.keptBack.append("\(count) approved quote\(count == 1 ? " is" : "s are") not shown: \(why).") }
        }
        keep(team, "only the team may know \(team == 1 ? "it" : "them")")
        keep(unagreed, "there is no consent to quoting")
        keep(few, "fewer than \(cell) people were interviewed")
        keep(unseen, "the words were redacted or may not be read here")
    }

    private static func folded(_ text: String) -> String { ReportText.clean(text).lowercased() }

    private func withArticle(_ role: String) -> String { ("aeiou".contains(role.lowercased().first ?? "x") ? "an " : "a ") + role }

    /// The stricter the greater.
    private static func strictness(_ attribution: String?) -> Int {
        switch attribution {
        case "namedOk": 0
        case "roleOk": 1
        case teamOnly: 3
        case _: 2
        }
    }

    // MARK: - Findings and advice

    private func readStatements(into voices: inout Voices) {
        let conversations = Conversations(records, merges)
        var (drafts, unseen) = (0, 0)
        for finding in of(Catalogue.finding) where finding.choice("confidentiality") != Self.teamOnly {
            let sources = finding.references("sources").compactMap { byId[survivor(of: $0)] }
            // Of what rests on the team's own knowledge alone nothing is told, not even that it is there.
            if !sources.isEmpty, sources.allSatisfy(isOfTeamAlone) { continue }
            guard (finding.integer("status") ?? 1) >= 2 else {
                drafts += 1
                continue
            }
            guard let words = finding.text("statement") else {
                unseen += 1
                continue
            }
            voices.statements.append(Voices.Statement(
                key: name(of: finding), words: ReportText.clean(words, atMost: 2000), domains: finding.texts("domains").map { ReportText.clean($0) },
                seams: finding.references("seams").compactMap { seamKey($0) }, severity: finding.integer("severity").map { Int($0) }, status: finding.choice("status") ?? "reviewed",
                sources: Set(sources.map { $0.reference("interview").map { conversations.conversation(of: $0) } ?? $0.id }).count))
        }
        if drafts > 0 { voices.keptBack.append("\(drafts) finding\(drafts == 1 ? " is a draft" : "s are drafts") that nobody has reviewed, and not shown.") }
        if unseen > 0 { voices.keptBack.append("\(unseen) finding\(unseen == 1 ? " is" : "s are") not shown: the words were redacted or may not be read here.") }
    }

    private func isOfTeamAlone(_ source: RecordView) -> Bool {
        if source.choice("sensitivity") == Self.teamOnly { return true }
        return source.reference("interview").flatMap { byId[survivor(of: $0)] }?.choice("attribution") == Self.teamOnly
    }

    private func readAdvice(into voices: inout Voices) {
        let shown = Set(voices.statements.map(\.key))
        for view in of(Catalogue.recommendation) {
            guard let words = view.text("text") else { continue }
            let findings = view.references("findings").compactMap { byId[survivor(of: $0)] }.filter { $0.type === Catalogue.finding }.map { name(of: $0) }.filter(shown.contains)
            let effect = view.value("effect").flatMap { ThreePoint($0) }.flatMap { try? ThreePoint(low: $0.low / 100, likely: $0.likely / 100, high: $0.high / 100) }
            voices.advice.append(Voices.Advice(
                key: name(of: view), words: ReportText.clean(words, atMost: 2000), findings: Array(Set(findings)).sorted(by: HandleOrder.precedes),
                effect: effect, effort: view.choice("effort"), rank: view.integer("rank").map { Int($0) }))
        }
        voices.advice.sort { $0.rank ?? .max != $1.rank ?? .max ? $0.rank ?? .max < $1.rank ?? .max : HandleOrder.precedes($0.key, $1.key) }
    }
}
