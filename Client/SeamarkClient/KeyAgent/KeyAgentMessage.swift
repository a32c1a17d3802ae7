internal import SeamarkJournal

/// What a command asks of the key agent: one request a connection, then the end of what is sent.
///
///     "SMKA" (4) ‖ version 1 (1) ‖ what (1) ‖ store id (16) ‖ seconds (4, most significant first) [‖ key (32) where one is kept]
///
/// The key is no part of this value: it goes from the socket into locked memory, and from there into the socket.
enum KeyAgentRequest: Hashable, Sendable {
    /// Keep the key that follows for so many seconds, in place of what was kept.
    case keep(Identifier, seconds: UInt32)
    case give(Identifier)
    case forget(Identifier)

    /// Why bytes are no request.
    enum Malformed: Error, Hashable { case length, magic, version, what, seconds }

    static let headCount = 26
    static let keyCount = 32
    static let mostSeconds = UInt32(KeyHolder.mostMinutes * 60)
    private static let magic = Array("SMKA".utf8)
    private static let version: UInt8 = 1

    init(head: [UInt8]) throws(Malformed) {
        guard head.count == Self.headCount, let store = Identifier(bytes: Array(head[6..<22])) else { throw .length }
        guard Array(head[0..<4]) == Self.magic else { throw .magic }
        guard head[4] == Self.version else { throw .version }
        let seconds = head[22..<26].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        switch head[5] {
        case 1:
            guard (1...Self.mostSeconds).contains(seconds) else { throw .seconds }
            self = .keep(store, seconds: seconds)
        case 2, 3:
            guard seconds == 0 else { throw .seconds }
            self = head[5] == 2 ? .give(store) : .forget(store)
        case _: throw .what
        }
    }

    var head: [UInt8] {
        func bytes(_ what: UInt8, _ store: Identifier, _ seconds: UInt32) -> [UInt8] {
            Self.magic + [Self.version, what] + store.bytes + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: seconds >> $0) }
        }
        switch self {
        case .keep(let store, let seconds): return bytes(1, store, seconds)
        case .give(let store): return bytes(2, store, 0)
        case .forget(let store): return bytes(3, store, 0)
        }
    }

    /// Does a key follow the head?
    var bringsKey: Bool {
        switch self {
        case .keep: true
        case .give, .forget: false
        }
    }
}

/// The first byte of an answer. After `found` the key follows.
enum KeyAgentWord: UInt8, Sendable {
    case done = 1
    case found, nothing
    /// It was no request.
    case refused
    /// As many stores are unlocked as may be.
    case full
}
