public import SeamarkJournal

/// What an engagement's figures come to with each side of a dispute: what somebody who settles it wants to know first.
public struct ConflictEffect: Sendable {
    private let views: [RecordView]
    private var calculation = RiskCalculation()

    private let instrument: Instrument

    /// - Parameters:
    ///   - views: the records of one engagement.
    ///   - instrument: by which it scores.
    public init(_ views: [RecordView], instrument: Instrument = .core9) {
        self.views = views
        self.instrument = instrument
    }

    /// Does settling it change a figure?
    public static func isPriced(_ type: RecordType, _ key: String) -> Bool {
        EngagementReport.money.contains { $0.type === type && $0.keys.contains(key) }
    }

    /// Income at risk a year if `head` alone stood at `target`; nil where that cannot be calculated.
    public mutating func headline(_ record: RecordView, _ target: Target, taking head: Head) -> Spread? {
        let slots = record.state.slots.map { $0.target == target ? RecordState.Slot(target: target, heads: [head]) : $0 }
        return headline(with: RecordState(type: record.state.type, slots: slots), of: record.id)
    }

    /// Income at risk a year if a record that was deleted and edited stayed, or went.
    public mutating func headline(_ record: RecordView, stays: Bool) -> Spread? {
        guard stays else { return headline(of: views.filter { $0.id != record.id }) }
        return headline(with: RecordState(type: record.state.type, slots: record.state.slots.filter { $0.target != .life }), of: record.id)
    }

    private mutating func headline(with state: RecordState, of id: Identifier) -> Spread? {
        headline(of: views.map { $0.id == id ? RecordView(id: id, state: state) : $0 })
    }

    private mutating func headline(of views: [RecordView]) -> Spread? {
        guard let reading = try? EngagementReading(views, instrument: instrument) else { return nil }
        return try? calculation.run(reading.input, settings: reading.settings).headline
    }
}
