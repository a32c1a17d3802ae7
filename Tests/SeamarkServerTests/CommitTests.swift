import GRDB
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
import Synchronization
import Testing

@testable import SeamarkServer
@testable import SeamarkStore

/// What devices are told when the disk fails the transaction that their pushes share.
@Suite struct CommitTests {
    @Test func `nothing is acknowledged before its commit, and a push that cannot be stored takes no other with it`() throws {
        let yard = try Yard()
        let tenant = try yard.addTenant("halden")
        let member = try #require(try tenant.members().first { $0.handle == "anna" }).id
        let scope = try #require(try tenant.engagements().first).id
        let blocks = try (0..<3).map { number in
            let (device, key) = (try Identifier.drawn(at: 1), try SigningKey.generate())
            _ = try tenant.store.write {
                try $0.addDevice(.init(id: device, name: "laptop \(number)", certificate: .zero, signingKey: key.publicKey), of: member, at: 1)
            }
            var editing = RecordEditing(record: try .drawn(at: 1), type: Catalogue.site, state: nil, salt: { .zero })
            editing.create(at: 1, handle: "S-\(number)")
            editing.set("name", .text("Plant \(number)"))
            let change = Change(
                scope: scope, stamp: Stamp(time: 1, device: device), member: member, schema: 1, edits: editing.edits, primitives: SystemPrimitives())
            return Block.seal(
                [change], in: StreamName(device: device, incarnation: 1, scope: scope), after: .beginning, by: key, SystemPrimitives())
        }
        // Every statement succeeds; that the second block cannot be stored is found at the very end, as a full disk may be.
        let hash = blocks[1].hash.bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        let file = yard.directory.tenant(try ShortName(checking: "halden", for: "a tenant")).database
        try DatabaseQueue(path: file).write { database in
            try database.execute(
                sql: """
                    CREATE TABLE owed (member BLOB REFERENCES member DEFERRABLE INITIALLY DEFERRED);
                    CREATE TRIGGER fails AFTER INSERT ON entry WHEN NEW.block_hash = x'\(hash)' BEGIN INSERT INTO owed VALUES (x'00'); END;
                    """)
        }
        let told = Mutex([[Bool]](repeating: [], count: blocks.count))
        let pushes = blocks.enumerated().map { number, block in
            PendingPush(push: Push(device: block.stream.device, block: block, sensitive: [], received: 2)) { result in
                var isAccepted = false
                if case .success(let decision) = result, case .appended = decision.outcome { isAccepted = true }
                told.withLock { $0[number].append(isAccepted) }
            }
        }
        PendingPush.Committer(store: tenant.store, committed: {}).commit(pushes)
        #expect(told.withLock { $0 } == [[true], [false], [true]])
        let stored = try tenant.store.read { try $0.entries(of: scope, after: 0) }.map(\.block)
        #expect(stored.suffix(2) == [blocks[0].bytes, blocks[2].bytes] && !stored.contains(blocks[1].bytes))
    }
}
