public import SeamarkJournal

/// Finds what a log said at some of its moments, in one reading from its beginning.
///
/// Whoever reads shows it where the log stands before each entry, and once more at the end.
public struct LogMoments: Sendable {
    public enum Moment: Hashable, Sendable {
        case position(UInt64)
        /// The longest beginning of the log that was received whole before this time (milliseconds since 1970). An entry that was received
        /// earlier and stands behind a later one, as after a restore, is not in it.
        case before(Int64)
        /// By its place; where the log says something else there, at the first place that holds the same records.
        case snapshot(Snapshot)
        case end
    }

    public struct Found: Sendable {
        public let place: LogPlace
        /// When the last entry was received: milliseconds since 1970.
        public let received: Int64
        public let state: ScopeState
    }

    private let wanted: [Moment]
    private var found: [Moment: Found] = [:]
    /// Of snapshots that were not found by their place yet.
    private var alike: [Moment: Found] = [:]
    /// When the latest of the entries so far was received: after a restore older ones may stand behind it.
    private var latest = Int64.min
    /// Where the log ends.
    public private(set) var end = LogPlace.beginning

    public init(_ moments: [Moment]) { wanted = moments }

    public subscript(_ moment: Moment) -> Found? { found[moment] ?? alike[moment] }

    /// Takes in where the log stands.
    ///
    /// - Parameters:
    ///   - received: when the last entry before was received.
    ///   - next: when the next entry was received; nil at the end.
    public mutating func look(at place: LogPlace, received: Int64, _ state: ScopeState, next: Int64?) {
        end = place
        guard place.position > 0 else { return }
        latest = max(latest, received)
        for moment in wanted where found[moment] == nil {
            let isIt =
                switch moment {
                case .position(let position): position == place.position
                case .before(let time): latest < time && next.map { $0 >= time } ?? true
                case .snapshot(let snapshot): snapshot.place == place
                case .end: next == nil
                }
            if isIt { found[moment] = Found(place: place, received: received, state: state) }
            if case .snapshot(let snapshot) = moment, alike[moment] == nil, !isIt, snapshot.digest == state.digest {
                alike[moment] = Found(place: place, received: received, state: state)
            }
        }
    }
}
