import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkTestSupport

@testable import SeamarkServer

/// A log that nobody lived, from a seed: several devices, sensitive values, refusals, releases, repeated changes, new incarnations, and blocks that
/// came before the ones before them. Whoever holds the server's key may write it as evidence, honestly or not.
struct EvidenceSample {
    /// One entry, and its block where it has one.
    typealias Entry = (entry: LogEntry, block: Block?)

    static let authority = Result { try CertificateAuthority.create(commonName: "Seamark tenant", notBefore: 0, notAfter: 4_000_000_000) }
    static let otherAuthority = Result { try CertificateAuthority.create(commonName: "Seamark tenant", notBefore: 0, notAfter: 4_000_000_000) }
    static let primitives = SystemPrimitives()

    let tenant: Identifier
    let shared: Identifier
    let scope: Identifier
    let epoch: UInt64
    let server: Identifier
    let serverKey: SigningKey
    /// Keys that the server's took the place of, the oldest first.
    var earlier: [(epoch: UInt64, key: SigningKey)] = []
    var devices: [(id: Identifier, key: SigningKey)] = []
    var directory: [Entry] = []
    var log: [Entry] = []

    private static func key(_ dice: inout SplitMix64) -> SigningKey {
        SigningKey(seed: SecretBytes(copying: (0..<32).map { _ in UInt8(truncatingIfNeeded: dice.next()) }))
    }

    init(seed: UInt64, entries: Int? = nil) {
        var dice = SplitMix64(seed: seed)
        (tenant, shared, scope) = (dice.identifier(), dice.identifier(), dice.identifier())
        (epoch, server, serverKey) = (dice.next(), dice.identifier(), Self.key(&dice))
        devices = (0..<1 + Int(dice.next() % 3)).map { _ in (dice.identifier(), Self.key(&dice)) }
        var end = StreamEnd.beginning
        for (number, device) in devices.enumerated() {
            let edit = Edit(record: device.id, type: 3, target: .field(11), content: .open(.bytes(device.key.publicKey)))
            let change = Change(
                scope: shared, stamp: Stamp(time: Int64(number), device: server), member: server, schema: 1, edits: [edit], primitives: Self.primitives)
            let block = Block.seal([change], in: StreamName(device: server, incarnation: 1, scope: shared), after: end, by: serverKey, Self.primitives)
            end = block.end
            directory.append((LogEntry(content: .block(block.hash), verdicts: [.accepted], received: Int64(number)), block))
        }
        directory.append((LogEntry(content: .block(Self.primitives.sha256([1, 2, 3].span)), verdicts: [.accepted, .accepted], received: 9), nil))
        log = Self.entries(blocks(entries ?? 4 + Int(dice.next() % 12), &dice), &dice)
    }

    private func blocks(_ count: Int, _ dice: inout SplitMix64) -> [Block] {
        let records = (0..<4).map { _ in dice.identifier() }
        var ends: [Identifier: (incarnation: UInt64, end: StreamEnd)] = [:]
        var made: [Identifier: [Change]] = [:]
        var names: [EditName] = []
        var blocks: [Block] = []
        for number in 0..<count {
            let device = devices[Int(dice.next() % UInt64(devices.count))]
            var stream = ends[device.id] ?? (dice.next(), .beginning)
            if dice.chance(10) { stream = (dice.next(), .beginning) }
            var changes: [Change] = []
            for index in 0..<1 + Int(dice.next() % 3) {
                // A change stands behind those that it names, so one that comes again stands first.
                if index == 0, dice.chance(25), let again = made[device.id]?.randomElement(using: &dice) {
                    changes.append(again)
                    continue
                }
                let edits = (0..<1 + Int(dice.next() % 3)).map { _ in
                    let content: Content =
                        switch dice.next() % 4 {
                        case 0: .sensitive(SensitiveValue(salt: dice.identifier(), value: .text("fictitious \(dice.next() % 100)")))
                        case 1: .withheld(leaf: Hash256(words: (dice.next(), dice.next(), dice.next(), dice.next())))
                        case 2: .open(.text(String(repeating: "x", count: Int(dice.next() % 40))))
                        default: .open(.int(Int64(truncatingIfNeeded: dice.next() % 1000)))
                        }
                    return Edit(
                        record: records[Int(dice.next() % 4)], type: 21, target: .field(10 + UInt32(dice.next() % 3)), content: content,
                        supersedes: Array(Set((0..<Int(dice.next() % 3)).compactMap { _ in names.randomElement(using: &dice) })))
                }
                let change = Change(
                    scope: scope, stamp: Stamp(time: Int64(number * 10 + index), device: device.id), member: device.id, schema: 1, edits: edits, primitives: Self.primitives)
                changes.append(change)
                made[device.id, default: []].append(change)
                names += edits.indices.map { change.name($0) }
            }
            let block = Block.seal(
                changes, in: StreamName(device: device.id, incarnation: stream.incarnation, scope: scope), after: stream.end, by: device.key, Self.primitives)
            ends[device.id] = (stream.incarnation, block.end)
            blocks.append(block)
        }
        // What a server that was put back gets handed in comes in another order.
        for index in blocks.indices.dropLast() where dice.chance(15) { blocks.swapAt(index, index + 1) }
        return blocks
    }

