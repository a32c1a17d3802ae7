import SeamarkJournal
import SeamarkModel
import SeamarkStore

// What a device asks before it writes: rules between records, which are findings wherever the same arrives another way.
extension RecordCapture {
    /// The result, if nothing that is here stands against it.
    func heeding(_ result: Result) throws(Failure) -> Result {
        if result.type === Catalogue.interview {
            try heedInstrument(result)
            try heedFinalising(result)
        }
        return result
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
