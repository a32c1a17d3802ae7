public import SeamarkJournal

/// May this change be? One function for device and server: the device tells its user at once, the server decides.
///
/// It looks at each edit by itself, at its record as it stands, and at the rules inside one field's value. Whatever needs several
/// fields or records is a finding (`Findings`), never a refusal: changes arrive in any order and nobody's work is turned away
/// for what another did. What a newer schema brings is accepted and kept.
public enum Judgement {
    /// What is wrong with `change`; empty if it may be.
    ///
    /// - Parameters:
    ///   - primitives: to derive ids with; the real ones, on every device and on the server.
    ///   - lookup: the record's state before the change; nil when it is not known.
    public static func verdict(
        on change: Change, author: Author, primitives: any Primitives, lookup: (Identifier) -> RecordState?
    ) -> [Complaint] {
        var forms = FormsAtHand()
        return verdict(on: change, author: author, primitives: primitives, forms: &forms, lookup: lookup)
    }

    /// The same for one of many changes, with the forms that were read for those before it.
    public static func verdict(
        on change: Change, author: Author, primitives: any Primitives, forms: inout FormsAtHand, lookup: (Identifier) -> RecordState?
    ) -> [Complaint] {
        verdict(on: change, author: author, primitives: primitives, forms: &forms, work: FormWork(), lookup: lookup)
    }

    /// The same where looking at conditions of forms may cost as much as `work` has.
    static func verdict(
        on change: Change, author: Author, primitives: any Primitives, forms: inout FormsAtHand, work: FormWork, lookup: (Identifier) -> RecordState?
    ) -> [Complaint] {
        var complaints: [Complaint] = []
        let edits = change.edits
        let newer = change.schema > Catalogue.version
        if let index = OneWord.doubled(edits) {
            complain(.contradiction, index, edits[index], edits[index].target.number, "is said twice in one change; update Seamark", &complaints)
            return complaints
        }
        var start = 0
        while start < edits.count {
            // Edits of one record stand together, and there is one of each target: what was judged is what stands.
            var end = start + 1
            while end < edits.count, edits[end].record == edits[start].record { end += 1 }
            judge(
                edits, start..<end, change: change, newer: newer, author: author, primitives: primitives, forms: &forms, work: work, lookup: lookup, into: &complaints)
            start = end
        }
        if complaints.isEmpty, let complaint = HeadLimit.complaint(on: change, lookup: lookup) { complaints.append(complaint) }
        return complaints
    }

