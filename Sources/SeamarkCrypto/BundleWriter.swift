internal import Glibc
internal import SeamarkJournal

/// Writes a bundle: into a new file for its owner alone, which has its name only once it is whole and durable.
///
/// Not Sendable: one task writes it.
public final class BundleWriter {
    public let header: BundleHeader
    public private(set) var byteCount = 0
    private let path: String
    private let file: Int32
    private let sealer: Sealer
    private let headerHash: [UInt8]
    private var number: UInt64 = 0
    private var pending: [UInt8] = []
    private var isFinished = false

    private var draft: String { path + ".new" }

    /// `recipient`: the X25519 key (32 bytes) whose holder alone can read the bundle.
    public init(path: String, kind: BundleHeader.Kind, to recipient: [UInt8]) throws(BundleFault) {
        guard access(path, F_OK) != 0 else { throw .exists }
        let own: AgreementKey
        do throws(NoEntropy) { own = try .generate() } catch { throw .noEntropy }
        header = BundleHeader(kind: kind, recipient: recipient, ephemeral: own.publicKey)
        do throws(UnusablePublicKey) { sealer = Sealer(key: header.key(from: try own.sharedSecret(with: recipient))) } catch { throw .otherRecipient }
        headerHash = Digest.sha256(header.bytes).bytes
        self.path = path
        file = open(path + ".new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw .system(errno) }
        try put(header.bytes)
    }

    deinit {
        close(file)
        if !isFinished { unlink(draft) }
    }

    public func write(_ bytes: [UInt8]) throws(BundleFault) {
        pending += bytes
        var start = 0
        while pending.count - start > SealedParts.most {
            try seal(Array(pending[start..<start + SealedParts.most]), last: false)
            start += SealedParts.most
        }
        pending.removeFirst(start)
    }

    /// Seals what is left, waits until all of it is on the disk, and gives the file its name.
    public func finish() throws(BundleFault) {
        try seal(pending, last: true)
        pending = []
        guard fsync(file) == 0 else { throw .system(errno) }
        // A stick's file system often knows no links: a file that came meanwhile is looked for, then replaced.
        guard access(path, F_OK) != 0 else { throw .exists }
        guard rename(draft, path) == 0 else { throw .system(errno) }
        isFinished = true
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let opened = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else { throw .system(errno) }
        defer { close(opened) }
        // Some sticks' file systems do not know how to sync a folder.
        guard fsync(opened) == 0 || errno == EINVAL else { throw .system(errno) }
    }

    private func seal(_ part: [UInt8], last: Bool) throws(BundleFault) {
        let sealed = sealer.seal(
            part, nonce: SealedParts.nonce(number), authenticating: SealedParts.associated(headerHash, number, last: last))
        try put([last ? 1 : 0] + (0..<4).map { UInt8(truncatingIfNeeded: UInt32(sealed.count) >> (24 - 8 * $0)) } + sealed)
        number += 1
    }

    private func put(_ bytes: [UInt8]) throws(BundleFault) {
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .system(errno) }
            start += count
        }
        byteCount += bytes.count
    }
}
