import SeamarkJournal

/// What a watching device has been told of the logs, and whether it must be told more.
///
/// Whoever looks reads membership, role and revocation anew each time: a member who was removed is told of nothing that came after. At most
/// one look is under way, and of each log at most one piece of news that the device has not pulled yet: neither a busy tenant nor a device
/// that never reads costs more than that.
struct LogWatch: Equatable, Sendable {
    enum Finding: Equatable, Sendable {
        /// The greeting says what is no longer so: epoch, key, role, revocation, or which scopes the device may read.
        case outdated
        case tell(Message.News?, mustLookAgain: Bool)
    }

    private enum Look: Equatable, Sendable { case none, underWay, underWayAndAgain }

    private var greeting: Message.Welcome?
    /// By scope, the furthest position of its log that the device heard of.
    private var heard: [Identifier: UInt64] = [:]
    /// Scopes with news that were not pulled since.
    private var unpulled: Set<Identifier> = []
    private var isWatching = false
    private var look = Look.none
    /// A `Watch` that has no answer yet.
    private var owesAnswer = false
    /// A log grew of which the device has news that it did not pull.
    private var hasMore = false

    mutating func greeted(with welcome: Message.Welcome) {
        greeting = welcome
        for scope in welcome.scopes { heard[scope.scope] = scope.place.position }
    }

    /// The device heard where a log stands.
    mutating func told(_ place: LogPlace, of scope: Identifier) { heard[scope] = max(heard[scope] ?? 0, place.position) }

    // Each of these says whether to look now.

    mutating func asked() -> Bool {
        isWatching = true
        owesAnswer = true
        return begin()
    }

    mutating func woken() -> Bool { isWatching && begin() }

    mutating func pulled(_ scope: Identifier) -> Bool {
        unpulled.remove(scope)
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
            guard unpulled.insert(scope.scope).inserted else {
                hasMore = true
                continue
            }
            told(scope.place, of: scope.scope)
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
            && one.revoked == other.revoked && readable(one) == readable(other)
    }
}
