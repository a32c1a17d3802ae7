import SeamarkJournal
import SeamarkTestSupport
import Testing

/// Changes that a device holds with their sensitive values, and that come to it without.
@Suite struct BareChangeTests {
    private static let primitives = CheapPrimitives()
    private static let value = SensitiveValue(salt: Identifier(high: 7, low: 7), value: .text("rewritten by hand"))

    private static func change(_ content: Content) -> Change {
        let edit = Edit(record: Clash.device(9), type: 3, target: .field(10), content: content, supersedes: [])
        return Change(scope: Clash.scope, stamp: Stamp(time: 1, device: Clash.device(1)), member: Clash.device(1), schema: 1, edits: [edit], primitives: primitives)
    }

    /// As to one whose role gets no sensitive values: in the block of another copy of its store, before or behind its own.
    @Test(arguments: [true, false]) func `a change that comes once more without its words takes none away, and strands none without them`(isFirst: Bool) {
        let primitives = Self.primitives
        let own = StreamName(device: Clash.device(1), incarnation: 1, scope: Clash.scope)
        let copy = StreamName(device: Clash.device(1), incarnation: 2, scope: Clash.scope)
        let whole = Self.change(.sensitive(Self.value))
        let bare = Self.change(.withheld(leaf: SensitiveTree.leaf(Self.value, primitives)))
        #expect(whole.id == bare.id)
        var replica = Replica(stream: own, epoch: 1)
        replica.apply(.captured(whole), primitives)
        let block = Block.seal([whole], in: own, after: .beginning, by: CheapSigner(1), primitives)
        replica.apply(.sealed(block), primitives)
        let other = Block.seal([bare], in: copy, after: .beginning, by: CheapSigner(1), primitives)
        var entries = [
            ReplicaEvent.learnt(LogEntry(content: .block(other.hash), verdicts: [isFirst ? .accepted : .duplicate], received: 2), other),
            .learnt(LogEntry(content: .block(block.hash), verdicts: [isFirst ? .duplicate : .accepted], received: 2), nil),
        ]
        if !isFirst { entries.reverse() }
        for entry in entries { replica.apply(entry, primitives) }
        #expect(replica.history[whole.id] == whole)
        // Read anew, the block of this incarnation comes by hash alone.
        replica.apply(.rebuilt(epoch: 1), primitives)
        replica.apply(.learnt(LogEntry(content: .block(block.hash), verdicts: [.accepted], received: 2), nil), primitives)
        #expect(replica.record(Clash.device(9))?.slots.flatMap(\.heads).map(\.content) == [.sensitive(Self.value)])
    }

    @Test func `what a device has of its own without words that nobody redacted is not sealed anew`() {
        let primitives = Self.primitives
        let former = StreamName(device: Clash.device(1), incarnation: 1, scope: Clash.scope)
        let bare = Self.change(.withheld(leaf: SensitiveTree.leaf(Self.value, primitives)))
        var replica = Replica(stream: StreamName(device: Clash.device(1), incarnation: 2, scope: Clash.scope), epoch: 1)
        let block = Block.seal([bare], in: former, after: .beginning, by: CheapSigner(1), primitives)
        replica.apply(.learnt(LogEntry(content: .block(block.hash), verdicts: [.accepted], received: 2), block), primitives)
        replica.apply(.rebuilt(epoch: 2), primitives)
        #expect(replica.history[bare.id] != nil && replica.stranded.isEmpty)
    }

    /// Redacted or not: a role that gets no values gives it back without them, and the server cannot tell which it is.
    @Test(arguments: [true, false]) func `a change without values is outside the log until that is read so far`(isRedacted: Bool) {
        let primitives = Self.primitives
        let leaf = SensitiveTree.leaf(Self.value, primitives)
        let bare = Self.change(.withheld(leaf: leaf))
        let edit = Edit(
            record: Clash.device(8), type: Redaction.recordType, target: .field(Redaction.valuesField),
            content: .open(Redaction.value(of: [Redaction.Redacted(edit: bare.name(0), leaf: leaf)])), supersedes: [])
        let redacting = Change(
            scope: Clash.scope, stamp: Stamp(time: 2, device: Clash.device(1)), member: Clash.device(1), schema: 1, edits: [edit], primitives: primitives)
        func learnt(_ change: Change, _ incarnation: UInt64) -> ReplicaEvent {
            let stream = StreamName(device: Clash.device(1), incarnation: incarnation, scope: Clash.scope)
            let block = Block.seal([change], in: stream, after: .beginning, by: CheapSigner(1), primitives)
            return .learnt(LogEntry(content: .block(block.hash), verdicts: [.accepted], received: 2), block)
        }
        var replica = Replica(stream: StreamName(device: Clash.device(2), incarnation: 1, scope: Clash.scope), epoch: 1)
        replica.apply(learnt(bare, 1), primitives)
        if isRedacted { replica.apply(learnt(redacting, 2), primitives) }
        #expect(!replica.knowsBareOutsideLog)
        replica.apply(.rebuilt(epoch: 2), primitives)
        if isRedacted { replica.apply(learnt(redacting, 2), primitives) }
        #expect(replica.knowsBareOutsideLog && replica.barred == (isRedacted ? [leaf] : []))
        replica.apply(learnt(bare, 1), primitives)
        #expect(!replica.knowsBareOutsideLog)
    }
}