    private static func judge(
        _ edits: [Edit], _ run: Range<Int>, change: Change, newer: Bool, author: Author, primitives: any Primitives,
        forms: inout FormsAtHand, work: FormWork, lookup: (Identifier) -> RecordState?, into complaints: inout [Complaint]
    ) {
        let first = edits[run.lowerBound]
        let state = lookup(first.record)
        // Before anything else: an edit that nobody here knows would otherwise hide what the others say of the same record.
        if let index = run.first(where: { edits[$0].type != state?.type ?? first.type }) {
            return complain(.wrongRecord, index, edits[index], nil, "is a record of another type; make a new one", &complaints)
        }
        guard let type = Catalogue.type(first.type) else {
            if !newer {
                complain(.unknownField, run.lowerBound, first, nil, "is of a type that its version does not have; update Seamark", &complaints)
            } else if state == nil, first.record.isDerived {
                complain(.wrongRecord, run.lowerBound, first, nil, "has an id that a record of another type may need; update Seamark at headquarters", &complaints)
            }
            return
        }
        if type.number == Catalogue.engagement.number, first.record != change.scope {
            return complain(.wrongRecord, run.lowerBound, first, nil, "must have the id of its scope", &complaints)
        }
        if let id = derived(edits, run, type, state, primitives) {
            if id != first.record {
                return complain(.wrongRecord, run.lowerBound, first, nil, "must have the id that follows from what it is about; update Seamark", &complaints)
            }
        } else if state == nil, first.record.isDerived, !author.isHeadquarters, !isNamed(edits[run], type, change.scope, primitives) {
            // Nobody keeps a colleague from a record whose id can be told beforehand.
            return complain(.wrongRecord, run.lowerBound, first, nil, "has an id that does not follow from what it is about; update Seamark", &complaints)
        }
        let isCreation = state == nil && run.contains { sets(CommonField.createdAt, edits[$0].target) }
        // The earliest creation is the one that stands; its author owns the record.
        let made = state?.heads(of: .field(CommonField.createdAt)) ?? []
        let owner = made.last?.member
        let isOwn = isCreation || owner == author.member
        let isTwin = !made.isEmpty && edits[run].contains { self.isTwin($0, of: made) }
        func allowed(_ operation: RoleTable.Operation) -> Bool {
            author.isHeadquarters || RoleTable.allows(author.role, operation, type, isOwn: isOwn)
        }
        let mayEdit = allowed(isCreation ? .create : .edit)
        // Whoever made the same record unseen repeats what stands, and that harms nobody. A stamp that claims to be the earlier one
        // would take the record over, and no one can check a device's clock: that is believed of a lead alone.
        // Ids of snapshots are drawn: nobody makes the same one unseen.
        let mayRepeat = !isOwn && isTwin && type !== Catalogue.snapshot && RoleTable.allows(author.role, .create, type, isOwn: true)
            && (author.isLead || made.last.map { change.stamp.time > $0.effective } == true)
        if !mayEdit, !mayRepeat, edits[run].contains(where: { $0.target != .life }) {
            if owner != nil, !isOwn, !author.isHeadquarters, RoleTable.allows(author.role, .edit, type, isOwn: true) {
                return complain(.notTheAuthor, run.lowerBound, first, nil, "is another member's; only they may change it, make a record of your own", &complaints)
            }
            return complain(
                type.home != .engagement ? .headquartersOnly : .roleForbids, run.lowerBound, first, nil,
                type.home != .engagement ? "is written by headquarters only; ask your administrator" : "may not be written by your role; ask a lead",
                &complaints)
        }
        let isFinalised = !isCreation && self.isFinalised(type, state, lookup)
        for index in run {
            // By index: an edit taken out whole costs a retain for each thing it holds, and this is the hot path.
            switch edits[index].target {
            case .life:
                guard case .open(.bool) = edits[index].content else {
                    complain(.wrongKind, index, edits[index], nil, "is either there or deleted; nothing else can be said of it", &complaints)
                    continue
                }
                if !allowed(.delete) {
                    complain(.roleForbids, index, edits[index], nil, "may not be deleted or restored by you; ask its author or a lead", &complaints)
                } else if isFinalised {
                    complain(.finalised, index, edits[index], nil, "belongs to a finalised interview; a lead can reopen that", &complaints)
                }
            case .field(let number), .element(let number, _):
                guard let field = type.field(number) else {
                    if !newer {
                        complain(.unknownField, index, edits[index], number, "is not a field that its version has; update Seamark", &complaints)
                    } else if !mayEdit {
                        complain(.notTheAuthor, index, edits[index], number, "is another member's; only they may change it, make a record of your own", &complaints)
                    }
                    continue
                }
                let repeats = mayRepeat && self.repeats(edits[index], state, made) && !replaces(edits[index], state, of: author)
                if !mayEdit, !repeats {
                    complain(.notTheAuthor, index, edits[index], number, "is another member's; only they may change it, make a record of your own", &complaints)
                    continue
                }
                judge(
                    edits[index], index, field, state: state, isOwn: isOwn, repeats: repeats, isFinalised: isFinalised, newer: newer, author: author,
                    mayResolve: allowed(.resolve), into: &complaints)
            }
        }
        if isCreation || isTwin { judgeCompleteness(edits, run, type, &complaints) }
        guard complaints.isEmpty else { return }
        if type === Catalogue.questionnaire, !newer, let (edit, words) = faultOfDocument(edits[run]) {
            complain(.contradiction, edits.firstIndex(of: edit) ?? run.lowerBound, edit, edit.target.number, words, &complaints)
        } else if type === Catalogue.formAnswer, let (edit, refusal, words) = faultOfAnswer(edits[run], state, &forms, work, newer: newer, lookup) {
            complain(refusal, edits.firstIndex(of: edit) ?? run.lowerBound, edit, edit.target.number, words, &complaints)
        }
    }

