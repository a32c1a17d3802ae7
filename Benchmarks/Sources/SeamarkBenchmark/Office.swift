import Foundation
import SeamarkClient
import SeamarkJournal
import SeamarkStore

/// A fresh server with one tenant and one engagement, and devices that enrol there for real.
final class Office {
    let server: ServerProcess
    private let folder: String
    private var devices = 0

    init(program: String, folder: String, port: Int) throws {
        self.folder = folder
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        server = ServerProcess(program: program, data: "\(folder)/server")
        try server.verb(["init", "--name", "127.0.0.1:\(port)"])
        try server.verb(["tenant", "add", "bench"])
        try server.verb(["member", "add", "--tenant", "bench", "ann", "--role", "consultant"])
        try server.verb([
            "engagement", "add", "--tenant", "bench", "plant", "--currency", "USD", "--revenue", "100000000", "--planned-income", "8000000",
            "--fiscal-year", "2026",
        ])
        try server.verb(["engagement", "staff", "--tenant", "bench", "plant", "ann"])
        try server.start(port: port)
    }

    /// A new device that has not synced yet.
    func enrol() throws -> Device {
        devices += 1
        let printed = try server.verb(["invite", "--tenant", "bench", "ann"])
        guard let start = printed.range(of: "seamark://") else { throw Failure(what: "no invitation in what invite printed") }
        let invitation = try Invitation(String(printed[start.lowerBound...].prefix { !$0.isWhitespace }))
        let identity = try Enrolment.run(invitation, deviceName: "bench \(devices)")
        let store = try DeviceStore.create(
            at: "\(folder)/device-\(devices)", identity: identity, passphrase: Array("a passphrase for the benchmark".utf8))
        return Device(store: store, now: { Int64(Date().timeIntervalSince1970 * 1000) })
    }
}

extension Device {
    func engagement() throws -> Identifier {
        guard let scope = try state.scopes.values.first(where: { $0.kind == .engagement }) else {
            throw Failure(what: "the device holds no engagement")
        }
        return scope.id
    }
}
