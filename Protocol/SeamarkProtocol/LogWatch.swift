import SeamarkJournal

/// What a watching device has been told of the logs, and whether it must be told more.
///
/// Whoever looks reads membership, role and revocation anew each time: a member who was removed is told of nothing that came after. At most
/// one look is under way, and of each log at most one piece of news that the device has not pulled yet: neither a busy tenant nor a device
/// that never reads costs more than that.
struct LogWatch: Equatable, Sendable {
    enum Finding: Equatable, Sendable {
        /// The greeting says what is no longer so: epoch, key, role, least schemas, revocation, wipe order, whether it waits to be confirmed, or which scopes the device may read.
        case outdated
        case tell(Message.News?, mustLookAgain: Bool)
    }

    private enum Look: Equatable, Sendable { case none, underWay, underWayAndAgain }

    private var greeting: Message.Welcome?
    /// By scope, the furthest position of its log that the device heard of.
    private var heard: [Identifier: UInt64] = [:]
    /// By scope, the position that news told and that the device has not taken up since: by a pull, or by a receipt that says as much.
    private var open: [Identifier: UInt64] = [:]
    private var isWatching = false
    private var look = Look.none
    /// A `Watch` that has no answer yet.
    private var owesAnswer = false
    /// A log grew of which the device has news that it did not take up.
    private var hasMore = false

    mutating func greeted(with welcome: Message.Welcome) {
        greeting = welcome
        for scope in welcome.scopes { heard[scope.scope] = scope.place.position }
    }

    private mutating func tell(_ place: LogPlace, of scope: Identifier) { heard[scope] = max(heard[scope] ?? 0, place.position) }

    // Each of these says whether to look now.

    mutating func asked() -> Bool {
        isWatching = true
        owesAnswer = true
        return begin()
    }

    mutating func woken() -> Bool { isWatching && begin() }

    /// The device has the answer to a pull, which says where the log stands.
    mutating func pulled(_ scope: Identifier, _ place: LogPlace) -> Bool {
        tell(place, of: scope)
        return takenUp(scope)
    }

    /// The device has a receipt. News of this very entry, or of one before, may have been faster: then the device, whose cursor the receipt
    /// moves, has nothing to pull, and must be told of the next all the same.
    mutating func receipted(_ scope: Identifier, _ place: LogPlace) -> Bool {
        tell(place, of: scope)
        guard let told = open[scope], told <= place.position else { return false }
        return takenUp(scope)
    }

    private mutating func takenUp(_ scope: Identifier) -> Bool {
        open[scope] = nil
        guard hasMore else { return false }
        hasMore = false
        return begin()
    }

    private mutating func begin() -> Bool {
        guard look == .none else {
            look = .underWayAndAgain
            return false
        }
        look = .underWay
        return true
    }

    mutating func looked(_ welcome: Message.Welcome) -> Finding {
        guard let greeting, Self.agree(greeting, welcome) else { return .outdated }
        var news: [Message.ScopeNews] = []
        for scope in welcome.scopes where scope.staffed && scope.place.position > heard[scope.scope] ?? 0 {
            guard open[scope.scope] == nil else {
                hasMore = true
                continue
            }
            open[scope.scope] = scope.place.position
            tell(scope.place, of: scope.scope)
            news.append(Message.ScopeNews(scope: scope.scope, place: scope.place, digest: scope.digest))
        }
        let mustLookAgain = look == .underWayAndAgain
        look = mustLookAgain ? .underWay : .none
        let isDue = owesAnswer || !news.isEmpty
        owesAnswer = false
        return .tell(isDue ? Message.News(scopes: news) : nil, mustLookAgain: mustLookAgain)
    }

    /// Do both say the same but for the ends of logs and streams?
    private static func agree(_ one: Message.Welcome, _ other: Message.Welcome) -> Bool {
        func readable(_ welcome: Message.Welcome) -> [Identifier: Message.ScopeKind?] {
            Dictionary(welcome.scopes.filter(\.staffed).map { ($0.scope, $0.kind) }) { first, _ in first }
        }
        return one.epoch == other.epoch && one.serverKey.key == other.serverKey.key && one.role == other.role
            && one.leastSchema == other.leastSchema && one.leastReadSchema == other.leastReadSchema && one.revoked == other.revoked
            && one.awaitsConfirmation == other.awaitsConfirmation && one.wipe?.ordered == other.wipe?.ordered && readable(one) == readable(other)
    }
}
