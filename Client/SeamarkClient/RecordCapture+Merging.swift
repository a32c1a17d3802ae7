import SeamarkJournal
public import SeamarkModel

/// Two records that were captured for the same thing: people merge them, and can undo it. Both are ordinary changes.
extension RecordCapture {
    /// Whose value a field of the record that stays takes.
    public enum Taking: String, Hashable, Sendable {
        case keep, gone
    }

    /// A field of which both records say something else.
    public struct Undecided: Hashable, Sendable {
        public let key: String
        public let label: String
        /// As text.
        public let kept: String
        public let gone: String
    }

    /// Makes `kept` stand for `gone` from now on.
    ///
    /// What `kept` lacks it takes over; sets are joined; what is one-way (consent, attribution) takes the stricter of both. Where both say
    /// something else, `takings` decides by field, else `rest`; where nobody did, nothing is merged. `gone` keeps all that it says.
    public func merging(
        _ kept: RecordView, _ gone: RecordView, takings: [String: Taking] = [:], rest: Taking? = nil
    ) throws(Failure) -> Result {
        let type = try known(kept)
        guard kept.id != gone.id else { throw .withItself(finder.name(of: kept.id)) }
        guard gone.type === type, type.handlePrefix != nil, type.home == .engagement, type !== Catalogue.engagement else {
            throw .notMergeable(gone.type?.label ?? "record of a newer version")
        }
        for record in [kept, gone] {
            if record.isDeleted { throw .isDeleted(name: finder.name(of: record.id)) }
            let survivor = finder.merges.survivor(of: record.id)
            if survivor != record.id { throw .isMerged(name: finder.name(of: record.id), into: finder.name(of: survivor)) }
        }
        for key in takings.keys.sorted() where type.field(key: key) == nil { throw .unknownField(key, type: type.label, fields: type.writtenKeys) }
        var editing = editing(type, kept.id, kept.state)
        var undecided: [Undecided] = []
        for field in type.fields where field.number >= 10 {
            switch field.merge {
            case .once, .author, .headquarters: continue
            case .set: for element in gone.elements(field) { editing.add(field, element) }
            case .consent:
                guard let theirs = gone.consent else { continue }
                editing.set(field, kept.consent.map { $0.state == .none ? theirs : theirs.state == .none ? $0 : $0.joined(theirs) }?.value ?? theirs.value)
            case .lattice(let lattice):
                guard case .nobody = lattice.loweredBy, let theirs = gone.integer(field.key), theirs > kept.integer(field.key) ?? .min else { continue }
                editing.set(field, .int(theirs))
            case .register, .contested, .group, .text:
                guard case .value(let theirs) = gone.shown(field) else { continue }
                let ours = kept.shown(field)
                if ours == .value(theirs) { continue }
                for record in [kept, gone] where record.conflicts.contains(where: { $0.target == .field(field.number) }) {
                    throw .inConflict(name: finder.name(of: record.id), label: field.label)
                }
                let taking = takings[field.key] ?? (ours == .nothing ? .gone : rest)
                if taking == .gone { editing.set(field, theirs) }
                if taking == nil {
                    let text = { (value: Value) in field.kind.textToRead(of: value, references: finder.shownReferences) }
                    var kept = "(withheld)"
                    if case .value(let value) = ours { kept = text(value) }
                    undecided.append(Undecided(key: field.key, label: field.label, kept: kept, gone: text(theirs)))
                }
            }
        }
        guard undecided.isEmpty else { throw .undecided(undecided) }
        var going = self.editing(type, gone.id, gone.state)
        if let into = type.field(CommonField.mergedInto), let saw = type.field(CommonField.mergeSaw) {
            going.set(into, .id(kept.id))
            going.set(saw, MergeWitness.value(of: gone.state))
        }
        return Result(record: kept.id, type: type, name: finder.name(of: kept.id), edits: editing.edits + going.edits)
    }

    /// Takes a merge back: `gone` stands for itself again, and the record that stood for it says again what it said before the merge, but for
    /// what was changed since and what never goes back; those are in `left`.
    public func unmerging(_ gone: RecordView) throws(Failure) -> Result {
        let type = try known(gone)
        guard let into = type.field(CommonField.mergedInto), let saw = type.field(CommonField.mergeSaw), gone.shown(into) != .nothing else {
            throw .notMerged(name: finder.name(of: gone.id))
        }
        var going = editing(type, gone.id, gone.state)
        going.set(into, .absent)
        going.set(saw, .absent)
        var edits = going.edits
        var left: [String] = []
        for head in gone.state.heads(of: .field(CommonField.mergedInto)) {
            guard let change = finder.change(head.name.change), let id = head.content.value?.id, let kept = finder.view(id) else { continue }
            var back = editing(type, id, kept.state)
            for (index, edit) in change.edits.enumerated() where edit.record == id {
                guard let field = edit.target.number.flatMap({ type.field($0) }) else { continue }
                guard kept.state.heads(of: edit.target).map(\.name) == [change.name(index)], let before = before(edit, field) else {
                    left.append(field.label)
                    continue
                }
                switch edit.target {
                case .element(_, let element): if before == .bool(true) { back.add(field, element) } else { back.remove(field, element) }
                case .field: back.set(field, before)
                case .life: continue
                }
            }
            edits.append(contentsOf: back.edits)
        }
        return Result(record: gone.id, type: type, name: finder.name(of: gone.id), edits: edits, left: left)
    }

    /// What stood there before `edit`; nil where that cannot be said, or cannot be written again.
    ///
    /// - Parameter includingAuthors: also of what only its author changes.
    func before(_ edit: Edit, _ field: FieldDefinition, includingAuthors: Bool = false) -> Value? {
        switch field.merge {
        case .author where !includingAuthors: return nil
        case .author: break
        case .once, .headquarters, .consent, .lattice: return nil
        case .register, .contested, .group, .text, .set: break
        }
        func named(_ name: EditName) -> Edit? {
            guard let change = finder.change(name.change), Int(name.index) < change.edits.count else { return nil }
            let named = change.edits[Int(name.index)]
            return named.target == edit.target ? named : nil
        }
        // An edit names what its own device had written before that, too: what stood there is what no other of them took the place of.
        let older = Set(edit.supersedes.compactMap(named).flatMap(\.supersedes))
        let values = Set(edit.supersedes.filter { !older.contains($0) }.map { named($0)?.content.value })
        if values.isEmpty { return field.isSet ? .bool(false) : .absent }
        return values.count == 1 ? values.first ?? nil : nil
    }
}
