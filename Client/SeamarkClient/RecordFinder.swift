import SeamarkCrypto
public import SeamarkJournal
public import SeamarkModel
public import SeamarkStore

/// Finds records by what people call them, and says what to call a record.
///
/// A record is called by its handle (`L-B014`), by its parts where it has no handle (`IV3/LB1`, `IV3/QN1/people`, `S1/approvalLatency`, `L4/L7`, `N1/L2`;
/// another scorer's rows with the scorer as last part), or by its id or a beginning of it that no other shares.
/// It looks at one moment's state; let go of it before the next transaction.
public struct RecordFinder {
    public enum Failure: Error, Hashable, Sendable {
        /// Nothing is called that; `types` says in words what was looked for, `near` what has a name like it.
        case notFound(String, types: String, near: [String] = [])
        /// It is called that, and is of another type.
        case otherType(String, is: String, wanted: String)
        /// It holds words of somebody who withdrew consent, and is not shown.
        case concealed(String)
        /// Several are; their names.
        case ambiguous(String, [String])
    }

    public let scope: Identifier
    public let replica: Replica
    /// Every record of the scope that may be shown, deleted ones too, ascending by id.
    public let all: [RecordView]
    /// Quotes and answers of people who withdrew consent: to be counted, and not shown.
    public let concealed: [RecordView]
    /// Who redacted what.
    public let redactions: Redactions
    /// The tenant's directory.
    public let directory: [RecordView]
    /// Which records stand for which after duplicates were merged.
    public let merges: Merges
    private let own: Identifier
    /// Whose device this is.
    public var member: Identifier { own }
    private var ids: [String: [(type: RecordTypeNumber, id: Identifier)]] = [:]
    private var handles: [Identifier: String] = [:]
    private var places: [Identifier: Int] = [:]
    private let primitives = SystemPrimitives()

    /// Nil when this device does not hold the scope.
    public init?(_ state: DeviceState, scope: Identifier) {
        guard let replica = state.replicas[scope] else { return nil }
        self.scope = scope
        self.replica = replica
        own = state.identity.member
        let everything = replica.recordIDs.compactMap { replica.view($0) }
        let hidden = Withdrawals.concealed(among: everything)
        all = hidden.isEmpty ? everything : everything.filter { !hidden.contains($0.id) }
        concealed = hidden.isEmpty ? [] : everything.filter { hidden.contains($0.id) }
        redactions = Redactions(all)
        merges = Merges(all)
        let shared = state.scopeIDs.first { state.scopes[$0]?.kind == .shared }
        directory = shared.flatMap { state.replicas[$0]?.views() } ?? []
        // Deleted records come last, so that a handle means the one that is there.
        for record in directory + all.filter({ !$0.isDeleted }) + all.filter(\.isDeleted) {
            guard let handle = record.handle else { continue }
            ids[handle.lowercased(), default: []].append((record.state.type, record.id))
            if handles[record.id] == nil { handles[record.id] = handle }
        }
        for record in concealed { handles[record.id] = record.handle }
        for (place, record) in all.enumerated() { places[record.id] = place }
        tellApart()
    }

    /// Records of one type that share a handle (a copied laptop's store gives the same ones again) are called by it and the end of their
    /// id: `L-A003~9f2c`. No handle holds a `~`.
    private mutating func tellApart() {
        var groups: [String: [Identifier]] = [:]
        for record in all where !record.isDeleted { if let handle = record.handle { groups["\(record.state.type)/\(handle.lowercased())", default: []].append(record.id) } }
        for group in groups.values where group.count > 1 {
            let texts = group.map { String($0.description.filter { $0 != "-" }) }
            let length = (4...32).first { length in Set(texts.map { $0.suffix(length) }).count == texts.count } ?? 32
            for (id, text) in zip(group, texts) {
                guard let handle = handles[id], let record = view(id) else { continue }
                let name = handle + "~" + text.suffix(length)
                handles[id] = name
                ids[name.lowercased(), default: []].append((record.state.type, id))
            }
        }
    }

    /// What records of one handle are called, to choose from; empty where the handle names one, or none.
    func clashing(_ name: String, types: [RecordTypeNumber]? = nil) -> [String] {
        let found = called(name, types)
        return found.count > 1 ? found.map { self.name(of: $0) } : []
    }

    /// The records with this handle, those that are there before those that were deleted.
    private func called(_ name: String, _ types: [RecordTypeNumber]?) -> [Identifier] {
        let found = (ids[name.lowercased()] ?? []).filter { types?.contains($0.type) ?? true }.map(\.id)
        let present = found.filter { view($0)?.isDeleted != true }
        return present.isEmpty ? found : present
    }

    // MARK: - From names to records

