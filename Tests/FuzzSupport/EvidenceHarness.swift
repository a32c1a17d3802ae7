import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import SeamarkTestSupport

/// A file of evidence, in one piece and in small ones. Signatures hold, whatever they are, so that what lies behind them is reached too; hashes are
/// true, so that nothing gets through which its maker did not add up.
struct EvidenceHarness: Harness {
    var hasCanary = false
    let words: [[UInt8]] = [
        Array("SMEV".utf8) + [1], [0, 0, 0, 1], [0, 0x21, 0, 0], [0, 0x21, 0, 1], [0xff, 0xff, 0xff, 0xff], [0, 0, 0, 65, 4], [1], [2], [3], [4],
        [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
    ]

    private static let authority = Array("an authority".utf8)

    private struct Open: Primitives {
        let cheap = CheapPrimitives()
        let real = SystemPrimitives()
        func sha256(_ bytes: Span<UInt8>) -> Hash256 { real.sha256(bytes) }
        func verifies(_ signature: [UInt8], of message: [UInt8], by key: [UInt8]) -> Bool { true }
        func deflate(_ bytes: [UInt8]) -> [UInt8] { cheap.deflate(bytes) }
        func inflate(_ bytes: Span<UInt8>, toExactly length: Int) throws(InflateError) -> [UInt8] { try cheap.inflate(bytes, toExactly: length) }
    }

    private let primitives = Open()

    private var trust: EvidenceVerification.Trust {
        EvidenceVerification.Trust(authority: primitives.sha256(Self.authority.span), primitives: primitives) { _, _, _ in true }
    }

    // MARK: Seeds

    private struct Maker {
        let primitives: any Primitives
        let authority: [UInt8]
        let tenant = Identifier(high: 1, low: 1)
        let scope = Identifier(high: 1, low: 2)
        let shared = Identifier(high: 1, low: 3)
        let server = Identifier(high: 1, low: 4)
        let device = Identifier(high: 1, low: 5)
        let signer = CheapSigner(7)

        /// An entry with its block, or a release.
        typealias Entry = (entry: LogEntry, block: Block?)

        func change(_ scope: Identifier, _ device: Identifier, _ time: Int64, _ edits: [Edit]) -> Change {
            Change(scope: scope, stamp: Stamp(time: time, device: device), member: device, schema: 1, edits: edits, primitives: primitives)
        }

        func sealed(_ changes: [Change], _ scope: Identifier, _ device: Identifier, after end: StreamEnd = .beginning) -> Block {
            Block.seal(changes, in: StreamName(device: device, incarnation: 1, scope: scope), after: end, by: signer, primitives)
        }

        func file(_ log: [Entry], values: Bool = true, keys: Int = 1) -> [UInt8] {
            let published = sealed([change(shared, server, 1, [Edit(record: device, type: 3, target: .field(11), content: .open(.bytes(signer.publicKey)))])], shared, server)
            let directory: [Entry] = [
                (LogEntry(content: .block(published.hash), verdicts: [.accepted], received: 1), published),
                (LogEntry(content: .block(.zero), verdicts: [.accepted], received: 2), nil),
            ]
            var state = ScopeState()
            for (entry, block) in log { state.read(entry, changes: block?.changes ?? []) }
            func places(_ entries: [Entry]) -> [LogPlace] {
                var place = LogPlace.beginning
                return entries.map { entry, _ in
                    place = LogPlace(position: place.position + 1, hash: entry.logHash(after: place.hash, primitives))
                    return place
                }
            }
            let checkpoint = Checkpoint(
                epoch: 5,
                scopes: [
                    Checkpoint.Scope(scope: scope, place: places(log).last ?? .beginning, digest: state.digest),
                    Checkpoint.Scope(scope: shared, place: places(directory).last ?? .beginning, digest: .zero),
                ], time: 9, signer: signer)
            var writer = EvidenceWriter(primitives)
            let certified = (0..<keys).map { Message.ServerKey(epoch: 5 - UInt64($0), device: server, key: CheapSigner(UInt8($0) + 7).publicKey, signature: [1, 2]) }
            var file = writer.begin(
                EvidenceHead(tenant: tenant, scope: scope, shared: shared, hasValues: values, authority: authority, serverKeys: certified, checkpoint: checkpoint))
            for ((entry, block), place) in zip(directory, places(directory)) {
                file += writer.shared(EvidenceEntry(entry, at: place, of: shared, epoch: 5, block: block?.bytes, sensitive: [], signer: signer))
            }
            for ((entry, block), place) in zip(log, places(log)) {
                let parts = (block?.sensitiveParts ?? []).map { values ? $0 : $0.withheld(primitives) }
                file += writer.entry(EvidenceEntry(entry, at: place, of: scope, epoch: 5, block: block?.bytes, sensitive: parts, signer: signer))
            }
            return file + writer.end(by: signer)
        }
    }

    var seeds: [[UInt8]] {
        let maker = Maker(primitives: primitives, authority: Self.authority)
        let (scope, device, record) = (maker.scope, maker.device, Identifier(high: 2, low: 1))
        let one = maker.change(scope, device, 2, [Edit(record: record, type: 21, target: .field(10), content: .open(.text("fictitious")))])
        let two = maker.change(
            scope, device, 3,
            [
                Edit(record: record, type: 21, target: .field(11), content: .sensitive(SensitiveValue(salt: .zero, value: .text("said")))),
                Edit(record: record, type: 21, target: .field(12), content: .withheld(leaf: .zero)),
            ])
        let first = maker.sealed([one], scope, device)
        let second = maker.sealed([two, one], scope, device, after: first.end)
        let log: [Maker.Entry] = [
            (LogEntry(content: .block(first.hash), verdicts: [.refused(.badText)], received: 3), first),
            (LogEntry(content: .block(second.hash), verdicts: [.accepted, .duplicate], received: 4), second),
            (LogEntry(content: .release([one.id]), verdicts: [], received: 5), nil),
        ]
        return [maker.file([]), maker.file(Array(log.prefix(1))), maker.file(log), maker.file(log, values: false), maker.file(log, keys: 3)]
    }

    // MARK: Taking

    func take(_ input: [UInt8]) throws(Broken) -> Outcome {
        let (finding, summary) = read(input, pieces: max(1, input.count))
        if input.count <= 4_096 {
            for pieces in [1, 7] where read(input, pieces: pieces).finding != finding { throw Broken("evidence that comes in pieces of \(pieces) is found otherwise") }
        }
        try check(input, isWhole: finding == nil)
        // Planted: bytes behind the end are passed over.
        if hasCanary, let finding, finding.fault == .form, finding.place == .end {
            var end = input.count
            while end > 0 {
                end -= 1
                if read(Array(input[..<end]), pieces: max(1, end)).finding == nil { try check(input, isWhole: true) }
                if input.count - end > 16 { break }
            }
        }
        guard let finding else { return .taken("\(Outcome.magnitude(summary.entries)) \(summary.refused) \(summary.values) \(summary.withheld)") }
        return .refused("\(finding.fault.rawValue) \(min(finding.item, 9))")
    }

    private func read(_ input: [UInt8], pieces: Int) -> (finding: EvidenceFinding?, summary: EvidenceVerification.Summary) {
        var verification = EvidenceVerification(trust)
        for start in stride(from: 0, to: input.count, by: pieces) { verification.append(Array(input[start..<min(input.count, start + pieces)])) }
        return (verification.finish(), verification.summary)
    }

    /// What is read is written again as the bytes that came, item by item; and what is called whole is all of them.
    private func check(_ input: [UInt8], isWhole: Bool) throws(Broken) {
        var decoder = EvidenceDecoder()
        decoder.append(input)
        var again: [UInt8] = EvidenceItem.beginning
        var kinds: [EvidenceItem.Kind] = []
        while true {
            let item: EvidenceItem?
            do throws(EvidenceDecoder.Malformed) { item = try decoder.next() } catch { break }
            guard let item else { break }
            again += item.bytes
            kinds.append(item.kind)
            switch item.kind {
            case .head:
                if let head = try? EvidenceHead.read(item.content), head.bytes != item.content { throw Broken("a head is written again as other bytes") }
            case .shared, .entry:
                if let entry = try? EvidenceEntry.read(item.content), entry.bytes != item.content { throw Broken("an entry is written again as other bytes") }
            case .end: break
            }
        }
        guard isWhole else { return }
        guard again == input, kinds.first == .head, kinds.last == .end, kinds.count(where: { $0 == .end }) == 1 else {
            throw Broken("evidence holds, and bytes of it belong to none of its items")
        }
    }
}
