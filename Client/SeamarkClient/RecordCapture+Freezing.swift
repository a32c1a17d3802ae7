import SeamarkCrypto
import SeamarkJournal
public import SeamarkModel
import SeamarkStore

extension RecordCapture {
    /// A snapshot of the engagement as the log says it, at the place to which this device has read it.
    ///
    /// What is not yet sent is in no log: whoever freezes with changes of their own waiting would freeze other figures than they see, and is refused.
    ///
    /// - Parameters:
    ///   - name: what it is called.
    ///   - day: days since 1970, to which ages are counted.
    public func freezing(name: String, day: Int64) throws -> Result {
        let replica = finder.replica
        let waiting = replica.unsentCount + replica.stranded.count
        guard waiting == 0 else { throw Failure.unsent(waiting) }
        guard replica.cursor.position > 0 else { throw Failure.notSynced }
        guard day <= now / 86_400_000 else {
            throw Failure.value("day is \(CalendarDate.text(days: day)), which has not come: figures are frozen as they stand, so choose today or a day before")
        }
        if let there = Snapshot.all(in: finder.all).first(where: { $0.name.lowercased() == name.lowercased() }) {
            throw Failure.value("name is '\(name)', which \(there.handle) has already: choose another, so that people know which is meant")
        }
        let primitives = SystemPrimitives()
        let frozen = FrozenRecords(replica.confirmed, at: replica.cursor, day: day, primitives)
        let reading = try frozen.reading(finder.instrument)
        let id: Identifier
        do { id = .timeOrdered(milliseconds: now, dice: try Randomness.identifierWords()) } catch { throw Failure.noEntropy }
        let handle = Handles.next(prefix: "SN", letters: identity.letters, existing: finder.takenHandles)
        var editing = RecordEditing(record: id, type: Catalogue.snapshot, state: nil) { .zero }
        editing.freeze(frozen, reading, digest: replica.confirmed.digest, name: name, handle: handle, at: now, primitives)
        return Result(record: id, type: Catalogue.snapshot, name: handle, edits: editing.edits)
    }
}

extension RecordFinder {
    /// A published edition of an instrument, by what engagements call it, from the tenant's directory.
    public func instrument(_ named: String) -> Instrument? {
        instruments.first { $0.reference == named }
    }

    /// Every edition that this device holds; the built-in one first.
    public var instruments: [Instrument] {
        let published = directory.filter { $0.type === Catalogue.instrument }.compactMap { $0.text("document") }.compactMap { try? Instrument(document: $0) }
        return [.core9] + published.filter { $0.reference != Instrument.core9.reference }
    }

    /// The edition that the engagement names; the built-in one where it names none, or one that is not here, which reading then says.
    public var instrument: Instrument { EngagementReading.instrument(namedIn: all).flatMap { instrument($0) } ?? .core9 }
}
