internal import Glibc
internal import SeamarkCrypto
internal import SeamarkJournal

/// Writes a backup into a file that must not be there yet.
final class BackupWriter {
    private let file: Int32
    private let sealer: Sealer
    private let header: Hash256
    private var number: UInt64 = 0
    private var pending: [UInt8] = []
    private(set) var byteCount = 0

    init(path: String, header: BackupHeader, key: SecretBytes) throws(BackupFault) {
        file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw .system(errno, "writing the file") }
        sealer = Sealer(key: key)
        let bytes = header.bytes
        self.header = Digest.sha256(bytes)
        try put(bytes)
    }

    deinit { close(file) }

    func write(_ bytes: [UInt8]) throws(BackupFault) {
        pending += bytes
        while pending.count > SealedParts.most {
            try seal(Array(pending.prefix(SealedParts.most)), last: false)
            pending.removeFirst(SealedParts.most)
        }
    }

    /// Seals what is left and waits until all of it is on the disk.
    func finish() throws(BackupFault) {
        try seal(pending, last: true)
        pending = []
        guard fsync(file) == 0 else { throw .system(errno, "making the file durable") }
    }

    private func seal(_ part: [UInt8], last: Bool) throws(BackupFault) {
        let sealed = sealer.seal(part, nonce: SealedParts.nonce(number), authenticating: SealedParts.associated(header.bytes, number, last: last))
        let count = UInt32(sealed.count)
        try put([last ? 1 : 0] + (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) })
        try put(sealed)
        number += 1
    }

    private func put(_ bytes: [UInt8]) throws(BackupFault) {
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .system(errno, "writing the file") }
            start += count
        }
        byteCount += bytes.count
    }
}

/// Reads a backup part by part: nothing of a part is handed out before it has proved genuine.
final class BackupReader {
    let header: BackupHeader
    private let file: Int32
    private let headerHash: Hash256
    private var sealer: Sealer?
    private var number: UInt64 = 0
    private var part: ArraySlice<UInt8> = []
    private var isLast = false

    /// Reads the header alone.
    init(path: String) throws(BackupFault) {
        file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .system(errno, "opening the file") }
        do throws(BackupFault) {
            let fixed = try Self.get(file, BackupHeader.fixedCount, short: .notABackup)
            let rest = try Self.get(file, try BackupHeader.restCount(fixed), short: .cutShort)
            header = try BackupHeader(fixed: fixed, rest: rest)
            headerHash = Digest.sha256(fixed + rest)
        } catch {
            close(file)
            throw error
        }
    }

    deinit { close(file) }

    /// - Parameter tenantKey: what a tenant's backup takes beside the passphrase; a backup of version 1 takes none.
    func unlock(_ passphrase: SecretBytes, _ tenantKey: TenantKey?) throws(BackupFault) {
        if let keyCheck = header.keyCheck {
            guard let tenantKey else { throw .noTenantKey(header.tenant) }
            guard tenantKey.tenant == header.tenant, tenantKey.check == keyCheck else { throw .otherTenantKey }
        }
        do throws(PassphraseLockError) {
            let locked = try header.lock.open(with: passphrase.copy())
            sealer = Sealer(key: header.keyCheck == nil ? locked : tenantKey?.backupKey(locked) ?? locked)
        } catch {
            switch error {
            case .wrongPassphrase: throw .wrongPassphrase
            case .belowFloor, .tooCostly: throw .weakened
            case .stretchingFailed, .noEntropy: throw .tooLittleMemory
            case .damaged, .unknownVersion: throw .damaged
            }
        }
    }

    /// With the file's own key, by whoever has just written it.
    func unlock(ownKey key: SecretBytes) { sealer = Sealer(key: key) }

    /// Some bytes, at most `count`; none only at the end.
    func some(_ count: Int) throws(BackupFault) -> [UInt8] {
        while part.isEmpty, !isLast { try next() }
        let taken = Array(part.prefix(count))
        part = part.dropFirst(taken.count)
        return taken
    }

    /// Exactly `count` bytes, a few.
    func exactly(_ count: Int) throws(BackupFault) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let more = try some(count - bytes.count)
            guard !more.isEmpty else { throw .damaged }
            bytes += more
        }
        return bytes
    }

    private func next() throws(BackupFault) {
        guard let sealer else { preconditionFailure("a backup is unlocked before it is read") }
        let head = try Self.get(file, 5, short: .cutShort)
        let count = head[1...].reduce(0) { $0 << 8 | Int($1) }
        guard head[0] <= 1, count >= Sealer.overhead, count <= SealedParts.most + Sealer.overhead else { throw .damaged }
        let sealed = try Self.get(file, count, short: .cutShort)
        do throws(SealError) {
            part = try sealer.open(
                sealed, nonce: SealedParts.nonce(number), authenticating: SealedParts.associated(headerHash.bytes, number, last: head[0] == 1))[...]
        } catch { throw .damaged }
        number += 1
        isLast = head[0] == 1
        if isLast {
            // Nothing lies behind it.
            do throws(BackupFault) { _ = try Self.get(file, 1, short: .cutShort) } catch .cutShort { return }
            throw .damaged
        }
    }

    private static func get(_ file: Int32, _ count: Int, short: BackupFault) throws(BackupFault) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress?.advanced(by: filled), count - filled) }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .system(errno, "reading the file") }
            guard got > 0 else { throw short }
            filled += got
        }
        return bytes
    }
}
