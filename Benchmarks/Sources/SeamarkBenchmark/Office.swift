import Foundation
import SeamarkClient
import SeamarkCrypto
import SeamarkJournal
import SeamarkStore

/// A fresh server with one engagement for each of its tenants, and devices that enrol there for real.
final class Office {
    let server: ServerProcess
    let port: Int
    private let folder: String
    private var devices = 0

    init(program: String, folder: String, port: Int) {
        self.folder = folder
        self.port = port
        server = ServerProcess(program: program, data: "\(folder)/server")
    }

    func open(tenants: [String], countingSyncs: Bool) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try server.verb(["init", "--name", "127.0.0.1:\(port)"])
        for tenant in tenants {
            try server.verb(["tenant", "add", tenant])
            try server.verb(["member", "add", "--tenant", tenant, "ann", "--role", "consultant"])
            try server.verb([
                "engagement", "add", "--tenant", tenant, "plant", "--currency", "USD", "--revenue", "100000000", "--planned-income", "8000000",
                "--fiscal-year", "2026",
            ])
            try server.verb(["engagement", "staff", "--tenant", tenant, "plant", "ann"])
        }
        try server.start(port: port, countingSyncs: countingSyncs)
    }

    /// Ends the server, and removes its data and what the devices hold.
    func close() {
        server.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// A new device that has not synced yet.
    ///
    /// - Parameters:
    ///   - through: a relay's port in place of the server's.
    ///   - stretching: how its passphrase is stretched; a crowd's is never asked for, and need not take a third of a second each.
    func enrol(tenant: String = "bench", through: Int? = nil, by stretching: any PassphraseStretching = Scrypt()) throws -> Device {
        let identity = try identity(tenant: tenant, through: through)
        let store = try DeviceStore.create(
            at: "\(folder)/device-\(devices)", identity: identity, passphrase: Array("a passphrase for the benchmark".utf8), by: stretching)
        return Device(store: store, now: { Int64(Date().timeIntervalSince1970 * 1000) })
    }

    /// A new device that has synced once. Where its store lies: `folder(of:)`.
    func synced(tenant: String = "bench", through: Int? = nil, by stretching: any PassphraseStretching = Scrypt()) throws -> Device {
        let device = try enrol(tenant: tenant, through: through, by: stretching)
        _ = try SyncRun.run(device)
        return device
    }

    /// What shows a new device to the server, without a store: the tenant's label, its certificate and its key, each in base 64.
    func credential() throws -> String {
        let identity = try identity(tenant: "bench", through: nil)
        return [identity.label, Data(identity.certificate).base64EncodedString(), Data(identity.privateKey.copy()).base64EncodedString()].joined(separator: " ")
    }

    private func identity(tenant: String, through: Int?) throws -> DeviceIdentity {
        devices += 1
        let printed = try server.verb(["invite", "--tenant", tenant, "ann", "--name", "127.0.0.1:\(through ?? port)"])
        guard let start = printed.range(of: "seamark://") else { throw Failure(what: "no invitation in what invite printed") }
        let invitation = try Invitation(String(printed[start.lowerBound...].prefix { !$0.isWhitespace }))
        return try Enrolment.run(invitation, deviceName: "bench \(devices)")
    }

    /// Of the device that enrolled last.
    var lastFolder: String { "\(folder)/device-\(devices)" }

    func with(_ body: (Office) throws -> Void) rethrows -> Office {
        try body(self)
        return self
    }
}

/// Not slow at all: for devices whose passphrase nobody will ask for.
struct NoStretching: PassphraseStretching {
    func stretch(_ passphrase: [UInt8], salt: [UInt8], cost: StretchingCost, count: Int) -> SecretBytes { SecretBytes(copying: Array(repeating: 7, count: count)) }
}

extension Device {
    func engagement() throws -> Identifier {
        guard let scope = try state.scopes.values.first(where: { $0.kind == .engagement }) else {
            throw Failure(what: "the device holds no engagement")
        }
        return scope.id
    }

    /// Captures as many records as if they had been typed one by one, a thousand in a transaction.
    func captureRecords(_ numbers: Range<Int>) throws {
        let (scope, time) = (try engagement(), now())
        for start in stride(from: numbers.lowerBound, to: numbers.upperBound, by: 1000) {
            try captureAll(in: scope) { _, _ in
                (start..<min(numbers.upperBound, start + 1000)).map { Workload.edits(number: $0, time: time + Int64($0)) }
            }
        }
    }

    /// Sets every field of all records anew.
    func rewriteRecords(round: Int) throws {
        let scope = try engagement()
        let ids = try records(in: scope).filter { $0.state.type == Workload.type.number }.map(\.id)
        for start in stride(from: 0, to: ids.count, by: 1000) {
            try captureAll(in: scope) { _, replica in
                ids[start..<min(ids.count, start + 1000)].enumerated().map { Workload.rewriting($1, replica.record($1), number: start + $0, round: round) }
            }
        }
    }

    /// Sets one field of the first so many records, each in a change of its own.
    func editRecords(_ count: Int, round: Int) throws {
        let scope = try engagement()
        let ids = try records(in: scope).filter { $0.state.type == Workload.type.number }.prefix(count).map(\.id)
        guard ids.count == count else { throw Failure(what: "there are \(ids.count) records to edit, not \(count)") }
        try captureAll(in: scope) { _, replica in ids.enumerated().map { Workload.renaming($1, replica.record($1), number: $0, round: round) } }
    }
}
