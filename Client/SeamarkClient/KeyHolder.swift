public import SeamarkCrypto
public import SeamarkJournal

/// Keeps unlocked stores open for the next commands: their keys lie in the kernel's keyring until a time-out.
public enum KeyHolder {
    public static let usualMinutes = 480
    /// A day and a half: a store is not left open over a weekend.
    public static let mostMinutes = 36 * 60

    /// Keeps the key of `store` for `minutes`, in place of what was kept.
    public static func keep(_ key: SecretBytes, of store: Identifier, minutes: Int) throws(KeyringError) {
        precondition((1...mostMinutes).contains(minutes), "the command checks its bounds")
        try KernelKeyring().put(key, named: name(store), timeoutSeconds: UInt32(minutes * 60))
    }

    /// Nil when the store is locked.
    public static func key(of store: Identifier) throws(KeyringError) -> SecretBytes? {
        try KernelKeyring().read(named: name(store))
    }

    /// False when it was locked already.
    @discardableResult
    public static func forget(_ store: Identifier) throws(KeyringError) -> Bool {
        try KernelKeyring().remove(named: name(store))
    }

    private static func name(_ store: Identifier) -> String { "seamark:\(store)" }
}
