import Foundation
import SeamarkCrypto
import SeamarkJournal
import SeamarkModel
@testable import SeamarkStore
import Testing

/// What a finder of the laptop sees, and what he may do to the files.
@Suite struct DeviceStoreSecrecyTests {
    /// All rows as they lie on the disk.
    private func rows(of path: String) throws -> [MemoryRowShelf.Row] {
        var rows: [MemoryRowShelf.Row] = []
        try SQLiteRowShelf(path: path + "/rows.sqlite").read { access in try access.forEach(after: 0) { rows.append(($0, $1)) } }
        return rows
    }

    private func open(_ rows: [MemoryRowShelf.Row], as store: OpenDeviceStore) throws -> OpenDeviceStore {
        try OpenDeviceStore(id: store.id, storeKey: store.storeKey, shelf: MemoryRowShelf(rows)) { () throws(DeviceStoreError) in throw .busy }
    }

    private func found(_ needle: [UInt8], in files: [String: [UInt8]]) -> [String] {
        files.filter { Data($0.value).range(of: Data(needle)) != nil }.keys.sorted()
    }

    @Test func `a thousand canaries in every form of a field reach no file, at no moment, cut off or not`() throws {
        let directory = try ScratchDirectory()
        let store = try directory.create(Sample.identity("canary in the tenant's name"))
        let signer = try SigningKey.generate()
        try store.transaction { tx in
            try tx.append(.scopeAdded(DeviceScope(id: Sample.scope, kind: .engagement, name: "canary in the scope's name")))
            try tx.append(.replica(Sample.scope, .began(Sample.stream(), epoch: 1)))
            try tx.append(.setting(DeviceSetting(rawValue: 99), .text("canary in a setting")))
        }
        let needles = [Array("canary".utf8), Array("private key of nobody".utf8), Sample.scope.bytes, Sample.member.bytes]
        // The scope's and member's ids are in every change, so what the needles must not find is there to be found.
        #expect(Data(Sample.change("canary", at: 1).edits[0].content.value!.encoded).range(of: Data(needles[0])) != nil)
        for round in 0..<200 {
            try store.transaction { tx in
                for index in 0..<5 {
                    let number = round * 5 + index
                    try tx.append(.replica(Sample.scope, .captured(Sample.change("canary \(number)", at: Int64(number + 1), of: UInt64(number)))))
                }
            }
            if round % 20 == 19 {
                try store.transaction { tx in
                    let replica = tx.state.replicas[Sample.scope]!
                    let block = Block.seal(
                        Array(replica.fresh.prefix(60)), in: replica.stream, after: replica.end, by: signer, Sample.primitives)
                    try tx.append(.replica(Sample.scope, .sealed(block)))
                }
            }
            guard round % 10 == 9 else { continue }
            let files = try ScratchDirectory.files(below: directory.path)
            #expect(files.keys.contains { $0.hasSuffix("-wal") })
            for needle in needles { #expect(found(needle, in: files).isEmpty) }
        }
        // Copied while it is open, its journal with it: what a power cut leaves.
        let copy = directory.path + "/copy"
        try FileManager.default.copyItem(atPath: directory.store, toPath: copy)
        let survivor = try DeviceStore(at: copy).unlock(storeKey: store.storeKey)
        #expect(try survivor.state.portrait == store.state.portrait)
        for needle in needles { #expect(found(needle, in: try ScratchDirectory.files(below: directory.path)).isEmpty) }
    }

    /// One change for each record type: each of its fields holds a canary in one of the forms that a value has, in the open and sealed besides.
    private static func filled(_ types: [RecordType]) -> [Change] {
        types.enumerated().map { index, type in
            let record = Sample.id(1000 + UInt64(index))
            let edits = type.fields.flatMap { field -> [Edit] in
                let word = "canary \(type.key).\(field.key)"
                let forms: [Value] = [
                    .text(word), .bytes(Array(word.utf8)), .list([.text(word), .int(1)]), .group([Value.Member(1, .text(word)), Value.Member(2, .list([.text(word)]))]),
                ]
                let form = forms[Int(field.number) % forms.count]
                let target: Target = field.isSet ? .element(field.number, .text(word)) : .field(field.number)
                let open = Edit(record: record, type: type.number, target: target, content: .open(field.isSet ? .bool(true) : form))
                let sealed = Edit(record: record, type: type.number, target: .field(field.number + 10_000), content: .sensitive(SensitiveValue(salt: Sample.id(UInt64(field.number)), value: form)))
                return [open, sealed]
            }
            return Change(scope: Sample.scope, stamp: Stamp(time: Int64(index + 1), device: Sample.device), member: Sample.member, schema: 1, edits: edits, primitives: Sample.primitives)
        }
    }

    @Test func `a canary in every field of every record type, of the identity and of settings reaches no file, and comes back`() throws {
        let directory = try ScratchDirectory()
        let secret = Array("canary of thirty-two bytes whole".utf8)
        var identity = Sample.identity("canary tenant")
        (identity.serverHost, identity.serverName, identity.label) = ("canary.example.org", "canary name", "canary label")
        (identity.installationAuthority, identity.nextInstallationAuthority, identity.tenantAuthority, identity.nextTenantAuthority) = (secret, secret, secret, secret)
        (identity.certificate, identity.signingCertificate, identity.serverSigningKey, identity.bundleKey) = (secret, secret, secret, secret)
        (identity.privateKey, identity.signingSeed) = (SecretBytes(copying: secret), SecretBytes(copying: secret))
        let store = try directory.create(identity)
        let changes = Self.filled(Catalogue.types)
        #expect(changes.flatMap(\.edits).count == 2 * Catalogue.types.reduce(0) { $0 + $1.fields.count })
        try store.transaction { tx in
            try tx.append(.scopeAdded(DeviceScope(id: Sample.scope, kind: .engagement, name: "canary scope")))
            try tx.append(.replica(Sample.scope, .began(Sample.stream(), epoch: 1)))
            for setting in [DeviceSetting.interviewDrafts, .interviewPlaces, .undoings, .attachmentRefusals] {
                try tx.append(.setting(setting, .list([.list([.text("canary draft"), .bytes(secret)])])))
            }
            for change in changes { try tx.append(.replica(Sample.scope, .captured(change))) }
        }
        // As captured, then as sealed into a block, which lies there compressed before it is sealed again.
        for isSealed in [false, true] {
            if isSealed {
                let signer = try SigningKey.generate()
                try store.transaction { tx in
                    let replica = tx.state.replicas[Sample.scope]!
                    try tx.append(.replica(Sample.scope, .sealed(Block.seal(changes, in: replica.stream, after: replica.end, by: signer, Sample.primitives))))
                }
            }
            let files = try ScratchDirectory.files(below: directory.path)
            #expect(files.keys.contains { $0.hasSuffix("-wal") })
            #expect(found(Array("canary".utf8), in: files).isEmpty)
            let again = try DeviceStore(at: directory.store).unlock(storeKey: store.storeKey)
            #expect(try again.state.identity == identity)
            let replica = try #require(try again.state.replicas[Sample.scope])
            #expect(isSealed ? replica.fresh.isEmpty : Array(replica.fresh) == changes, "it is there to be found")
            #expect(try again.state.portrait == store.state.portrait)
        }
    }

    @Test func `every byte of a row matters`() throws {
        let directory = try ScratchDirectory()
        let store = try directory.create()
        try store.transaction { try $0.append(Sample.begin() + [.replica(Sample.scope, .captured(Sample.change("a", at: 1)))]) }
        let rows = try rows(of: directory.store)
        #expect(try open(rows, as: store).state.portrait == store.state.portrait)
        for index in rows.indices {
            for place in rows[index].sealed.indices {
                var altered = rows
                altered[index].sealed[place] ^= 1
                #expect(throws: DeviceStoreError.damagedRow(rows[index].number)) { _ = try open(altered, as: store) }
            }
        }
    }

    @Test func `a row that was moved, repeated or cut short is refused`() throws {
        let directory = try ScratchDirectory()
        let store = try directory.create()
        try store.transaction { tx in
            try tx.append(Sample.begin() + (1...3).map { .replica(Sample.scope, .captured(Sample.change("a", at: $0))) })
        }
        let rows = try rows(of: directory.store)
        let last = try #require(rows.last)
        #expect(throws: DeviceStoreError.damagedRow(last.number + 1)) { _ = try open(rows + [(last.number + 1, last.sealed)], as: store) }
        var swapped = rows
        swapped[rows.count - 1].sealed = rows[rows.count - 2].sealed
        swapped[rows.count - 2].sealed = last.sealed
        #expect(throws: DeviceStoreError.damagedRow(last.number - 1)) { _ = try open(swapped, as: store) }
        var short = rows
        short[2].sealed.removeLast()
        #expect(throws: DeviceStoreError.damagedRow(rows[2].number)) { _ = try open(short, as: store) }
        short[2].sealed = []
        #expect(throws: DeviceStoreError.damagedRow(rows[2].number)) { _ = try open(short, as: store) }
    }

    @Test func `rows of another store are refused, even under the same key`() throws {
        let directory = try ScratchDirectory()
        let store = try directory.create()
        let rows = try rows(of: directory.store)
        #expect(throws: DeviceStoreError.damagedRow(1)) {
            _ = try OpenDeviceStore(id: Sample.id(77), storeKey: store.storeKey, shelf: MemoryRowShelf(rows)) { () throws(DeviceStoreError) in
                throw .busy
            }
        }
        let other = try ScratchDirectory()
        _ = try other.create()
        try FileManager.default.removeItem(atPath: other.store + "/lock")
        try FileManager.default.copyItem(atPath: directory.store + "/lock", toPath: other.store + "/lock")
        #expect(throws: DeviceStoreError.damagedRow(1)) { _ = try DeviceStore(at: other.store).unlock(storeKey: store.storeKey) }
    }

    @Test func `a scope that was left leaves nothing that can be opened in any file`() throws {
        let directory = try ScratchDirectory()
        let store = try directory.create()
        let idle = try DeviceStore(at: directory.store).unlock(storeKey: store.storeKey)
        try store.transaction { tx in
            try tx.append(Sample.begin(Sample.otherScope))
            try tx.append(.replica(Sample.otherScope, .captured(Sample.change("stays", at: 1, in: Sample.otherScope))))
        }
        let others = Set(try rows(of: directory.store).map(\.number))
        let block = Block.seal(
            [Sample.change("goes", at: 2)], in: Sample.stream(), after: .beginning, by: try SigningKey.generate(), Sample.primitives)
        try store.transaction { tx in
            try tx.append(Sample.begin())
            try tx.append(.replica(Sample.scope, .captured(Sample.change("goes", at: 2))))
            try tx.append(.replica(Sample.scope, .captured(Sample.change("goes too", at: 3))))
        }
        let early = try rows(of: directory.store)
        try store.transaction { try $0.append(.replica(Sample.scope, .sealed(block))) }
        let doomed = (early + (try rows(of: directory.store))).filter { !others.contains($0.number) }
        #expect(doomed.count > 5)
        #expect(!found(Array(doomed[0].sealed.prefix(64)), in: try ScratchDirectory.files(below: directory.store)).isEmpty)
        try store.transaction { try $0.append(.scopeLeft(Sample.scope)) }
        let files = try ScratchDirectory.files(below: directory.store)
        for row in doomed { #expect(found(Array(row.sealed[40..<104]), in: files).isEmpty, "row \(row.number)") }
        try idle.refresh()
        #expect(try idle.state.scopeIDs == [Sample.otherScope])
        #expect(try idle.state.unsentCount == 1)
    }

    @Test func `lengths tell no more than their bucket, and files are for their owner alone`() throws {
        let directory = try ScratchDirectory()
        let store = try directory.create()
        try store.transaction { tx in
            try tx.append(Sample.begin())
            for length in [1, 10, 100] { try tx.append(.replica(Sample.scope, .captured(Sample.change(String(repeating: "x", count: length), at: Int64(length))))) }
        }
        for row in try rows(of: directory.store) { #expect((row.sealed.count - SealingKey.overhead) % 256 == 0) }
        for count in 1...70_000 {
            let padded = RowSealer.padded(count)
            #expect(padded >= count && (padded - count < 256 || (padded - count) * 8 < count) && RowSealer.padded(padded) == padded)
        }
        let manager = FileManager.default
        #expect(try manager.attributesOfItem(atPath: directory.store)[.posixPermissions] as? Int == 0o700)
        for name in try manager.contentsOfDirectory(atPath: directory.store) {
            #expect(try manager.attributesOfItem(atPath: directory.store + "/" + name)[.posixPermissions] as? Int == 0o600, "\(name)")
        }
    }
}
