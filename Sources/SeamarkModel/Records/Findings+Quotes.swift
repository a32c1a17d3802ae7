public import SeamarkJournal

// Who is quoted must have agreed to that, and to being told of in that way.
extension Findings {
    public enum QuoteObstacle: Hashable, Sendable {
        /// These people, by handle, have not agreed to being quoted.
        case notAgreed([String])
        /// These people, by handle, agreed to no less strict an attribution than this one, by its key.
        case attribution([String], loosest: String)
    }

    /// What stands against a quote, by what its people agreed to; of who withdrew everything is told elsewhere.
    ///
    /// - Parameter attributionAlone: nothing but how it is attributed is being written.
    public static func obstacle(toQuoting quote: Identifier, in records: [RecordView], attributionAlone: Bool = false) -> QuoteObstacle? {
        let findings = Findings(records, nil)
        guard let record = findings.byId[quote] else { return nil }
        let people = findings.speakers(of: record).filter { findings.consent(of: $0)?.state != .withdrawn }
        let silent = people.filter { !findings.mayBeQuoted($0) }
        if !silent.isEmpty, !attributionAlone { return .notAgreed(silent.map(\.calledInFindings)) }
        return findings.tooLoose(record, people).map { .attribution($0.people.map(\.calledInFindings), loosest: $0.loosest) }
    }

    mutating func judgeQuote(_ record: RecordView) {
        let people = speakers(of: record)
        for person in people where !mayBeQuoted(person) {
            find(.quoteWithoutConsent, record, "person", "has not agreed to being quoted; it must not be used", blocks: true)
        }
        // The report tells no more of them than they agreed to, whatever the quote says.
        if people.allSatisfy(mayBeQuoted), let fault = tooLoose(record, people) {
            find(.quoteBeyondConsent, record, "attribution", "tells more of \(fault.people.map(\.calledInFindings).joined(separator: ", ")) than was agreed to; make it \(fault.loosest)")
        }
    }

    private func speakers(of quote: RecordView) -> [RecordView] {
        let named = quote.reference("person").map { [$0] } ?? quote.reference("interview").flatMap { byId[merges.survivor(of: $0)] }?.references("persons") ?? []
        return named.compactMap { byId[merges.survivor(of: $0)] }
    }

    /// Who was never asked has not agreed.
    private func mayBeQuoted(_ person: RecordView) -> Bool {
        let consent = consent(of: person)
        return consent?.state == .given && consent?.scope.contains(.quotes) == true
    }

    private func tooLoose(_ quote: RecordView, _ people: [RecordView]) -> (people: [RecordView], loosest: String)? {
        guard let field = Catalogue.quote.field(key: "attribution"), case .choice(let choices) = field.kind, case .value(.int(let said)) = quote.shown(field) else { return nil }
        let strict = people.filter { said < (consent(of: $0)?.loosestAttribution ?? Consent.unattributed) }
        guard let loosest = strict.map({ consent(of: $0)?.loosestAttribution ?? Consent.unattributed }).max(), let key = choices.key(loosest) else { return nil }
        return (strict, key)
    }
}

extension RecordView {
    fileprivate var calledInFindings: String { handle ?? "a person" }
}