    /// The record of this scope that `name` stands for.
    ///
    /// - Parameter type: nil for any.
    public func record(_ name: String, type: RecordType? = nil) throws(Failure) -> RecordView {
        let words = type.map { "\($0.label)" } ?? "record"
        var found: [RecordView] = []
        for (candidate, id) in ids[name.lowercased()] ?? [] where type == nil || candidate == type?.number {
            if let record = view(id) { found.append(record) }
        }
        let present = found.filter { !$0.isDeleted }
        if !present.isEmpty { found = present }
        if found.count > 1 { throw .ambiguous(name, found.map { "\($0.type?.label ?? "record") \(self.name(of: $0.id))" }) }
        if let record = found.first { return record }
        if let record = composite(name, type: type) { return record }
        if let id = Identifier(name.lowercased()), let record = view(id), type == nil || record.state.type == type?.number { return record }
        let matches = Self.isPrefix(name) ? all.filter { (type == nil || $0.state.type == type?.number) && $0.id.description.hasPrefix(name.lowercased()) } : []
        if matches.count > 1 { throw ambiguous(name, matches) }
        guard let record = matches.first else {
            if type != nil, let other = try? self.record(name) { throw .otherType(self.name(of: other.id), is: other.type?.label ?? "record of a newer version", wanted: words) }
            let isConcealed = concealed.contains { $0.handle?.lowercased() == name.lowercased() || $0.id.description == name.lowercased() }
            if isConcealed { throw .concealed(name) }
            let names = all.filter { !$0.isDeleted && (type == nil || $0.state.type == type?.number) && $0.handle != nil }.map { self.name(of: $0.id) }
            // Of what is named by parts, what others scored of the same comes first.
            let ofParts = namesByParts(beginning: name, type: type)
            let ofOthers = ofParts.filter { $0.name.lowercased().hasPrefix(name.lowercased() + "/") }.map(\.name).sorted(by: HandleOrder.precedes)
            let near = ofOthers.isEmpty ? TextSearch.nearest(to: name, among: names + ofParts.map(\.name), atMost: Suggestion.most) : Array(ofOthers.prefix(Suggestion.most))
            throw .notFound(name, types: words, near: near)
        }
        return record
    }

    /// Why `name`, in a value, names no record of these types; nil where it names one. Whoever typed it is told what comes near.
    func whyNothing(_ name: String, types: [RecordTypeNumber]) -> Failure? {
        guard references.identifier(name, types) == nil else { return nil }
        let names = clashing(name, types: types)
        if !names.isEmpty { return .ambiguous(name, names) }
        let words = types.map { Catalogue.type($0)?.label ?? "record" }.joined(separator: " or ")
        let candidates = (directory + all).filter { types.contains($0.state.type) && !$0.isDeleted }
        let matches = Self.isPrefix(name) ? candidates.filter { $0.id.description.hasPrefix(name.lowercased()) } : []
        if matches.count > 1 { return ambiguous(name, matches) }
        if let other = try? record(name) { return .otherType(self.name(of: other.id), is: other.type?.label ?? "record of a newer version", wanted: words) }
        return .notFound(name, types: words, near: TextSearch.nearest(to: name, among: candidates.compactMap { handles[$0.id] }, atMost: Suggestion.most))
    }

    private func ambiguous(_ name: String, _ matches: [RecordView]) -> Failure {
        .ambiguous(name, matches.prefix(8).map { "\(self.name(of: $0.id)) (\($0.id))" } + (matches.count > 8 ? ["and \(matches.count - 8) more"] : []))
    }

    /// A change as it may be shown: without what is redacted.
    public func change(_ id: Identifier) -> Change? {
        replica.history[id].map { $0.withholding(replica.concealedLeaves, primitives) ?? $0 }
    }

    public func view(_ id: Identifier) -> RecordView? { places[id].map { all[$0] } }

    /// What handles in values mean: records of the scope, members of the directory, `me`.
    public var references: References {
        References(
            identifier: { name, types in
                if name.lowercased() == "me", types.contains(Catalogue.member.number) { return own }
                let found = called(name, types)
                if let first = found.first { return found.count == 1 || view(first)?.isDeleted == true ? first : nil }
                guard Self.isPrefix(name) else { return nil }
                let matches = all.filter { types.contains($0.state.type) && $0.id.description.hasPrefix(name.lowercased()) }
                return matches.count == 1 ? matches[0].id : nil
            },
            handle: { handles[$0] ?? names(ofParts: $0) })
    }

    /// The same, for showing: a record that was merged away is called what the record is called that stands for it.
    public var shownReferences: References {
        let exact = references
        return References(identifier: exact.identifier, handle: { exact.handle(merges.survivor(of: $0)) })
    }

    private static func isPrefix(_ text: String) -> Bool {
        text.utf8.count >= 4 && text.utf8.count <= 36 && text.utf8.allSatisfy { ($0 >= 48 && $0 <= 57) || ($0 | 32 >= 97 && $0 | 32 <= 102) || $0 == 45 }
    }

