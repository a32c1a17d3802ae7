import SeamarkCrypto
public import SeamarkJournal
public import SeamarkModel
public import SeamarkStore

/// Turns what a person typed into the edits of one record, on the state of one moment. Nothing is stored here.
public struct RecordCapture {
    /// The edits, and what to call the record.
    public struct Result: Sendable {
        public let record: Identifier
        public let type: RecordType
        public let name: String
        /// Empty when everything stands like that already.
        public let edits: [Edit]
        /// Labels of fields that stay as they are although the action would have altered them.
        public var left: [String] = []
        /// What goes for ever by it; nil where nothing does.
        public var loss: Loss?
        /// What was typed in words of its own, as it is stored.
        public var understood: [Understood] = []
        /// What goes on referring to a record that is deleted, by kind.
        public var hanging: [Hanging] = []
    }

    /// A value that people type in another form than it has.
    public enum Understood: Hashable, Sendable {
        /// Milliseconds since 1970; was it said where that time is?
        case time(label: String, Int64, namesZone: Bool)
        /// Hundredths, typed with a multiplier.
        case money(label: String, Int64)
    }

    /// So many records of a type.
    public struct Hanging: Sendable {
        public let type: RecordType
        public let count: Int
    }

    /// What an action destroys, as far as this device knows.
    public enum Loss: Hashable, Sendable {
        /// The consent of this person is withdrawn, and what they said goes.
        case withdrawal(person: Identifier, Withdrawals.Taken)
        /// So many values of a field; the names of other records that say some of them, because of a merge.
        case values(Int, label: String, others: [String])
    }

    public enum Failure: Error, Hashable, Sendable {
        case words(CaptureWords.Failure)
        case draft(Draft.Problem)
        /// A whole sentence about a value, with what was typed.
        case value(String)
        case find(RecordFinder.Failure)
        /// A record of these parts is there already; its name.
        case exists(name: String, type: String)
        /// The same, but it was deleted.
        case existsDeleted(name: String, type: String)
        case handleTaken(String, type: String)
        /// An overlap of a line with itself.
        case sameLine
        /// A record that was deleted is restored before it is changed.
        case isDeleted(name: String)
        /// The type belongs to headquarters.
        case notCaptured(String)
        /// A field that this version does not show.
        case unknownField(String, type: String, fields: [String])
        case noConflict(String)
        case noSuchChoice(Int, of: Int)
        /// A deletion is settled with `--keep` or `--delete`; other fields with a value.
        case settledOtherwise(String)
        /// There is no merge of the two texts to take.
        case noMerge(MergeOffer.Reason)
        /// The values of this field cannot stand beside each other.
        case notBoth(String, BothTexts.Reason)
        /// The two texts overlap in so many places, and nobody said whose words to take there.
        case overlaps(Int)
        /// A field that travels in the open cannot be redacted; those that can.
        case notSensitive(String, fields: [String])
        case nothingToRedact(String)
        /// Two records of different types, or a type that is named by its parts, cannot be merged.
        case notMergeable(String)
        /// A record and itself cannot be merged.
        case withItself(String)
        /// The record is merged into this one already.
        case isMerged(name: String, into: String)
        case notMerged(name: String)
        /// Somebody must settle this field of this record first.
        case inConflict(name: String, label: String)
        /// Both records say something about these fields, and nobody said which stays.
        case undecided([Undecided])
        /// So many changes are not yet sent, and would not be in what is frozen.
        case unsent(Int)
        /// This device has read nothing of the log yet.
        case notSynced
        /// The document of a form has so many bytes.
        case formTooLong(Int, most: Int)
        /// A form that could be read from its file and not from its document.
        case formNotKept
        /// Free words in one change.
        case tooManyTexts(most: Int)
        case noEntropy
        /// An interview by an instrument that is not here; those that are.
        case unknownInstrument(String, known: [String])
        /// What keeps an interview from being finalised.
        case unfinished(name: String, [Finding])
        /// A quote of somebody who has not agreed to it, or to its being told in that way.
        case quote(Findings.QuoteObstacle)
        /// This person is not among those of this interview, by their names.
        case notInInterview(person: String, interview: String, people: [String])
        /// An interview that ends before it starts.
        case endsBeforeStart(String)
        /// A recording of somebody who is not known to have agreed.
        case recording(Findings.RecordingObstacle)
    }