    private static func judge(
        _ edit: Edit, _ index: Int, _ field: FieldDefinition, state: RecordState?, isOwn: Bool, repeats: Bool, isFinalised: Bool, newer: Bool,
        author: Author, mayResolve: Bool, into complaints: inout [Complaint]
    ) {
        // The value by itself. What goes one way only is never taken further than this version can judge.
        let newer = newer && !field.merge.isLattice
        switch edit.content {
        case .open(let value):
            if field.isSensitive, value != .absent {
                return complain(.wrongSecrecy, index, edit, field.number, "is sensitive and must not travel in the open; update Seamark", &complaints)
            }
            if let fault = fault(in: value, edit, field, newer) { return complain(fault, index, edit, field.number, &complaints) }
        case .sensitive(let sensitive):
            if !field.isSensitive {
                return complain(.wrongSecrecy, index, edit, field.number, "is not sensitive and must travel in the open; update Seamark", &complaints)
            }
            if let fault = fault(in: sensitive.value, edit, field, newer) { return complain(fault, index, edit, field.number, &complaints) }
        case .withheld:
            if !field.isSensitive {
                return complain(.wrongSecrecy, index, edit, field.number, "is not sensitive and cannot be withheld", &complaints)
            }
        }
        // The authority over it.
        let heads = state?.heads(of: edit.target) ?? []
        switch field.merge {
        case .register: return
        case .set:
            if field.isHeadquarters, !author.isHeadquarters {
                complain(.headquartersOnly, index, edit, field.number, "is written by headquarters only; ask your administrator", &complaints)
            }
        case .contested, .group, .text:
            guard !mayResolve, edit.supersedes.count > 1 else { return }
            let named = heads.filter { edit.supersedes.contains($0.name) }
            if named.count > 1, RecordView.differ(named) {
                complain(.roleForbids, index, edit, field.number, "is in conflict; a lead resolves it", &complaints)
            }
        case .once:
            guard let set = heads.last else { return }
            // Two devices that make the same record unseen differ in the time alone: the earliest stands, and nobody is asked.
            if isTwin(edit, of: heads) { return }
            // Of several bytes that one row of evidence names, one that stands is chosen.
            let named = EvidenceField.isOfBytes(edit) ? heads.filter { edit.supersedes.contains($0.name) } : []
            if named.contains(where: { says(edit.content, $0.content) }) {
                if mayResolve { return }
                if RecordView.differ(named) { return complain(.roleForbids, index, edit, field.number, "is in conflict; a lead resolves it", &complaints) }
            }
            // Whoever set it made the record: nobody says it again in their place.
            if !says(edit.content, set.content) || replaces(edit, state, of: author) {
                complain(.setOnce, index, edit, field.number, "was set when the record was made and never changes; make a new record", &complaints)
            }
        case .author:
            if repeats { return }
            if !isOwn || heads.contains(where: { !isSaid($0, by: author, in: heads) }) {
                complain(.notTheAuthor, index, edit, field.number, "may be changed by its author only; add your own", &complaints)
            } else if isFinalised {
                complain(.finalised, index, edit, field.number, "belongs to a finalised interview; a lead can reopen that", &complaints)
            }
        case .headquarters:
            if !author.isHeadquarters {
                complain(.headquartersOnly, index, edit, field.number, "is written by headquarters only; ask your administrator", &complaints)
            }
        case .lattice(let lattice):
            guard let new = edit.content.value?.int else { return clearing(index, edit, field, heads, &complaints) }
            if let from = lattice.leadFrom, new >= from, !author.isLead {
                return complain(.roleForbids, index, edit, field.number, "from this state on is set by a lead; ask one", &complaints)
            }
            let seen = heads.filter { edit.supersedes.contains($0.name) }.compactMap { $0.content.value?.int }.max()
            guard let seen, new < seen else { return }
            switch lattice.loweredBy {
            case .nobody: complain(.wentBack, index, edit, field.number, "never goes back to a less strict state", &complaints)
            case .lead where author.isLead, .headquarters where author.isHeadquarters: return
            case .lead: complain(.wentBack, index, edit, field.number, "goes back only by a lead; ask one", &complaints)
            case .headquarters: complain(.wentBack, index, edit, field.number, "goes back only by headquarters; ask your administrator", &complaints)
            }
        case .consent:
            guard let new = edit.content.value.flatMap({ Consent($0) }) else { return clearing(index, edit, field, heads, &complaints) }
            for head in heads where edit.supersedes.contains(head.name) {
                if let old = head.content.value.flatMap({ Consent($0) }), !new.mayFollow(old) {
                    return complain(
                        .wentBack, index, edit, field.number,
                        "neither goes back nor grows; to consent again or to more, record a new person", &complaints)
                }
            }
        }
    }

    /// A one-way field is not cleared once it was set.
    private static func clearing(_ index: Int, _ edit: Edit, _ field: FieldDefinition, _ heads: [Head], _ complaints: inout [Complaint]) {
        if heads.contains(where: { $0.content.value != .absent }) {
            complain(.wentBack, index, edit, field.number, "cannot be cleared once it was set", &complaints)
        }
    }

    private static func fault(in value: Value, _ edit: Edit, _ field: FieldDefinition, _ newer: Bool) -> FieldFault? {
        switch edit.target {
        case .life: return nil
        case .element(_, let element):
            guard field.isSet else { return FieldFault(.kind("one value, not a set")) }
            guard case .bool = value else { return FieldFault(.kind("present or not present")) }
            return field.kind.fault(in: element, newer: newer)
        case .field:
            guard !field.isSet else { return FieldFault(.kind("a set, changed element by element")) }
            if value == .absent { return field.isRequired ? FieldFault(.mustBeGiven) : nil }
            return field.kind.fault(in: value, newer: newer)
        }
    }

