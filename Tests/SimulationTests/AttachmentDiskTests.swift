import SeamarkCrypto
import SeamarkJournal
import SeamarkStore
import SimulationSupport
import SeamarkTestSupport
import Testing

/// Swift Testing has one too.
private typealias Attachment = SeamarkJournal.Attachment

/// The bytes of attachments on a simulated disk: wherever a process dies, and whatever the power takes then, what was said to be held is held.
@Suite struct AttachmentDiskTests {
    private static let scope = Identifier(high: 1, low: 1)
    private static let bytes = (0..<Attachment.chunk + 700).map { UInt8(truncatingIfNeeded: $0 / 7) }
    private static var attachment: Attachment {
        get throws { try #require(Attachment(hash: Digest.sha256(bytes), size: Int64(bytes.count))) }
    }

    /// What a server does with a hand-in: from where it stands, to its end. True where it may say that it holds the attachment.
    private func handIn(_ mount: Mount) throws -> Bool {
        let (vault, attachment) = (try vault(mount), try Self.attachment)
        var held = try vault.held(attachment, by: Self.scope)
        while held < Self.bytes.count {
            let chunk = Array(Self.bytes[held..<min(Self.bytes.count, held + Attachment.chunk)])
            try vault.append(chunk, at: held, of: attachment, by: Self.scope)
            held += chunk.count
        }
        return try vault.finish(attachment, by: Self.scope)
    }

    private func vault(_ mount: Mount) throws -> AttachmentVault {
        try AttachmentVault(at: SimulatedFiles.folder, dataKey: SecretBytes(copying: [UInt8](repeating: 7, count: 32)), through: SimulatedFiles(mount: mount))
    }

    /// A process that dies in one call is followed by one that goes on, and then the power goes.
    @Test func `what a server says that it holds is there after the power went, wherever a process died before`() throws {
        for call in 0..<40 {
            for half in UInt64(0)..<2 {
                for seed in UInt64(0)..<6 {
                    let disk = SimulatedDisk()
                    let first = Mount(disk)
                    first.fault = DiskFault(.death(dice: half == 0 ? 0 : .max), after: call)
                    _ = try? handIn(first)
                    first.kill()
                    let second = Mount(disk)
                    #expect(try handIn(second))
                    second.kill()
                    var dice = SplitMix64(seed: seed)
                    disk.losePower(&dice)
                    #expect(try vault(Mount(disk)).matches(try Self.attachment), "call \(call), half \(half), seed \(seed)")
                }
            }
        }
    }

    /// The power goes with the process; the next one begins with what is left.
    @Test func `a hand-in goes on after the power went, wherever it went`() throws {
        for call in 0..<40 {
            for seed in UInt64(0)..<12 {
                let disk = SimulatedDisk()
                let first = Mount(disk)
                first.fault = DiskFault(.death(dice: seed &* 0x9e37_79b9_7f4a_7c15), after: call)
                let isSaid = (try? handIn(first)) == true
                first.kill()
                var dice = SplitMix64(seed: seed)
                disk.losePower(&dice)
                if isSaid { #expect(try vault(Mount(disk)).matches(try Self.attachment), "call \(call), seed \(seed)") }
                #expect(try handIn(Mount(disk)) && vault(Mount(disk)).matches(Self.attachment), "call \(call), seed \(seed)")
            }
        }
    }

    @Test func `a disk that refuses a call has nothing said that it does not hold`() throws {
        for call in 0..<40 {
            for kind in [DiskFault.Kind.full, .inputOutput] {
                let disk = SimulatedDisk()
                let mount = Mount(disk)
                mount.fault = DiskFault(kind, after: call)
                let isSaid = (try? handIn(mount)) == true
                if !isSaid { #expect(try handIn(mount)) }
                mount.kill()
                var dice = SplitMix64(seed: UInt64(call))
                disk.losePower(&dice)
                #expect(try vault(Mount(disk)).matches(try Self.attachment), "call \(call), \(kind)")
            }
        }
    }
}
