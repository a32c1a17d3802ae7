import Foundation
import GRDB
import SeamarkJournal
@testable import SeamarkStore
import Testing

/// Every page of a tenant's file, damaged in several ways: whoever reads gets what was written, or an error of the store's.
@Suite struct TenantPageDamageTests {
    private let directory = TemporaryDirectory()

    /// What follows from the logs, is chained, or was decided by people, in words that compare. Reads as the server does, without verifying.
    /// Alarms, and when a device was last heard, are notes: read, and compared with nothing.
    private static func portrait(_ store: TenantStore) throws -> [String] {
        try store.read { snapshot in
            var lines: [String] = []
            lines.append("\(try snapshot.identity())")
            for scope in try snapshot.scopes() {
                lines.append("\(scope.id) \(scope.place) \(scope.digest)")
                for entry in try snapshot.entries(of: scope.id, after: 0) { lines.append("\(entry)") }
                try snapshot.records(in: scope.id) { lines.append("\($0) \($1)") }
                lines.append("\(scope.kind) \(try snapshot.members(staffedOn: scope.id))")
            }
            for member in try snapshot.members() { lines.append("\(member) \(try snapshot.scopes(ofMember: member.id).map(\.id))") }
            for device in try snapshot.devices() {
                lines.append("\(device.id) \(device.member) \(device.name) \(device.letters) \(device.certificate) \(device.signingKey) \(device.revoked ?? -1)")
                lines.append("\(device.certificateEnd ?? -1) \(device.wipe.map { "\($0)" } ?? "-")")
            }
            for number in UInt64(0)..<3 { lines.append("\(try snapshot.streamEnds(ofDevice: Identifier(high: 40, low: number)))") }
            lines.append("\(try snapshot.invitations())")
            _ = try snapshot.alarms()
            lines.append("\(try snapshot.quarantine().map { ($0.id, $0.scope, $0.position) }) \(try snapshot.audit())")
            return lines
        }
    }

    private func history(seed: UInt64) throws -> RandomHistory {
        let store = try TenantStore.create(at: directory.store, identity: TenantSamples.identity, tools: TenantSamples.tools())
        var history = try RandomHistory(seed: seed, store: store)
        for _ in 0..<25 { _ = try history.step() }
        try store.write { transaction in
            for number in 0..<3 { try transaction.noteAct("test", detail: "act \(number)", at: Int64(number)) }
            try transaction.addInvitation(token: .zero, member: history.laptops[0].member.id, made: 1, expires: 2)
            let last = history.laptops[history.laptops.count - 1].id
            try transaction.renewDevice(last, certificate: .zero, until: 90)
            if try transaction.device(last)?.revoked != nil { try transaction.orderWipe(of: last, at: 8) }
        }
        return history
    }

    private enum Outcome: Hashable { case intact, refused, found, silent }

    /// What became of a damaged store: read wholly and rightly; refused when it was opened or read; read wrongly, but found when verified.
    private func outcome(_ history: RandomHistory, rightly: ([String]) -> Bool) throws -> Outcome {
        do {
            let store = try TenantStore.open(at: directory.store, tools: TenantSamples.tools())
            defer { try? store.close() }
            let read = Result { try Self.portrait(store) }
            let verification = try store.read { try $0.verify(keyOf: history.key) }
            guard case .holds = verification else { return .found }
            return rightly(try read.get()) ? .intact : .silent
        } catch let error as StoreError {
            #expect([.damaged, .notAStore, .newerVersion, .failed].contains(error.reason), "\(error)")
            #expect(!error.description.contains("Fictitious"), "\(error)")
            return .refused
        }
    }

    @Test(arguments: PageDamage.Kind.allCases)
    func `no damage to any page makes the logs read as something that was not written`(kind: PageDamage.Kind) throws {
        let history = try history(seed: 31)
        let portrait = try Self.portrait(history.store)
        try history.store.close()
        let files = DatabaseFiles(path: directory.store)
        let bytes = files.read()
        var outcomes: [Outcome: Int] = [:]
        for damage in PageDamage.all(of: bytes, kinds: [kind]) {
            let damaged = damage.applied(to: bytes)
            guard damaged != bytes else { continue }
            try files.put(damaged)
            let outcome = try outcome(history) { $0 == portrait }
            #expect(outcome != .silent, "\(damage) is read as another store, and nothing finds it")
            outcomes[outcome, default: 0] += 1
        }
        try files.put(bytes)
        #expect(try outcome(history) { $0 == portrait } == .intact)
        print("every page: a tenant's file of \(bytes.count / 4096) pages was damaged \(outcomes.values.reduce(0, +)) times (\(kind)), \(outcomes[.refused, default: 0]) refused, \(outcomes[.found, default: 0]) found")
        #expect(outcomes[.refused, default: 0] + outcomes[.found, default: 0] > 1, "\(outcomes)")
    }

    @Test func `a damaged write-ahead log gives an earlier commit whole, or an error, and never a part`() throws {
        var history = try history(seed: 33)
        try history.store.checkpoint()
        let files = DatabaseFiles(path: directory.store)
        var commits = [try Self.portrait(history.store)]
        for _ in 0..<5 {
            _ = try history.step()
            commits.append(try Self.portrait(history.store))
        }
        let (bytes, log) = (files.read(), files.read("-wal"))
                try history.store.close()
        var earlier = 0
        for (damage, log) in PageDamage.all(ofLog: log) {
            try files.put(bytes, log: log)
            var found: Int?
            let outcome = try outcome(history) { portrait in
                found = commits.firstIndex(of: portrait)
                return found != nil
            }
            #expect(outcome == .intact || outcome == .refused, "\(damage): \(outcome)")
            if let found, found < commits.count - 1 { earlier += 1 }
        }
        #expect(earlier > 3, "a damaged frame ends the log")
    }
}
