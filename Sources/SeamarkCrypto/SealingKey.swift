internal import COpenSSL
internal import SeamarkJournal
internal import Synchronization

/// Seals what a store writes so that no nonce is ever used twice under one key, even when its files are copied back or cloned.
///
/// A nonce derived from a row's number repeats as soon as an old backup is continued. So each `SealingKey` made from the same
/// data key draws 32 random bytes, derives a subkey of its own from them (HKDF-SHA-256), and counts its nonces in memory only.
/// Sealed bytes describe themselves:
///
///     version 1 (1) ‖ subkey salt (32) ‖ counter (4, big-endian) ‖ ciphertext ‖ tag (16)
///
/// The nonce is eight zero bytes and the counter. The header is authenticated before the caller's associated bytes, which bind
/// a message to its place (tenant, store, row). Sendable through its lock. A process that forks must make a new one.
public final class SealingKey: Sendable {
    /// How much longer a sealed message is than its plaintext.
    public static let overhead = headerCount + GCMContext.tagCount
    static let headerCount = 1 + saltCount + 4
    static let saltCount = 32
    private static let version: UInt8 = 1
    private static let purpose = Array("seamark sealing subkey 1".utf8)
    /// Subkeys kept for opening; a store written by more processes derives the others again (some microseconds each).
    private static let mostSubkeys = 256

    private struct State {
        /// The version and the own salt, then the counter of the message before.
        var header: [UInt8]
        var sealed: UInt64 = 0
        /// Made when the first message is sealed: many keys only open.
        var own: GCMContext?
        var subkeys: [Hash256: GCMContext]
    }

    private let dataKey: SecretBytes
    private let state: Mutex<State>

    /// Begins a fresh subkey under `dataKey` (thirty-two bytes).
    public convenience init(dataKey: SecretBytes) throws(NoEntropy) {
        self.init(dataKey: dataKey, salt: try Randomness.bytes(Self.saltCount))
    }

    init(dataKey: SecretBytes, salt: [UInt8], alreadySealed: UInt64 = 0) {
        precondition(dataKey.count == 32, "a data key has thirty-two bytes")
        self.dataKey = dataKey
        state = Mutex(
            State(
                header: [Self.version] + salt + [0, 0, 0, 0], sealed: alreadySealed, own: nil, subkeys: [:]))
    }

    /// Throws only `SealError.exhausted`, after 2^32 messages.
    public func seal(_ plaintext: [UInt8], authenticating associated: [UInt8]) throws(SealError) -> [UInt8] {
        let sealed: [UInt8]? = state.withLock { state in
            guard let counter = UInt32(exactly: state.sealed) else { return nil }
            state.sealed += 1
            withUnsafeBytes(of: counter.bigEndian) { bytes in
                for index in 0..<4 { state.header[1 + Self.saltCount + index] = bytes[index] }
            }
            let own = state.own ?? Self.subkey(of: dataKey, salt: Array(state.header[1...Self.saltCount]))
            state.own = own
            return withNonce(counter) { nonce in
                own.seal(plaintext.span, nonce: nonce, header: state.header, associated: associated)
            }
        }
        guard let sealed else { throw .exhausted }
        return sealed
    }

    /// Opens what any `SealingKey` of the same data key sealed.
    public func open(_ sealed: [UInt8], authenticating associated: [UInt8]) throws(SealError) -> [UInt8] {
        try open(sealed.span, authenticating: associated)
    }

    /// Opens without a copy of the sealed bytes.
    public func open(_ sealed: Span<UInt8>, authenticating associated: [UInt8]) throws(SealError) -> [UInt8] {
        guard sealed.count >= Self.overhead else { throw .truncated }
        guard sealed[0] == Self.version else { throw .unknownVersion(sealed[0]) }
        var counter: UInt32 = 0
        for index in 0..<4 { counter = counter << 8 | UInt32(sealed[1 + Self.saltCount + index]) }
        let salt = Hash256(words: (Self.word(sealed, 1), Self.word(sealed, 9), Self.word(sealed, 17), Self.word(sealed, 25)))
        let plaintext: [UInt8]? = state.withLock { state in
            let context: GCMContext
            if let known = state.subkeys[salt] {
                context = known
            } else {
                context = Self.subkey(of: dataKey, salt: salt.bytes)
                if state.subkeys.count >= Self.mostSubkeys { state.subkeys.removeAll(keepingCapacity: true) }
                state.subkeys[salt] = context
            }
            return withNonce(counter) { nonce in
                context.open(sealed, nonce: nonce, headerCount: Self.headerCount, associated: associated)
            }
        }
        guard let plaintext else { throw .notAuthentic }
        return plaintext
    }

    private static func subkey(of dataKey: SecretBytes, salt: [UInt8]) -> GCMContext {
        var key = HKDF.derive(secret: dataKey, salt: salt, info: purpose, count: 32)
        defer { key.cleanse() }
        return GCMContext(key: key)
    }

    private func withNonce<Value>(_ counter: UInt32, _ body: (UnsafePointer<UInt8>) -> Value) -> Value {
        var nonce: (UInt64, UInt32) = (0, counter.bigEndian)
        return withUnsafeBytes(of: &nonce) { bytes in
            guard let start = bytes.baseAddress else { preconditionFailure("a nonce has an address") }
            return body(start.assumingMemoryBound(to: UInt8.self))
        }
    }

    private static func word(_ bytes: Span<UInt8>, _ position: Int) -> UInt64 {
        var word: UInt64 = 0
        for index in position..<position + 8 { word = word << 8 | UInt64(bytes[index]) }
        return word
    }
}