    public let finder: RecordFinder
    let identity: DeviceIdentity
    let now: Int64
    private let salts: SaltSupply

    /// - Parameter salts: as many as sensitive values are written at most.
    public init(_ finder: RecordFinder, identity: DeviceIdentity, now: Int64, salts count: Int = 64) throws(Failure) {
        self.finder = finder
        self.identity = identity
        self.now = now
        do { salts = try SaltSupply(count: count) } catch { throw .noEntropy }
    }

    /// The same with salts of the caller's words: whoever plays a moment twice gets the same bytes.
    package init(_ finder: RecordFinder, identity: DeviceIdentity, now: Int64, word: () -> UInt64) {
        self.finder = finder
        self.identity = identity
        self.now = now
        salts = SaltSupply(count: 64, word: word)
    }

    // MARK: - Capturing

    /// A new record. Its handle is the next of this device, unless one is given.
    public func adding(_ type: RecordType, _ assignments: [Assignment]) throws(Failure) -> Result {
        guard type.home == .engagement, type !== Catalogue.engagement else { throw .notCaptured(type.label) }
        var assignments = assignments.map { Assignment(key: $0.key == "share" && type === Catalogue.overlap ? "judgement.share" : $0.key, sign: $0.sign, text: $0.text) }
        var handle: String?
        if let prefix = type.handlePrefix {
            if let given = assignments.last(where: { $0.key == "handle" && $0.sign == .set && !$0.text.isEmpty })?.text {
                if finder.all.contains(where: { $0.state.type == type.number && $0.handle?.lowercased() == given.lowercased() }) {
                    throw .handleTaken(given, type: type.label)
                }
                handle = given
            } else {
                let next = Handles.next(prefix: prefix, letters: identity.letters, existing: finder.takenHandles)
                handle = next
                assignments.removeAll { $0.key == "handle" }
                assignments.append(Assignment(key: "handle", text: next))
            }
        }
        let typed = try words(type, nil, try lines(assignments, type))
        let id: Identifier
        if type.handlePrefix == nil {
            id = try derived(type, typed)
            if let there = finder.view(id) {
                throw there.isDeleted
                    ? .existsDeleted(name: finder.name(of: id), type: type.label) : .exists(name: finder.name(of: id), type: type.label)
            }
        } else {
            do { id = .timeOrdered(milliseconds: now, dice: try Randomness.identifierWords()) } catch { throw .noEntropy }
        }
        var draft = draft(type, id, nil)
        draft.create(at: now)
        let edits = try fill(&draft, typed)
        return try heeding(Result(record: id, type: type, name: handle ?? composite(type, id, edits), edits: edits, understood: captureWords(type, nil).understood(assignments)))
    }

    /// Other values for a record that is there.
    public func changing(_ record: RecordView, _ assignments: [Assignment]) throws(Failure) -> Result {
        let type = try known(record)
        guard !record.isDeleted else { throw .isDeleted(name: finder.name(of: record.id)) }
        var draft = draft(type, record.id, record.state)
        var result = result(record, type, try fill(&draft, try words(type, record, assignments)))
        result.understood = captureWords(type, record).understood(assignments)
        return try heeding(result)
    }

    public func deleting(_ record: RecordView) throws(Failure) -> Result {
        let type = try known(record)
        var editing = editing(type, record.id, record.state)
        editing.delete()
        var result = result(record, type, editing.edits)
        if !result.edits.isEmpty { result.hanging = hanging(on: record.id) }
        return result
    }