    /// Does this edit make a record that is there already, by somebody who had not seen it? Ids that are derived meet like this.
    private static func isTwin(_ edit: Edit, of made: [Head]) -> Bool {
        edit.target == .field(CommonField.createdAt) && !made.isEmpty && !made.contains { edit.supersedes.contains($0.name) }
    }

    /// Does this edit say again what stands?
    private static func repeats(_ edit: Edit, _ state: RecordState?, _ made: [Head]) -> Bool {
        isTwin(edit, of: made) || (state?.heads(of: edit.target) ?? []).contains { says(edit.content, $0.content) }
    }

    /// Does it take the place of what another member said?
    private static func replaces(_ edit: Edit, _ state: RecordState?, of author: Author) -> Bool {
        !edit.supersedes.isEmpty && (state?.heads(of: edit.target) ?? []).contains { $0.member != author.member && edit.supersedes.contains($0.name) }
    }

    private static func sets(_ field: UInt32, _ target: Target) -> Bool {
        if case .field(field) = target { true } else { false }
    }

    /// Is it the author's word, or another's repetition of it?
    private static func isSaid(_ head: Head, by author: Author, in heads: [Head]) -> Bool {
        heads.contains { $0.member == author.member && says($0.content, head.content) }
    }

    /// The same value, whatever its salt.
    private static func says(_ left: Content, _ right: Content) -> Bool {
        if let a = left.value, let b = right.value { return a == b }
        return left == right
    }

    /// Is the interview that this record belongs to finalised?
    private static func isFinalised(_ type: RecordType, _ state: RecordState?, _ lookup: (Identifier) -> RecordState?) -> Bool {
        guard let number = type.interviewField, let interview = state?.heads(of: .field(number)).last?.content.value?.id,
            let interviewState = lookup(interview), let status = Catalogue.interview.field(key: "status"),
            case .value(.int(let stage)) = RecordView(id: interview, state: interviewState).shown(status)
        else { return false }
        return stage >= 2
    }

    /// The id that a record must have by its parts, where this change says one of them and all are known.
    private static func derived(
        _ edits: [Edit], _ run: Range<Int>, _ type: RecordType, _ state: RecordState?, _ primitives: any Primitives
    ) -> Identifier? {
        guard type.handlePrefix == nil else { return nil }
        var says = false
        let id = DerivedIdentifiers.identifier(of: type, by: primitives) { number in
            if let edit = edits[run].last(where: { $0.target == .field(number) }) {
                says = true
                return edit.content.value
            }
            return state?.heads(of: .field(number)).last?.content.value
        }
        return says ? id : nil
    }

    /// Does this change make a record that is not named by its parts under the id that an import or a carried interview gives it?
    private static func isNamed(_ edits: ArraySlice<Edit>, _ type: RecordType, _ scope: Identifier, _ primitives: any Primitives) -> Bool {
        func said(_ key: String) -> Value? {
            type.field(key: key).flatMap { field in edits.first { $0.target == .field(field.number) }?.content.value }
        }
        guard type.handlePrefix != nil, let record = edits.first?.record else { return false }
        if let handle = said("handle")?.text, record == DerivedIdentifiers.imported(scope: scope, type: type.number, handle: handle.lowercased(), by: primitives) { return true }
        guard type === Catalogue.interview, let earlier = said("carriedFrom")?.id, let instrument = said("instrument")?.text else { return false }
        return record == DerivedIdentifiers.carriedInterview(earlier, to: instrument, by: primitives)
    }

    private static func judgeCompleteness(_ edits: [Edit], _ run: Range<Int>, _ type: RecordType, _ complaints: inout [Complaint]) {
        for field in type.fields where field.isRequired {
            if !run.contains(where: { edits[$0].target.number == field.number }) {
                complain(FieldFault(.mustBeGiven), run.lowerBound, edits[run.lowerBound], field.number, &complaints)
            }
        }
    }

    private static func complain(_ fault: FieldFault, _ index: Int, _ edit: Edit, _ field: UInt32, _ complaints: inout [Complaint]) {
        complaints.append(Complaint(
            refusal: fault.refusal, edit: index, record: edit.record, type: edit.type, field: field, fault: fault, words: fault.demand))
    }

    private static func complain(
        _ refusal: Refusal, _ index: Int, _ edit: Edit, _ field: UInt32?, _ words: String, _ complaints: inout [Complaint]
    ) {
        complaints.append(Complaint(
            refusal: refusal, edit: index, record: edit.record, type: edit.type, field: field, fault: nil, words: words))
    }
}
