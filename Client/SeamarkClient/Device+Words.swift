import SeamarkCrypto
import SeamarkJournal
public import SeamarkProtocol
public import SeamarkStore

// A device that waits: headquarters asks its member for the words that stand for its keys.
extension DeviceIdentity {
    /// As the server knows them of the device whose certificate this is.
    public var words: DeviceWords {
        DeviceWords(
            tenant: tenant, signingKey: SigningKey(seed: signingSeed).publicKey, certificate: Digest.sha256(certificate), SystemPrimitives())
    }
}

extension DeviceState {
    /// Headquarters has yet to confirm this device's words, as far as it was heard.
    public var awaitsConfirmation: Bool { settings[.awaitsConfirmation] == .bool(true) && settings[.isRevoked] != .bool(true) }
}