    /// Records that stand and name this one, or one that was merged into it.
    private func hanging(on id: Identifier) -> [Hanging] {
        func means(_ other: Identifier?) -> Bool { other.map { finder.merges.survivor(of: $0) == id } ?? false }
        var counts: [RecordTypeNumber: Int] = [:]
        for other in finder.all where other.id != id && !other.isDeleted && !finder.merges.isGone(other.id) {
            let refers = other.type?.fields.contains { field in
                switch field.kind {
                case .reference: field.number != CommonField.mergedInto && (field.isSet ? other.references(field.key).contains(where: means) : means(other.reference(field.key)))
                case .points(.seams): other.seamPoints(field.key).contains { means($0.seam) }
                case _: false
                }
            }
            if refers == true { counts[other.state.type, default: 0] += 1 }
        }
        return Catalogue.types.compactMap { type in counts[type.number].map { Hanging(type: type, count: $0) } }
    }

    public func restoring(_ record: RecordView) throws(Failure) -> Result {
        let type = try known(record)
        var editing = editing(type, record.id, record.state)
        editing.restore()
        return result(record, type, editing.edits)
    }

    // MARK: - Resolving

    /// How a conflict of a field is settled.
    public enum Choice: Hashable, Sendable {
        /// One of its values, counted from 1 as `conflicts` shows them.
        case number(Int)
        /// A value of its own.
        case value(String)
        /// A text of its own, as it stands: nothing in it is a sign for something else.
        case text(String)
        /// The merge that is offered, with the words of this value wherever the two overlap.
        case merged(overlapsBy: Int?)
        /// All texts, one after the other.
        case both
    }

    /// Settles the conflict of `field`: the chosen value, with `parts` of its group put in place of its own.
    public func resolving(_ record: RecordView, field key: String, _ choice: Choice, parts: [Assignment] = []) throws(Failure) -> Result {
        let type = try known(record)
        guard let field = type.field(key: key) else {
            throw key == "life" ? .settledOtherwise(finder.name(of: record.id)) : .unknownField(key, type: type.label, fields: type.writtenKeys)
        }
        guard let conflict = record.conflicts.first(where: { $0.target == .field(field.number) }) else { throw .noConflict(field.label) }
        if type === Catalogue.evidence, field.number == EvidenceField.hash { return try choosingBytes(of: record, type, conflict, choice) }
        var value: Value
        switch choice {
        case .number(let number):
            let values = ConflictDescription.distinct(conflict.heads)
            guard number >= 1, number <= values.count else { throw .noSuchChoice(number, of: values.count) }
            value = values[number - 1].content.value ?? .absent
        case .value(let text):
            do throws(FieldFault) {
                value = text == "-" ? .absent : try field.kind.value(from: text, references: finder.references)
            } catch { throw .value("\(field.label) is '\(text)', \(error.demand)") }
        case .text(let text): value = .text(text)
        case .merged(let number): value = .text(try merged(conflict, of: record, overlapsBy: number))
        case .both:
            switch ConflictDescription(conflict, of: record, history: finder.change, SystemPrimitives()).bothTexts {
            case .text(let text): value = .text(text)
            case .none(let reason): throw .notBoth(field.label, reason)
            }
        }
        if case .text = choice, let fault = field.kind.fault(in: value) { throw .value("\(field.label) \(fault.demand)") }
        if !parts.isEmpty { value = try replacing(parts, of: field, in: value, type) }
        var editing = editing(type, record.id, record.state)
        editing.resolve(field, value)
        // One of those that stand may be chosen whatever it says.
        if case .number = choice {} else { for edit in editing.edits { try refuseFuture(edit) } }
        return result(record, type, editing.edits)
    }

    /// Of several bytes that a row of evidence names, those that it names from now on, with what was said of them.
    private func choosingBytes(of record: RecordView, _ type: RecordType, _ conflict: Conflict, _ choice: Choice) throws(Failure) -> Result {
        let values = ConflictDescription.distinct(conflict.heads)
        guard case .number(let number) = choice else { throw .value("what a row of evidence names is one of the files that were attached; take one with --choose") }
        guard number >= 1, number <= values.count else { throw .noSuchChoice(number, of: values.count) }
        let chosen = values[number - 1]
        var editing = editing(type, record.id, record.state)
        for field in EvidenceField.ofBytes.compactMap({ type.field($0) }) {
            let heads = record.state.heads(of: .field(field.number))
            guard ConflictDescription.distinct(heads).count > 1, let value = heads.first(where: { $0.name.change == chosen.name.change })?.content.value else { continue }
            editing.resolve(field, value)
        }
        return result(record, type, editing.edits)
    }

