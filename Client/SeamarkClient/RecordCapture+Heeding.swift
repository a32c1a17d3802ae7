import SeamarkJournal
import SeamarkModel
import SeamarkStore

// What a device asks before it writes: rules between records, which are findings wherever the same arrives another way.
extension RecordCapture {
    /// The result, if nothing that is here stands against it.
    func heeding(_ result: Result) throws(Failure) -> Result {
        for edit in result.edits {
            guard let field = edit.target.number.flatMap({ result.type.field($0) }), let value = edit.content.value else { continue }
            try heedBlanks(field, value)
            try heedDomains(field, value)
        }
        if result.type === Catalogue.answer { try heedQuestion(result) }
        if result.type === Catalogue.interview {
            try heedInstrument(result)
            try heedFinalising(result)
            try heedTimes(result)
        }
        if result.type === Catalogue.decisionRight { try heedDamage(result) }
        try heedSpeaker(result)
        if result.type === Catalogue.quote { try heedConsentToQuotes(result) }
        var result = result
        if result.type === Catalogue.person { result.loss = loss(by: result) }
        return result
    }

    /// What looks like nothing says nothing.
    private func heedBlanks(_ field: FieldDefinition, _ value: Value) throws(Failure) {
        func isBlank(_ kind: FieldKind, _ value: Value) -> Bool {
            guard case .text = kind, let text = value.text, !text.isEmpty else { return false }
            return text.unicodeScalars.allSatisfy { $0.properties.isWhitespace || $0.steers }
        }
        let sentence = "is blank: write something into it, or leave it out"
        if isBlank(field.kind, value) { throw .value("\(field.label) \(sentence)") }
        guard case .group(let group) = field.kind else { return }
        for part in value.group ?? [] {
            if let member = group.member(part.number), isBlank(member.kind, part.value) { throw .value("\(field.label), \(member.key) \(sentence)") }
        }
    }

    /// Points go to domains that there are.
    private func heedDomains(_ field: FieldDefinition, _ value: Value) throws(Failure) {
        guard case .points(.domains) = field.kind else { return }
        let named = EngagementReading.instrument(namedIn: finder.all)
        // An instrument that is not here may have more.
        guard let instrument = named == nil ? Instrument.core9 : named.flatMap({ finder.instrument($0) }) else { return }
        for share in value.list ?? [] {
            guard let code = share.member(1)?.text, instrument.domain(code) == nil else { continue }
            let codes = instrument.domains.map(\.code)
            throw .value("\(field.label) name '\(code)', which is no domain of \(instrument.reference). \(Suggestion.sentence(code, among: codes))It has \(codes.joined(separator: ", "))")
        }
    }

    /// An answer is to a question that its interview's instrument asks.
    private func heedQuestion(_ result: Result) throws(Failure) {
        guard let field = Catalogue.answer.field(key: "question"), let code = Self.value(of: field, in: result)?.text else { return }
        let asked = view(after: result).reference("interview").flatMap { finder.view(finder.merges.survivor(of: $0))?.text("instrument") } ?? EngagementReading.instrument(namedIn: finder.all)
        // An instrument that is not here may have it.
        guard let instrument = asked == nil ? Instrument.core9 : asked.flatMap({ finder.instrument($0) }), instrument.question(code) == nil else { return }
        let codes = instrument.domains.flatMap(\.questions).map(\.id)
        throw .value("'\(code)' is no question of \(instrument.reference). \(Suggestion.sentence(code, among: codes))'seamark interview' asks them one by one")
    }

    /// Damage that is there at once leaves no time that a decision could be held against.
    private func heedDamage(_ result: Result) throws(Failure) {
        guard Self.writes("economics", in: result), let damage = view(after: result).group("economics")?.threePoint("timeToDamage"), damage.likely <= 0 else { return }
        throw .value("economics, timeToDamage: its likely value must be more than nothing, such as 8h; leave it out while nobody knows it")
    }

    /// Other sites on this device that have the code which `result` gives a site, by name. Two laptops may give one code while neither sees the other,
    /// so it is no obstacle: whoever captures is told.
    public func twins(of result: Result) -> [String] {
        guard result.type === Catalogue.site, Self.writes("code", in: result) else { return [] }
        let sites = finder.all.filter { $0.type === Catalogue.site && $0.id != result.record } + [view(after: result)]
        return Duplicate.proposed(in: sites, finder.merges).compactMap { pair in
            guard pair.reason == "the same code", pair.kept == result.record || pair.gone == result.record else { return nil }
            return finder.name(of: pair.kept == result.record ? pair.gone : pair.kept)
        }.sorted(by: HandleOrder.precedes)
    }

