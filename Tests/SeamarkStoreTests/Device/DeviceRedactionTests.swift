import Foundation
import SeamarkCrypto
import SeamarkJournal
@testable import SeamarkStore
import Testing

/// What a device does with values that the log redacts.
@Suite struct DeviceRedactionTests {
    private static let canary = "canary of a sentence that must go, said by nobody"

    private func change(_ text: String, salt: UInt64, at time: Int64, by device: Identifier = Sample.device) -> Change {
        Change(
            scope: Sample.scope, stamp: Stamp(time: time, device: device), member: Sample.member, schema: 1,
            edits: [
                Edit(
                    record: Sample.id(100 + salt), type: 26, target: .field(10),
                    content: .sensitive(SensitiveValue(salt: Sample.id(salt), value: .text(text))))
            ], primitives: Sample.primitives)
    }

    private func redaction(of changes: [Change], at time: Int64, by device: Identifier = Sample.otherDevice) -> Change {
        let values = changes.map { Redaction.Redacted(edit: $0.name(0), leaf: SensitiveTree.leaf(of: $0.edits[0].content, Sample.primitives)!) }
        return Change(
            scope: Sample.scope, stamp: Stamp(time: time, device: device), member: Sample.member, schema: 1,
            edits: [
                Edit(
                    record: Sample.id(900), type: Redaction.recordType, target: .field(Redaction.valuesField),
                    content: .open(Redaction.value(of: values)))
            ], primitives: Sample.primitives)
    }

    private func block(_ changes: [Change], number: UInt64, by device: Identifier = Sample.otherDevice) throws -> Block {
        Block.seal(
            changes, in: Sample.stream(number, by: device), after: .beginning, by: try SigningKey.generate(), Sample.primitives)
    }

    private func learn(_ block: Block, verdict: Verdict = .accepted) -> DeviceEvent {
        .replica(Sample.scope, .learnt(LogEntry(content: .block(block.hash), verdicts: block.changes.map { _ in verdict }, received: 1000), block))
    }

    /// All that the store says when it is read from the disk.
    private func told(_ store: OpenDeviceStore) throws -> String {
        var text = ""
        try store.forEachEvent { _, event in text += "\(event)" }
        return text
    }