    private func merged(_ conflict: Conflict, of record: RecordView, overlapsBy number: Int?) throws(Failure) -> String {
        let description = ConflictDescription(conflict, of: record, history: finder.change, SystemPrimitives())
        let merge: TextMerge
        switch description.mergeOffer {
        case .none(let reason): throw .noMerge(reason)
        case .merge(let offered): merge = offered
        }
        guard let number else {
            guard let text = merge.text else { throw .overlaps(merge.overlaps) }
            return text
        }
        guard number == 1 || number == 2 else { throw .noSuchChoice(number, of: 2) }
        return merge.text(overlapsBy: number == 1 ? .first : .second)
    }

    /// The parts are read by a draft of a record that holds nothing but the chosen value.
    private func replacing(_ parts: [Assignment], of field: FieldDefinition, in value: Value, _ type: RecordType) throws(Failure) -> Value {
        let name = EditName(change: .zero, index: 0)
        let head = Head(name: name, effective: 0, stamp: Stamp(time: 0, device: .zero), member: .zero, content: .open(value))
        let state = RecordState(type: type.number, slots: [RecordState.Slot(target: .field(field.number), heads: [head])])
        var draft = draft(type, .zero, state)
        let assignments = parts.map { part in
            Assignment(key: part.key.hasPrefix(field.key + ".") ? part.key : "\(field.key).\(part.key)", sign: part.sign, text: part.text)
        }
        let edits = try fill(&draft, try words(type, RecordView(id: .zero, state: state), assignments))
        return edits.first { $0.target == .field(field.number) }?.content.value ?? value
    }

    // MARK: - Parts

    func known(_ record: RecordView) throws(Failure) -> RecordType {
        guard let type = record.type else { throw .notCaptured("record of a newer version") }
        return type
    }

    func result(_ record: RecordView, _ type: RecordType, _ edits: [Edit]) -> Result {
        Result(record: record.id, type: type, name: finder.name(of: record.id), edits: edits)
    }

    func editing(_ type: RecordType, _ id: Identifier, _ state: RecordState?) -> RecordEditing {
        let salts = salts
        return RecordEditing(record: id, type: type, state: state) { salts.next() }
    }

    private func draft(_ type: RecordType, _ id: Identifier, _ state: RecordState?) -> Draft {
        Draft(editing(type, id, state), references: finder.references)
    }

    private func words(_ type: RecordType, _ record: RecordView?, _ assignments: [Assignment]) throws(Failure) -> [(key: String, text: String)] {
        do { return try captureWords(type, record).expanded(assignments) } catch { throw .words(error) }
    }

    private func captureWords(_ type: RecordType, _ record: RecordView?) -> CaptureWords {
        CaptureWords(
            type: type, record: record, references: finder.references, now: now,
            instrument: finder.view(finder.scope)?.text("instrument") ?? Instrument.core9.reference)
    }

    private func fill(_ draft: inout Draft, _ typed: [(key: String, text: String)]) throws(Failure) -> [Edit] {
        for (key, text) in typed {
            do throws(Draft.Problem) { try draft.set(key, text) } catch {
                // A handle that two records share names neither of them.
                if case .unknownHandle? = error.fault?.rule {
                    let types = types(of: key, in: draft.editing.type)
                    for name in text.split(whereSeparator: { ",;=/+ ".contains($0) }).map({ String($0.drop { $0 == "-" }) }) where Int64(name) == nil {
                        if let failure = finder.whyNothing(name, types: types) { throw .find(failure) }
                    }
                }
                throw .draft(error)
            }
        }
        let edits: [Edit]
        do throws(Draft.Problem) { edits = try draft.finish() } catch { throw .draft(error) }
        for edit in edits { try refuseFuture(edit) }
        return edits
    }