    /// A record that is named by its parts.
    private func composite(_ name: String, type: RecordType?) -> RecordView? {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (2...4).contains(parts.count) else { return nil }
        func id(_ name: String, _ type: RecordType) -> Identifier? { ids[name.lowercased()]?.first { $0.type == type.number }?.id }
        var scorer = own
        let questionnaire = parts.count > 2 ? id(parts[1], Catalogue.questionnaire) : nil
        if let last = parts.count == (questionnaire == nil ? 3 : 4) ? parts.last : nil {
            guard let other = references.identifier(last, [Catalogue.member.number, Catalogue.contributor.number]) else { return nil }
            scorer = other
        }
        var candidates: [Identifier] = []
        if let questionnaire, let interview = id(parts[0], Catalogue.interview) {
            candidates.append(DerivedIdentifiers.formAnswer(interview: interview, questionnaire: questionnaire, question: parts[2], scorer: scorer, by: primitives))
        } else if parts.count == 4 {
            return nil
        }
        if let interview = id(parts[0], Catalogue.interview) {
            candidates.append(DerivedIdentifiers.answer(interview: interview, question: parts[1], scorer: scorer, by: primitives))
        }
        if let seam = id(parts[0], Catalogue.seam), let mode = try? modeKind.value(from: parts[1], references: .none).int {
            candidates.append(DerivedIdentifiers.seamModeScore(seam: seam, mode: mode, scorer: scorer, by: primitives))
        }
        if parts.count == 2, let review = id(parts[0], Catalogue.gateReview), let criterion = try? criterionKind.value(from: parts[1], references: .none).int {
            candidates.append(DerivedIdentifiers.gateResult(review: review, criterion: criterion, by: primitives))
        }
        if parts.count == 2, let line = id(parts[1], Catalogue.leakageLine) {
            if let initiative = id(parts[0], Catalogue.initiative) {
                candidates.append(DerivedIdentifiers.initiativeTarget(initiative: initiative, line: line, by: primitives))
            }
            if let first = id(parts[0], Catalogue.leakageLine) { candidates.append(DerivedIdentifiers.overlap(first, line, by: primitives)) }
        }
        for id in candidates {
            if let record = view(id), type == nil || record.state.type == type?.number { return record }
        }
        // As people type it: small letters of a question.
        return namesByParts(beginning: name, type: type).first { $0.name.lowercased() == name.lowercased() }?.record
    }

    /// The records without handles whose first part is that of `name`, with what they are called; none where it has no parts.
    private func namesByParts(beginning name: String, type: RecordType?) -> [(name: String, record: RecordView)] {
        guard let slash = name.firstIndex(of: "/") else { return [] }
        let first = name[...slash].lowercased()
        return all.compactMap { record -> (name: String, record: RecordView)? in
            guard record.handle == nil, !record.isDeleted, type == nil || record.state.type == type?.number, let called = names(ofParts: record.id), called.lowercased().hasPrefix(first) else { return nil }
            return (called, record)
        }
    }

    private var modeKind: FieldKind { Catalogue.seamModeScore.field(11)?.kind ?? .score }
    private var criterionKind: FieldKind { Catalogue.gateResult.field(11)?.kind ?? .score }

    // MARK: - From records to names

    /// What to call a record: its handle, its parts, or else the beginning of its id.
    public func name(of id: Identifier) -> String { handles[id] ?? names(ofParts: id) ?? Self.short(id) }

    private func names(ofParts id: Identifier) -> String? {
        guard let record = view(id) else { return nil }
        func part(_ key: String) -> String? { record.reference(key).map { handles[$0] ?? Self.short($0) } }
        var parts: [String?]
        switch record.state.type {
        case Catalogue.answer.number: parts = [part("interview"), record.text("question")]
        case Catalogue.formAnswer.number: parts = [part("interview"), part("questionnaire"), record.text("question")]
        case Catalogue.seamModeScore.number: parts = [part("seam"), record.choice("mode")]
        case Catalogue.initiativeTarget.number: parts = [part("initiative"), part("line")]
        case Catalogue.gateResult.number: parts = [part("review"), record.choice("criterion")]
        case Catalogue.overlap.number:
            let lines = [part("first"), part("second")].compactMap { $0 }
            parts = lines.count == 2 ? lines.sorted(by: HandleOrder.precedes) : [nil]
        case _: return nil
        }
        if let scorer = record.reference("scorer"), scorer != own { parts.append(handles[scorer] ?? Self.short(scorer)) }
        let known = parts.compactMap { $0 }
        return known.count == parts.count ? known.joined(separator: "/") : nil
    }

    /// The handles that stand in the scope, for the next one to differ from.
    public var takenHandles: [String] { (all + concealed).compactMap(\.handle) }

    /// Who somebody is: a member's name where the directory tells it, headquarters, which alone writes the directory, or else the beginning of the id.
    public func person(_ id: Identifier) -> String {
        if let member = directory.first(where: { $0.id == id }) { return member.text("name") ?? member.handle ?? Self.short(id) }
        return handles[id] ?? (directory.contains { $0.author == id } ? Self.headquarters : Self.short(id))
    }

    private static let headquarters = "headquarters"

    /// The beginning of an id, for people to tell ids apart. The end of a time-ordered id tells more than its beginning.
    public static func short(_ id: Identifier) -> String {
        let text = id.description
        return id.high >> 12 & 0xf == 7 ? String(text.suffix(12)) : String(text.prefix(8))
    }
}
