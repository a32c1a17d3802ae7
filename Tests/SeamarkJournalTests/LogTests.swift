import SeamarkJournal
import SeamarkTestSupport
import Testing

/// The log and what the server signs: everything that is said is covered.
@Suite struct LogTests {
    static let primitives = CheapPrimitives()
    static let a = primitives.sha256([1].span)
    static let b = primitives.sha256([2].span)
    static let id = Identifier(high: 1, low: 2)

    @Test func `the log hash differs when anything of an entry or of what came before differs`() {
        let entries = [
            LogEntry(content: .block(Self.a), verdicts: [.accepted, .accepted], received: 5),
            LogEntry(content: .block(Self.b), verdicts: [.accepted, .accepted], received: 5),
            LogEntry(content: .block(Self.a), verdicts: [.accepted], received: 5),
            LogEntry(content: .block(Self.a), verdicts: [.accepted, .duplicate], received: 5),
            LogEntry(content: .block(Self.a), verdicts: [.duplicate, .accepted], received: 5),
            LogEntry(content: .block(Self.a), verdicts: [.accepted, .refused(.finalised)], received: 5),
            LogEntry(content: .block(Self.a), verdicts: [.accepted, .refused(.setOnce)], received: 5),
            LogEntry(content: .block(Self.a), verdicts: [.accepted, .accepted], received: 6),
            LogEntry(content: .block(Self.a), verdicts: [], received: 5),
            LogEntry(content: .release([]), verdicts: [], received: 5),
            LogEntry(content: .release([Self.id]), verdicts: [], received: 5),
            LogEntry(content: .release([Self.id, .zero]), verdicts: [], received: 5),
            LogEntry(content: .release([.zero, Self.id]), verdicts: [], received: 5),
        ]
        var hashes = entries.map { $0.logHash(after: .zero, Self.primitives) }
        hashes += entries.map { $0.logHash(after: Self.a, Self.primitives) }
        #expect(Set(hashes).count == hashes.count)
        for entry in entries {
            var writer = ByteWriter()
            entry.write(to: &writer)
            var reader = ByteReader(writer.bytes)
            #expect((try? LogEntry.read(from: &reader)) == entry)
            #expect(reader.remaining == 0)
            for length in 0..<writer.count {
                var short = ByteReader(Array(writer.bytes[..<length]))
                #expect(throws: DecodeError.self) { try LogEntry.read(from: &short) }
            }
        }
    }

    @Test func `a receipt is signed over every one of its fields`() {
        let signer = CheapSigner(3)
        func make(
            epoch: UInt64 = 1, scope: Identifier = Self.id, position: UInt64 = 4, hash: Hash256 = Self.a, block: Hash256 = Self.b, verdicts: [Verdict] = [.accepted],
            received: Int64 = 9
        ) -> Receipt {
            Receipt(
                epoch: epoch, scope: scope, place: LogPlace(position: position, hash: hash), block: block, verdicts: verdicts, received: received,
                signer: signer)
        }
        let first = make()
        #expect(first.isSigned(by: signer.publicKey, Self.primitives))
        #expect(!first.isSigned(by: CheapSigner(4).publicKey, Self.primitives))
        for other in [
            make(epoch: 2), make(scope: .zero), make(position: 5), make(hash: Self.b), make(block: Self.a), make(verdicts: [.duplicate]),
            make(verdicts: [.refused(.finalised)]), make(verdicts: [.accepted, .accepted]), make(verdicts: []), make(received: 10),
        ] {
            #expect(other.message != first.message)
            let forged = Receipt(
                epoch: other.epoch, scope: other.scope, place: other.place, block: other.block, verdicts: other.verdicts, received: other.received,
                signature: first.signature)
            #expect(!forged.isSigned(by: signer.publicKey, Self.primitives))
        }
    }

    @Test func `a checkpoint is signed over every one of its fields, in the one order of scopes`() {
        let signer = CheapSigner(3)
        func scope(_ scope: Identifier = Self.id, _ position: UInt64 = 1, _ hash: Hash256 = Self.a, _ digest: UInt64 = 3) -> Checkpoint.Scope {
            Checkpoint.Scope(scope: scope, place: LogPlace(position: position, hash: hash), digest: ScopeDigest(high: digest, low: digest))
        }
        let made = [
            Checkpoint(epoch: 1, scopes: [scope()], time: 7, signer: signer), Checkpoint(epoch: 2, scopes: [scope()], time: 7, signer: signer),
            Checkpoint(epoch: 1, scopes: [scope()], time: 8, signer: signer), Checkpoint(epoch: 1, scopes: [], time: 7, signer: signer),
            Checkpoint(epoch: 1, scopes: [scope(.zero)], time: 7, signer: signer), Checkpoint(epoch: 1, scopes: [scope(Self.id, 2)], time: 7, signer: signer),
            Checkpoint(epoch: 1, scopes: [scope(Self.id, 1, Self.b)], time: 7, signer: signer),
            Checkpoint(epoch: 1, scopes: [scope(Self.id, 1, Self.a, 4)], time: 7, signer: signer),
            Checkpoint(epoch: 1, scopes: [scope(), scope(.zero)], time: 7, signer: signer),
        ]
        #expect(Set(made.map(\.message)).count == made.count)
        for checkpoint in made {
            #expect(checkpoint.isSigned(by: signer.publicKey, Self.primitives))
            let forged = Checkpoint(epoch: checkpoint.epoch, scopes: checkpoint.scopes, time: checkpoint.time &+ 1, signature: checkpoint.signature)
            #expect(!forged.isSigned(by: signer.publicKey, Self.primitives))
        }
        #expect(Checkpoint(epoch: 1, scopes: [scope(.zero), scope()], time: 7, signer: signer) == made[8])
    }
}
