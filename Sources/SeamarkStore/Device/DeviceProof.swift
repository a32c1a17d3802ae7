public import SeamarkCrypto

/// What somebody shows to open a device's store.
public enum DeviceProof: Sendable {
    case passphrase([UInt8])
    case recovery(RecoveryCode)
}
