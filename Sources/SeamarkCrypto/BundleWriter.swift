internal import Glibc
internal import SeamarkJournal

/// Writes a bundle: into a new file for its owner alone, which has its name only once it is whole and durable.
///
/// Not Sendable: one task writes it.
public final class BundleWriter {
    public let header: BundleHeader
    public private(set) var byteCount = 0
    private let file: DraftFile
    private let sealer: Sealer
    private let headerHash: [UInt8]
    private var number: UInt64 = 0
    private var pending: [UInt8] = []

    /// `recipient`: the X25519 key (32 bytes) whose holder alone can read the bundle.
    public init(path: String, kind: BundleHeader.Kind, to recipient: [UInt8]) throws(BundleFault) {
        guard access(path, F_OK) != 0 else { throw .exists }
        let own: AgreementKey
        do throws(NoEntropy) { own = try .generate() } catch { throw .noEntropy }
        header = BundleHeader(kind: kind, recipient: recipient, ephemeral: own.publicKey)
        do throws(UnusablePublicKey) { sealer = Sealer(key: header.key(from: try own.sharedSecret(with: recipient))) } catch { throw .otherRecipient }
        headerHash = Digest.sha256(header.bytes).bytes
        do throws(DraftFile.Fault) { file = try DraftFile(path) } catch { throw BundleFault(error) }
        try put(header.bytes)
    }

    /// For trials: throws where the place of a new bundle would refuse it, and makes nothing.
    public static func requirePlace(_ path: String) throws(BundleFault) {
        guard access(path, F_OK) != 0 else { throw .exists }
        do throws(DraftFile.Fault) { try DraftFile.requireFolder(of: path) } catch { throw BundleFault(error) }
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
        do throws(DraftFile.Fault) { try file.finish(replacing: false) } catch { throw BundleFault(error) }
    }

    private func seal(_ part: [UInt8], last: Bool) throws(BundleFault) {
        let sealed = sealer.seal(
            part, nonce: SealedParts.nonce(number), authenticating: SealedParts.associated(headerHash, number, last: last))
        try put([last ? 1 : 0] + (0..<4).map { UInt8(truncatingIfNeeded: UInt32(sealed.count) >> (24 - 8 * $0)) } + sealed)
        number += 1
    }

    private func put(_ bytes: [UInt8]) throws(BundleFault) {
        do throws(DraftFile.Fault) { try file.write(bytes) } catch { throw BundleFault(error) }
        byteCount += bytes.count
    }
}

extension BundleFault {
    fileprivate init(_ fault: DraftFile.Fault) {
        self =
            switch fault {
            case .exists: .exists
            case .system(let code): .system(code)
            }
    }
}
