internal import CLinux

/// Secrets kept by the kernel for the processes of one user, until a time-out: an unlocked store's key.
///
/// They go into the *user* keyring, not the session's: a session keyring ends with the shell that made it, is private to a
/// service, and may be replaced by `sudo` or `su`, while the next command of the same user must find the key. A process whose
/// session keyring does not lead to the user keyring does not *possess* the key, so possession alone must not be needed:
/// the key's permissions let its user view, read, find and change it, and nobody else anything.
/// (A key's maker may set permissions only while possessing it, so each key is made in the process keyring and linked then.)
/// Any process of the same user can read the key while it lasts; that is what unlocking means here.
public struct KernelKeyring: Sendable {
    /// The largest secret that is put here, in bytes.
    public static let mostBytes = 4096

    public init() {}

    /// Puts `secret` under `name` for `timeoutSeconds`, in place of what was there.
    public func put(_ secret: SecretBytes, named name: String, timeoutSeconds: UInt32) throws(KeyringError) {
        precondition(secret.count <= Self.mostBytes && timeoutSeconds > 0, "a key in the keyring is small and ends")
        let userKeyring = try Self.userKeyring()
        let made = secret.withBuffer {
            clinux_add_key("user", name, $0.baseAddress, $0.count, Int32(KEY_SPEC_PROCESS_KEYRING))
        }
        let key = try Self.checked(made, "making a key")
        defer { _ = clinux_keyctl(KEYCTL_UNLINK, key, Self.processKeyring, 0, 0) }
        do throws(KeyringError) {
            _ = try Self.checked(clinux_keyctl(KEYCTL_SET_TIMEOUT, key, UInt(timeoutSeconds), 0, 0), "setting a key's time-out")
            _ = try Self.checked(clinux_keyctl(KEYCTL_SETPERM, key, Self.permissions, 0, 0), "setting a key's permissions")
            _ = try Self.checked(clinux_keyctl(KEYCTL_LINK, key, userKeyring, 0, 0), "keeping a key")
        } catch {
            _ = clinux_keyctl(KEYCTL_REVOKE, key, 0, 0, 0)
            throw error
        }
    }

    /// The secret under `name`; nil when there is none, or no longer.
    public func read(named name: String) throws(KeyringError) -> SecretBytes? {
        guard let key = try find(name) else { return nil }
        var count = 0
        let secret = SecretBytes(count: Self.mostBytes) { buffer in
            count = clinux_keyctl(KEYCTL_READ, key, UInt(bitPattern: buffer.baseAddress), UInt(buffer.count), 0)
        }
        if Self.isAbsence(count) { return nil }
        let length = Int(try Self.checked(count, "reading a key"))
        guard length > 0, length <= Self.mostBytes else { return nil }
        return secret.withBuffer { bytes in
            SecretBytes(count: length) { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[..<length])) }
        }
    }

    /// Moves the time-out to `timeoutSeconds` from now. False when there is no such key.
    public func extend(named name: String, timeoutSeconds: UInt32) throws(KeyringError) -> Bool {
        precondition(timeoutSeconds > 0, "a key in the keyring ends")
        guard let key = try find(name) else { return false }
        let result = clinux_keyctl(KEYCTL_SET_TIMEOUT, key, UInt(timeoutSeconds), 0, 0)
        if Self.isAbsence(result) { return false }
        _ = try Self.checked(result, "setting a key's time-out")
        return true
    }

    /// Destroys the key under `name` for every process at once. False when there was none.
    public func remove(named name: String) throws(KeyringError) -> Bool {
        guard let key = try find(name) else { return false }
        let result = clinux_keyctl(KEYCTL_REVOKE, key, 0, 0, 0)
        _ = clinux_keyctl(KEYCTL_UNLINK, key, try Self.userKeyring(), 0, 0)
        if Self.isAbsence(result) { return false }
        _ = try Self.checked(result, "destroying a key")
        return true
    }

    /// Joins an empty session keyring, as a service or a shell of `su` does: afterwards this process possesses no key of its user.
    static func leaveSession() throws(KeyringError) {
        _ = try checked(clinux_keyctl(KEYCTL_JOIN_SESSION_KEYRING, 0, 0, 0, 0), "leaving the session")
    }

    /// Possessor: everything. User: view, read, search, set attributes (the time-out, revoking). Group and others: nothing.
    private static let permissions: UInt = 0x3f2b_0000
    private static let processKeyring = UInt(bitPattern: Int(KEY_SPEC_PROCESS_KEYRING))

    /// The number of the user's keyring, which the kernel makes at need.
    private static func userKeyring() throws(KeyringError) -> UInt {
        try checked(clinux_keyctl(KEYCTL_GET_KEYRING_ID, UInt(bitPattern: Int(KEY_SPEC_USER_KEYRING)), 1, 0, 0), "finding the user's keyring")
    }

    private func find(_ name: String) throws(KeyringError) -> UInt? {
        let keyring = try Self.userKeyring()
        let found = "user".withCString { type in
            name.withCString { name in
                clinux_keyctl(KEYCTL_SEARCH, keyring, UInt(bitPattern: type), UInt(bitPattern: name), 0)
            }
        }
        if Self.isAbsence(found) { return nil }
        return try Self.checked(found, "finding a key")
    }

    private static func isAbsence(_ result: Int) -> Bool {
        [-Int(ENOKEY), -Int(EKEYEXPIRED), -Int(EKEYREVOKED), -Int(EKEYREJECTED)].contains(result)
    }

    private static func checked(_ result: Int, _ doing: StaticString) throws(KeyringError) -> UInt {
        if result >= 0 { return UInt(result) }
        throw KeyringError(doing: doing.description, code: Int32(clamping: -result))
    }
}

/// Why the kernel did not keep or give a key. After `unavailable` and `full` the caller keeps the key in a process of its own.
public enum KeyringError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no keyring here (no such system call, or a sandbox forbids it).
    case unavailable(doing: String, code: Int32)
    /// The user's quota of keys is used up.
    case full(doing: String, code: Int32)
    case failed(doing: String, code: Int32)

    /// What the kernel's number means: it gives this process no keyring (no such call, or a sandbox answers for it), it has no room for
    /// another key, or something is wrong that nobody should get around unseen.
    init(doing: String, code: Int32) {
        switch code {
        case ENOSYS, EPERM, EACCES, EOPNOTSUPP: self = .unavailable(doing: doing, code: code)
        case EDQUOT, ENOMEM: self = .full(doing: doing, code: code)
        case _: self = .failed(doing: doing, code: code)
        }
    }

    /// Whether keeping the key elsewhere is the right answer.
    public var suggestsAgent: Bool {
        switch self {
        case .unavailable, .full: true
        case .failed: false
        }
    }

    public var description: String {
        switch self {
        case .unavailable(let doing, let code): "\(doing) in the kernel's keyring: not allowed here (error \(code))"
        case .full(let doing, let code): "\(doing) in the kernel's keyring: this user's share is used up (error \(code))"
        case .failed(let doing, let code): "\(doing) in the kernel's keyring: failed (error \(code))"
        }
    }
}