    @Test func `a redaction deletes the value from every row, from memory and from every byte of the files`() throws {
        let directory = try ScratchDirectory()
        let store = try directory.create()
        // One that another device wrote, one of its own in a sealed block, one that is only captured; and one that stays.
        let (theirs, sealed, fresh) = (change(Self.canary + " 1", salt: 1, at: 1, by: Sample.otherDevice), change(Self.canary + " 2", salt: 2, at: 2), change(Self.canary + " 3", salt: 3, at: 3))
        let stays = change("what stays", salt: 4, at: 4, by: Sample.otherDevice)
        let own = Block.seal([sealed], in: Sample.stream(), after: .beginning, by: try SigningKey.generate(), Sample.primitives)
        let foreign = try block([theirs, stays], number: 7)
        try store.transaction { tx in
            try tx.append(Sample.begin())
            try tx.append(learn(foreign))
            try tx.append(.replica(Sample.scope, .captured(sealed)))
            try tx.append(.replica(Sample.scope, .sealed(own)))
            try tx.append(.replica(Sample.scope, .captured(fresh)))
        }
        #expect(try told(store).contains(Self.canary))
        let rows = directory.store + "/rows.sqlite"
        let before = try SQLiteRowShelf(path: rows).read { access in
            var rows: [[UInt8]] = []
            try access.forEach(after: 0) { rows.append($1) }
            return rows
        }
        let digest = try store.state.replicas[Sample.scope]?.confirmed.digest
        let redactions = redaction(of: [theirs, sealed, fresh], at: 10)
        try store.transaction { try $0.append(learn(try block([redactions], number: 8))) }

        #expect(try !told(store).contains(Self.canary))
        #expect(try told(store).contains("what stays"))
        #expect(try !"\(store.state.replicas)".contains(Self.canary))
        let after = try SQLiteRowShelf(path: rows).read { access in
            var rows: Set<[UInt8]> = []
            try access.forEach(after: 0) { rows.insert($1) }
            return rows
        }
        let gone = before.filter { !after.contains($0) }
        #expect(gone.count == 3)
        let files = try ScratchDirectory.files(below: directory.path).values.reduce(Data()) { $0 + Data($1) }
        for row in gone { #expect(files.range(of: Data(row)) == nil) }
        // Blocks, ids and hashes are what they were; the digest has the redaction's head besides.
        let kept = try #require(try store.block(foreign.hash, of: Sample.scope))
        #expect(kept.bytes == foreign.bytes && kept.changes.map(\.id) == foreign.changes.map(\.id))
        #expect(try store.block(own.hash, of: Sample.scope)?.bytes == own.bytes)
        var expected = try #require(digest)
        expected.add(redactions.name(0))
        #expect(try store.state.replicas[Sample.scope]?.confirmed.digest == expected)
        // What was captured is sealed with its leaf in place of the value, under the same id.
        let next = try #require(try store.state.replicas[Sample.scope]?.fresh.first)
        #expect(next.id == fresh.id && next.edits[0].content.value == nil)
        #expect(try store.state.portrait == (try DeviceStore(at: directory.store).unlock(storeKey: store.storeKey).state.portrait))
    }

    @Test func `a barred value that comes again is not written, also when the log is read anew`() throws {
        let directory = try ScratchDirectory()
        let store = try directory.create()
        let theirs = change(Self.canary, salt: 1, at: 1, by: Sample.otherDevice)
        let (said, redacted) = (try block([theirs], number: 7), try block([redaction(of: [theirs], at: 2)], number: 8))
        try store.transaction { tx in
            try tx.append(Sample.begin())
            try tx.append(learn(redacted))
            try tx.append(learn(said))
        }
        #expect(try !told(store).contains(Self.canary))
        // An older copy of the server hands it out again, before it hands out the redaction.
        try store.transaction { tx in
            try tx.append(.replica(Sample.scope, .rebuilt(epoch: 2)))
            try tx.append(learn(said))
        }
        #expect(try !told(store).contains(Self.canary))
        #expect(try !"\(store.state.replicas)".contains(Self.canary))
    }

    /// As a clone of the author's device sends it, which made the redaction too: the server has erased the value from that block already.
    @Test func `a value goes also where its change came once more without it, in the block of the redaction`() throws {
        let directory = try ScratchDirectory()
        let store = try directory.create()
        let theirs = change(Self.canary, salt: 1, at: 1, by: Sample.otherDevice)
        let act = redaction(of: [theirs], at: 2)
        let again = try #require(try block([theirs, act], number: 8).withholding(Set(act.redacts.map(\.leaf)), Sample.primitives))
        try store.transaction { tx in
            try tx.append(Sample.begin())
            try tx.append(learn(try block([theirs], number: 7)))
            let entry = LogEntry(content: .block(again.hash), verdicts: [.duplicate, .accepted], received: 1000)
            try tx.append(.replica(Sample.scope, .learnt(entry, again)))
        }
        #expect(try !told(store).contains(Self.canary))
        #expect(try !"\(store.state.replicas)".contains(Self.canary))
    }

    @Test func `a refused redaction deletes nothing, and a release of it does`() throws {
        let directory = try ScratchDirectory()
        let store = try directory.create()
        let theirs = change(Self.canary, salt: 1, at: 1, by: Sample.otherDevice)
        let act = redaction(of: [theirs], at: 2)
        try store.transaction { tx in
            try tx.append(Sample.begin())
            try tx.append(learn(try block([theirs], number: 7)))
            try tx.append(learn(try block([act], number: 8), verdict: .refused(.roleForbids)))
        }
        #expect(try told(store).contains(Self.canary))
        let release = LogEntry(content: .release([act.id]), verdicts: [], received: 2000)
        try store.transaction { try $0.append(.replica(Sample.scope, .learnt(release, nil))) }
        #expect(try !told(store).contains(Self.canary))
        #expect(try store.state.replicas[Sample.scope]?.record(Sample.id(101))?.heads(of: .field(10)).first?.content.value == nil)
    }
}
