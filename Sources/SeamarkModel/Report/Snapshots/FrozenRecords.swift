public import SeamarkJournal

/// An engagement's records as they stood at one place of its log, without sensitive values.
///
/// Names, narrative and quotes are left out even where they are still there: what somebody redacts later, or takes back with their consent, was
/// never in here, and what depends on the rest stays the same for ever.
public struct FrozenRecords: Sendable {
    public let place: LogPlace
    /// Days since 1970: what ages are counted to.
    public let day: Int64
    /// Ascending by id.
    public let views: [RecordView]

    public init(_ state: ScopeState, at place: LogPlace, day: Int64, _ primitives: any Primitives) {
        self.place = place
        self.day = day
        views = state.records.sorted { $0.key < $1.key }.map { RecordView(id: $0.key, state: $0.value.withholdingAll(primitives)) }
    }

    /// Milliseconds since 1970, for what is counted in days.
    public var time: Int64 { day * 86_400_000 }

    /// As the figures take them, with the edition of the instrument that the engagement named then.
    ///
    /// - Parameter instrument: a published edition by what engagements call it (`core-9@1`); nil where it is not at hand.
    public func reading(_ instrument: (String) -> Instrument?) throws(SnapshotError) -> EngagementReading {
        let named = EngagementReading.instrument(namedIn: views) ?? Instrument.core9.reference
        func edition(_ reference: String) -> Instrument? { Instrument.builtIn(reference) ?? instrument(reference) }
        guard let read = edition(named) else { throw .noSuchInstrument(named) }
        do throws(ReportError) { return try EngagementReading(views, instrument: read, now: time, former: edition) } catch { throw .notReadable(error) }
    }
}

extension EngagementReading {
    /// SHA-256 of `canonicalInputs`.
    public func inputsHash(_ primitives: any Primitives) -> Hash256 {
        let bytes = Array(canonicalInputs.compact.utf8)
        return primitives.sha256(bytes.span)
    }
}

extension Snapshot {
    /// The records that this snapshot froze, of what the log said at its place, if they are the same still.
    ///
    /// - Parameter found: nil where the log has no such place.
    public func records(_ found: LogMoments.Found?, _ primitives: any Primitives) throws(SnapshotError) -> FrozenRecords {
        guard method == RiskSettings.method else { throw .otherMethod(handle, says: method) }
        guard let found else { throw .notInThisLog(handle, position: place.position) }
        return FrozenRecords(found.state, at: place, day: day, primitives)
    }

    /// What its figures are computed from, if that is what it says.
    public func reading(_ found: LogMoments.Found?, _ primitives: any Primitives, _ instrument: (String) -> Instrument?) throws(SnapshotError) -> EngagementReading {
        let reading = try records(found, primitives).reading(instrument)
        guard reading.instrument.reference == self.instrument else { throw .otherInstrument(handle, says: self.instrument, is: reading.instrument.reference) }
        guard Settings(reading) == settings else { throw .otherSettings(handle) }
        let computed = reading.inputsHash(primitives)
        guard computed == inputsHash else { throw .otherInputs(handle, says: inputsHash, is: computed) }
        return reading
    }
}
