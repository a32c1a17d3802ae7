internal import Glibc
internal import SeamarkJournal

/// Reads a bundle part by part: nothing of a part is handed out before it has proved genuine, and no length is believed that is
/// longer than a part can be.
///
/// Not Sendable: one task reads it.
public final class BundleReader {
    public let header: BundleHeader
    private let file: Int32
    private let sealer: Sealer
    private let headerHash: [UInt8]
    private var number: UInt64 = 0
    private var isLast = false

    /// Reads the header and checks that the bundle is for the holder of `key`.
    public init(path: String, kind: BundleHeader.Kind, for key: AgreementKey) throws(BundleFault) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .system(errno) }
        self.file = file
        do throws(BundleFault) {
            header = try BundleHeader(try Self.get(file, BundleHeader.byteCount))
            guard header.kind == kind else { throw BundleFault.otherKind }
            guard header.recipient == key.publicKey else { throw BundleFault.otherRecipient }
            do throws(UnusablePublicKey) { sealer = Sealer(key: header.key(from: try key.sharedSecret(with: header.ephemeral))) } catch {
                throw BundleFault.damaged
            }
        } catch {
            close(file)
            throw error
        }
        headerHash = Digest.sha256(header.bytes).bytes
    }

    deinit { close(file) }

    /// The next part; nil after the last one, behind which nothing lies.
    public func next() throws(BundleFault) -> [UInt8]? {
        guard !isLast else { return nil }
        let head = try Self.get(file, 5)
        guard head.count == 5 else { throw .cutShort }
        let count = head[1...].reduce(0) { $0 << 8 | Int($1) }
        guard head[0] <= 1, count >= Sealer.overhead, count <= SealedParts.most + Sealer.overhead else { throw .damaged }
        let sealed = try Self.get(file, count)
        guard sealed.count == count else { throw .cutShort }
        let part: [UInt8]
        do throws(SealError) {
            part = try sealer.open(
                sealed, nonce: SealedParts.nonce(number), authenticating: SealedParts.associated(headerHash, number, last: head[0] == 1))
        } catch { throw .damaged }
        number += 1
        isLast = head[0] == 1
        if isLast, try !Self.get(file, 1).isEmpty { throw .damaged }
        return part
    }

    /// Begins again after the header.
    public func rewind() throws(BundleFault) {
        guard lseek(file, off_t(BundleHeader.byteCount), SEEK_SET) >= 0 else { throw .system(errno) }
        number = 0
        isLast = false
    }

    /// So many bytes, or as many as there are.
    private static func get(_ file: Int32, _ count: Int) throws(BundleFault) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress?.advanced(by: filled), count - filled) }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .system(errno) }
            guard got > 0 else { break }
            filled += got
        }
        bytes.removeLast(count - filled)
        return bytes
    }
}
