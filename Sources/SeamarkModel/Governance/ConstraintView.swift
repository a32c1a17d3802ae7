/// Output 1, constraint first: which resource governs each value stream.
public struct ConstraintView: Hashable, Sendable {
    public struct Stream: Hashable, Sendable {
        public var name: String?
        /// The key of the governing resource; nil: the market is the constraint.
        public var governing: String?
        public var because: Reason
    }

    /// Why a resource, or the market, is the constraint.
    public enum Reason: Hashable, Sendable {
        case governs
        /// No resource is loaded to 95 %.
        case noneFull
        /// A row that stands for the market is loaded most.
        case market(String)
        /// What is loaded to 95 % is relieved.
        case relieved([String])

        public var word: String {
            switch self {
            case .governs: "governs"
            case .noneFull: "noneFull"
            case .market: "market"
            case .relieved: "relieved"
            }
        }
    }

    /// In the order of names, the unnamed one first.
    public let streams: [Stream]

    /// Of each stream the highest utilisation of at least 95 % among measured resources, and where none of those is full, among suspected
    /// ones; ties on paper go to the dearer lost hour, then to the lesser key. A market that wins governs itself.
    public init(_ readings: [ConstraintReading]) {
        let names = Set(readings.map(\.valueStream)).sorted { ($0 ?? "") < ($1 ?? "") }
        streams = names.map { name in
            let own = readings.filter { $0.valueStream == name }
            let full = own.filter(\.isFull)
            func best(_ status: ConstraintReading.Status) -> ConstraintReading? {
                let fullest = Bound.greatest(of: full.filter { $0.status == status }) { $0.utilisation?.likely ?? 0 }
                return Bound.greatest(of: fullest) { $0.costOfLostHour?.likely ?? 0 }.min { $0.key < $1.key }
            }
            guard let winner = best(.measured) ?? best(.suspected) else {
                return Stream(name: name, governing: nil, because: full.isEmpty ? .noneFull : .relieved(full.map(\.key).sorted(by: HandleOrder.precedes)))
            }
            return winner.isMarket ? Stream(name: name, governing: nil, because: .market(winner.key)) : Stream(name: name, governing: winner.key, because: .governs)
        }
    }

    public var governing: [String] { streams.compactMap(\.governing).sorted() }

    /// The value streams that the market constrains.
    var marketStreams: Set<String?> { Set(streams.filter { $0.governing == nil }.map(\.name)) }
}

/// How much of the money goes to the governing constraint.
public struct FundingAlignment: Hashable, Sendable {
    public var toConstraint: Double
    public var all: Double

    public init(toConstraint: Double, all: Double) {
        self.toConstraint = toConstraint
        self.all = all
    }

    /// 0…1; nil where there is no money.
    public var share: Double? { all > 0 ? toConstraint / all : nil }
}
