import SeamarkCrypto
import SeamarkJournal
public import SeamarkProtocol
public import SeamarkStore

// A device that waits: headquarters asks its member for the words that stand for its key.
extension DeviceIdentity {
    /// As the server knows them of this device.
    public var words: DeviceWords {
        DeviceWords(tenant: tenant, device: device, signingKey: SigningKey(seed: signingSeed).publicKey, SystemPrimitives())
    }
}

extension DeviceState {
    /// Headquarters has yet to confirm this device's words, as far as it was heard.
    public var awaitsConfirmation: Bool { settings[.awaitsConfirmation] == .bool(true) && settings[.isRevoked] != .bool(true) }

    /// Headquarters' store was put back to before this device enrolled, as far as it was heard: headquarters takes the device back by its words.
    public var isUnknown: Bool { settings[.isUnknown] == .bool(true) }
}