    /// What the values at `key` may refer to.
    private func types(of key: String, in type: RecordType) -> [RecordTypeNumber] {
        func types(_ kind: FieldKind) -> [RecordTypeNumber] {
            switch kind {
            case .reference(let types): types
            case .list(let kind, _), .threePoint(let kind): types(kind)
            case .group(let group): group.members.flatMap { types($0.kind) }
            case .points(.seams): [Catalogue.seam.number]
            case .points(.domains), .text, .integer, .number, .money, .basisPoints, .score, .boolean, .choice, .date, .time, .duration, .bytes: []
            }
        }
        let path = key.split(separator: ".").map(String.init)
        guard let field = path.first.flatMap({ type.field(key: $0) }) else { return [] }
        if path.count > 1, case .group(let group) = field.kind, let member = group.member(key: path[1]) { return types(member.kind) }
        return types(field.kind)
    }

    /// Nothing happened at a time that has not come.
    private func refuseFuture(_ edit: Edit) throws(Failure) {
        guard let field = edit.target.number.flatMap({ Catalogue.type(edit.type)?.field($0) }), let value = edit.content.value,
            let fault = FutureTimes.fault(in: value, of: field, now: now)
        else { return }
        throw .value(fault.sentence(about: field.label, holding: value, of: field.kind, references: finder.references))
    }

    /// `lines=L4,L7` names both lines of an overlap, which stand by their ids, whatever their order here.
    private func lines(_ assignments: [Assignment], _ type: RecordType) throws(Failure) -> [Assignment] {
        guard type === Catalogue.overlap else { return assignments }
        var names = assignments.filter { $0.key == "lines" }.flatMap { $0.text.split(separator: ",").map(String.init) }
        names += ["first", "second"].compactMap { key in assignments.last { $0.key == key }?.text }
        let rest = assignments.filter { !["lines", "first", "second"].contains($0.key) }
        var lines: [RecordView] = []
        for name in names {
            do { lines.append(try finder.record(name, type: Catalogue.leakageLine)) } catch { throw .find(error) }
        }
        guard lines.count == 2 else { return rest }
        guard lines[0].id != lines[1].id else { throw .sameLine }
        lines.sort { $0.id < $1.id }
        return rest + zip(["first", "second"], lines).map { Assignment(key: $0, text: $1.id.description) }
    }

    /// The id of a record that is named by its parts.
    private func derived(_ type: RecordType, _ typed: [(key: String, text: String)]) throws(Failure) -> Identifier {
        var draft = draft(type, .zero, nil)
        draft.create(at: now)
        let edits = try fill(&draft, typed)
        func value(_ number: UInt32) -> Value { edits.first { $0.target == .field(number) }?.content.value ?? .absent }
        guard let id = DerivedIdentifiers.identifier(of: type, by: SystemPrimitives(), part: { value($0) }) else {
            preconditionFailure("a type without handles derives its ids, and what it derives them from must be given")
        }
        return id
    }

    /// The name by parts of a record that is not there yet.
    private func composite(_ type: RecordType, _ id: Identifier, _ edits: [Edit]) -> String {
        let references = finder.references
        var parts: [String] = []
        for number: UInt32 in [10, 11] {
            guard let field = type.field(number), let value = edits.first(where: { $0.target == .field(number) })?.content.value else { continue }
            parts.append(field.kind.text(of: value, references: references))
        }
        if type === Catalogue.overlap { parts.sort(by: HandleOrder.precedes) }
        // Without its scorer the name would mean one's own.
        if let field = type.field(key: "scorer"), let scorer = edits.first(where: { $0.target == .field(field.number) })?.content.value, scorer != .id(identity.member) {
            parts.append(field.kind.text(of: scorer, references: references))
        }
        return parts.joined(separator: "/")
    }
}