    /// As a server takes them.
    private static func entries(_ blocks: [Block], _ dice: inout SplitMix64) -> [Entry] {
        var entries: [Entry] = []
        var held: Set<Identifier> = []
        var refused: [Identifier] = []
        for (number, block) in blocks.enumerated() {
            let verdicts = block.changes.map { change -> Verdict in
                guard held.insert(change.id).inserted else { return .duplicate }
                guard dice.chance(20) else { return .accepted }
                refused.append(change.id)
                return .refused(.badText)
            }
            entries.append((LogEntry(content: .block(block.hash), verdicts: verdicts, received: 1_000 + Int64(number)), block))
            if dice.chance(25), let one = refused.randomElement(using: &dice) {
                entries.append((LogEntry(content: .release([one, dice.identifier()]), verdicts: [], received: 2_000 + Int64(number)), nil))
            }
        }
        return entries
    }

    /// The same tenant, whose server had so many keys before: the first blocks of the directory were sealed by them, one by each, in another life of it.
    func after(keys count: Int) -> EvidenceSample {
        var sample = self
        var dice = SplitMix64(seed: epoch)
        sample.earlier = (0..<count).map { _ in (dice.next(), Self.key(&dice)) }
        sample.directory = directory.enumerated().map { number, entry in
            guard let block = entry.block else { return entry }
            let sealed = Block.seal(
                block.changes, in: StreamName(device: server, incarnation: UInt64(number) + 1, scope: shared), after: .beginning,
                by: number < count ? sample.earlier[number].key : serverKey, Self.primitives)
            return (LogEntry(content: .block(sealed.hash), verdicts: entry.entry.verdicts, received: entry.entry.received), sealed)
        }
        return sample
    }

    /// What the server signs of a file.
    enum Signed { case checkpoint, entry(Int), shared(Int), end }

    // MARK: Written

    private func places(_ entries: [Entry]) -> [LogPlace] {
        var place = LogPlace.beginning
        return entries.map { entry, _ in
            place = LogPlace(position: place.position + 1, hash: entry.logHash(after: place.hash, Self.primitives))
            return place
        }
    }

    /// Where the logs stand, as the server says it.
    var checkpoint: Checkpoint { checkpoint(by: serverKey) }

    func checkpoint(by key: SigningKey) -> Checkpoint {
        var state = ScopeState()
        for (entry, block) in log { state.read(entry, changes: block?.changes ?? []) }
        return Checkpoint(
            epoch: epoch,
            scopes: [
                Checkpoint.Scope(scope: scope, place: places(log).last ?? .beginning, digest: state.digest),
                Checkpoint.Scope(scope: shared, place: places(directory).last ?? .beginning, digest: .zero),
            ], time: 1_900_000_000_000, signer: key)
    }

    /// - Parameters:
    ///   - checkpoint: another one than that of the logs as they are here.
    ///   - authority: who signs the server's key, and whose certificate comes along.
    ///   - endorsed: which key the authority signs in place of the server's.
    ///   - keys: other server keys than those there are, each with its epoch.
    ///   - signer: another key than the server's, for some of what it signs.
    func file(
        values: Bool = true, checkpoint: Checkpoint? = nil, authority: CertificateAuthority? = nil, certificate: Certificate? = nil, endorsed: [UInt8]? = nil,
        keys: [(epoch: UInt64, key: SigningKey)]? = nil, signer: (Signed) -> SigningKey? = { _ in nil }
    ) throws -> [UInt8] {
        let authority = try authority ?? Self.authority.get()
        let statement = ServerKeyStatement(tenant: tenant, epoch: epoch, device: server, key: endorsed ?? serverKey.publicKey)
        let keys = keys ?? [(epoch, serverKey)] + earlier.reversed()
        let certified = keys.enumerated().map { number, key in
            let own = number == 0 && endorsed != nil ? statement : ServerKeyStatement(tenant: tenant, epoch: key.epoch, device: server, key: key.key.publicKey)
            return Message.ServerKey(epoch: key.epoch, device: server, key: key.key.publicKey, signature: authority.key.sign(own.message))
        }
        var writer = EvidenceWriter(Self.primitives)
        var file = writer.begin(
            EvidenceHead(
                tenant: tenant, scope: scope, shared: shared, hasValues: values, authority: (certificate ?? authority.certificate).der,
                serverKeys: certified, checkpoint: checkpoint ?? self.checkpoint(by: signer(.checkpoint) ?? serverKey)))
        for (number, ((entry, block), place)) in zip(directory, places(directory)).enumerated() {
            file += writer.shared(EvidenceEntry(entry, at: place, of: shared, epoch: epoch, block: block?.bytes, sensitive: [], signer: signer(.shared(number)) ?? serverKey))
        }
        for (number, ((entry, block), place)) in zip(log, places(log)).enumerated() {
            let parts = (block?.sensitiveParts ?? []).map { values ? $0 : $0.withheld(Self.primitives) }
            file += writer.entry(EvidenceEntry(entry, at: place, of: scope, epoch: epoch, block: block?.bytes, sensitive: parts, signer: signer(.entry(number)) ?? serverKey))
        }
        return file + writer.end(by: signer(.end) ?? serverKey)
    }
}
