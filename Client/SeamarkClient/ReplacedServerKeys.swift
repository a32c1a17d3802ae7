import SeamarkJournal
import SeamarkProtocol
import SeamarkStore

// The server's signing key of a tenant may be replaced. What a former one signed goes on verifying here; a server that greets with it is refused, since
// it was put back to before, or is whoever stole that key.
extension DeviceState {
    /// The server's keys that another one took the place of, as far as this device has heard; the oldest first.
    var replacedServerKeys: [[UInt8]] {
        guard case .bytes(let bytes)? = settings[.replacedServerKeys] else { return [] }
        return stride(from: 0, to: bytes.count - bytes.count % 32, by: 32).map { Array(bytes[$0..<($0 + 32)]) }
    }

    /// With what a genuine greeting tells: those that it names, with their own word that they ended, and the one that this device knew until now. Nil
    /// where that is nothing new. The authority's word for a key is public: by that alone whoever has a former key could name the next one as earlier.
    func replacedServerKeys(after welcome: Message.Welcome, _ primitives: any Primitives) -> Value? {
        var keys = replacedServerKeys
        let count = keys.count
        let ended = welcome.earlierKeys.filter { $0.hasEnded(of: identity.tenant, primitives) }.map(\.key)
        for key in ended + [identity.serverSigningKey] where key != welcome.serverKey.key && key.count == 32 && !keys.contains(key) {
            keys.append(key)
        }
        return keys.count == count ? nil : Self.value(of: keys)
    }

    static func value(of keys: [[UInt8]]) -> Value { .bytes(Array(keys.suffix(mostReplacedServerKeys).joined())) }

    /// Four times as many as a greeting names.
    static let mostReplacedServerKeys = 4 * Message.Welcome.mostEarlierKeys
}
