internal import SeamarkCrypto
internal import SeamarkJournal

/// The keys that the agent keeps, each until its time. Decides what is answered, and when the agent is no longer needed.
///
/// Times are milliseconds since the system was started, with those that it slept: a closed lid gives no key a longer life.
struct KeyShelf {
    /// More stores than anybody works on at once.
    static let mostKeys = 64
    /// How long an agent waits for its first key.
    static let patience: UInt64 = 10_000

    private var kept: [Identifier: (key: SecretBytes, until: UInt64)] = [:]
    /// Until when it waits, though it keeps nothing.
    private var waitsUntil: UInt64

    init(now: UInt64) { waitsUntil = now + Self.patience }

    /// Answers a request that came at `now`, with the key that came along, and what is to be given out.
    mutating func answer(_ request: KeyAgentRequest, bringing key: SecretBytes?, now: UInt64) -> (word: KeyAgentWord, key: SecretBytes?) {
        pass(to: now)
        switch request {
        case .keep(let store, let seconds):
            guard let key, key.count == KeyAgentRequest.keyCount else { return (.refused, nil) }
            guard kept[store] != nil || kept.count < Self.mostKeys else { return (.full, nil) }
            kept[store] = (key, now + UInt64(seconds) * 1000)
            waitsUntil = now
            return (.done, nil)
        case .give(let store):
            guard let found = kept[store] else { return (.nothing, nil) }
            return (.found, found.key)
        case .forget(let store):
            return (kept.removeValue(forKey: store) == nil ? .nothing : .done, nil)
        }
    }

    /// Lets go, and so overwrites, what has ended by `now`.
    mutating func pass(to now: UInt64) {
        kept = kept.filter { $0.value.until > now }
    }

    /// Nothing is kept, and nothing is waited for: the agent may end.
    func isOver(now: UInt64) -> Bool { kept.isEmpty && now >= waitsUntil }

    /// When something ends next that nobody asks for: a key, or the waiting for the first.
    var nextEnd: UInt64 { kept.values.map(\.until).min() ?? waitsUntil }
}
