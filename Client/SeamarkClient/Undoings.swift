import SeamarkJournal

/// Which change took which other one back. Remembered by the device that did it, the oldest first.
struct Undoings {
    struct Pair: Hashable {
        var undoing: Identifier
        var undone: Identifier
        /// It brought again what an earlier undoing had taken.
        var isRedo: Bool
    }

    /// So many are remembered; an older one counts as an ordinary change.
    static let most = 500

    private(set) var pairs: [Pair]
    /// Steps of which somebody was told that they cannot be taken back, the oldest first: the next undoing goes on behind them. Programs that do not
    /// know them leave them out.
    private(set) var passed: [Identifier]
    private var places: [Identifier: Int]

    init(_ value: Value?) {
        pairs = value?.list?.compactMap { item in
            guard let parts = item.list, parts.count == 3, let undoing = parts[0].id, let undone = parts[1].id, let isRedo = parts[2].bool else { return nil }
            return Pair(undoing: undoing, undone: undone, isRedo: isRedo)
        } ?? []
        passed = value?.list?.compactMap { item in
            guard let parts = item.list, parts.count == 1 else { return nil }
            return parts[0].id
        } ?? []
        places = Dictionary(pairs.enumerated().map { ($0.element.undoing, $0.offset) }) { first, _ in first }
    }

    var value: Value { .list(pairs.suffix(Self.most).map { .list([.id($0.undoing), .id($0.undone), .bool($0.isRedo)]) } + passed.suffix(Self.most).map { .list([.id($0)]) }) }

    mutating func pass(_ changes: [Identifier]) { passed = passed.filter { !changes.contains($0) } + changes }

    mutating func note(_ undoing: Identifier, took undone: Identifier, isRedo: Bool) {
        places[undoing] = pairs.count
        pairs.append(Pair(undoing: undoing, undone: undone, isRedo: isRedo))
    }

    /// What a change took back; nil for an ordinary one.
    func undone(by change: Identifier) -> Identifier? { places[change].map { pairs[$0].undone } }

    /// Neither undone already nor an undoing: what `undo` looks at. What was brought again stands for what was undone first.
    func isStep(_ change: Identifier) -> Bool { places[change].map { pairs[$0].isRedo } ?? true }

    /// Changes that were taken back.
    var taken: Set<Identifier> { Set(pairs.map(\.undone)) }

    /// Undoings that nobody has taken back, the newest first.
    var open: [Identifier] {
        let taken = taken
        return pairs.reversed().filter { !$0.isRedo && !taken.contains($0.undoing) }.map(\.undoing)
    }
}