    private static func writes(_ keys: String..., in result: Result) -> Bool {
        keys.contains { key in result.type.field(key: key).map { field in result.edits.contains { $0.target == .field(field.number) } } ?? false }
    }

    private func heedTimes(_ result: Result) throws(Failure) {
        guard Self.writes("startedAt", "endedAt", in: result) else { return }
        let after = view(after: result)
        if let start = after.integer("startedAt"), let end = after.integer("endedAt"), end < start { throw .endsBeforeStart(result.name) }
    }

    /// Whoever says something in an interview is one of its people. Who asks for an interview without people says nothing of that.
    private func heedSpeaker(_ result: Result) throws(Failure) {
        guard Withdrawals.spoken.contains(where: { $0 === result.type }), Self.writes("person", "interview", in: result) else { return }
        let after = view(after: result)
        guard let person = after.reference("person"), let interview = after.reference("interview") else { return }
        let people = finder.view(finder.merges.survivor(of: interview))?.references("persons") ?? []
        guard !people.isEmpty, !people.contains(where: { finder.merges.survivor(of: $0) == finder.merges.survivor(of: person) }) else { return }
        throw .notInInterview(person: finder.name(of: person), interview: finder.name(of: interview), people: people.map { finder.name(of: $0) }.sorted(by: HandleOrder.precedes))
    }

    private func heedConsentToQuotes(_ result: Result) throws(Failure) {
        let isNew = Self.writes("person", "interview", "text", in: result)
        guard isNew || Self.writes("attribution", in: result) else { return }
        let records = finder.all.filter { $0.id != result.record } + [view(after: result)]
        if let obstacle = Findings.obstacle(toQuoting: result.record, in: records, attributionAlone: !isNew) { throw .quote(obstacle) }
    }

    /// What is said to go when consent is withdrawn.
    private func loss(by result: Result) -> Loss? {
        guard Self.writes("consent", in: result), finder.view(result.record)?.consent?.state != .withdrawn else { return nil }
        let after = view(after: result)
        guard after.consent?.state == .withdrawn, finder.view(result.record) != nil else { return nil }
        let before = finder.all + finder.concealed
        return .withdrawal(person: result.record, Withdrawals.taken(from: before, to: before.filter { $0.id != result.record } + [after]))
    }

    private func heedInstrument(_ result: Result) throws(Failure) {
        guard let field = Catalogue.interview.field(key: "instrument"), let named = Self.value(of: field, in: result)?.text else { return }
        let known = Instrument.available(in: finder.directory + finder.all)
        if !known.contains(named) { throw .unknownInstrument(named, known: known.sorted()) }
    }

    private func heedFinalising(_ result: Result) throws(Failure) {
        let finalised: Int64 = 2
        guard let field = Catalogue.interview.field(key: "status"), let status = Self.value(of: field, in: result)?.int, status >= finalised,
            (finder.view(result.record)?.integer("status") ?? 1) < finalised
        else { return }
        let records = finder.all.filter { $0.id != result.record } + finder.concealed + [view(after: result)]
        // A long conversation is asked about and no obstacle.
        let obstacles = Findings.obstacles(toFinalising: result.record, in: records).filter { $0.kind != .longInterview }
        if !obstacles.isEmpty { throw .unfinished(name: result.name, obstacles) }
    }

    private static func value(of field: FieldDefinition, in result: Result) -> Value? {
        result.edits.last { $0.target == .field(field.number) }?.content.value
    }

    /// The record as it will stand: for rules to look at, and for nothing else.
    func view(after result: Result) -> RecordView {
        let altered = Set(result.edits.map(\.target))
        let kept = (finder.view(result.record)?.state.slots ?? []).filter { !altered.contains($0.target) }
        let new = result.edits.map { edit in
            RecordState.Slot(target: edit.target, heads: [
                Head(name: EditName(change: .zero, index: 0), effective: now, stamp: Stamp(time: now, device: .zero), member: identity.member, content: edit.content),
            ])
        }
        return RecordView(id: result.record, state: RecordState(type: result.type.number, slots: (kept + new).sorted { $0.target < $1.target }))
    }
}
