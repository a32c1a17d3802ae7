import Foundation
import SeamarkCrypto
import SeamarkJournal
import SeamarkStore

/// Identifiers, changes and an identity of nobody, for the tests of a device's store.
enum Sample {
    static let primitives = SystemPrimitives()
    static let device = id(1)
    static let otherDevice = id(2)
    static let member = id(3)
    static let scope = id(4)
    static let otherScope = id(5)
    static let passphrase = Array("five fictitious words of nobody".utf8)

    static func id(_ number: UInt64) -> Identifier { Identifier(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0000 | number) }

    static func identity(_ tenantName: String = "Fictitious Shipping") -> DeviceIdentity {
        DeviceIdentity(
            tenant: id(9), tenantName: tenantName, member: member, device: device, role: 2, letters: "QX", serverHost: "127.0.0.1",
            serverPort: 7000, serverName: "s-1", label: "l-1", installationAuthority: [1, 2, 3], tenantAuthority: [4, 5],
            certificate: [6], privateKey: SecretBytes(copying: Array("the private key of nobody".utf8)),
            signingSeed: SecretBytes(copying: [UInt8](repeating: 7, count: 32)), serverSigningKey: [UInt8](repeating: 8, count: 32))
    }

    static func stream(_ incarnation: UInt64 = 1, of scope: Identifier = scope, by device: Identifier = device) -> StreamName {
        StreamName(device: device, incarnation: incarnation, scope: scope)
    }

    static func change(
        _ text: String, at time: Int64, of record: UInt64 = 100, in scope: Identifier = scope, by device: Identifier = device,
        superseding: [EditName] = []
    ) -> Change {
        Change(
            scope: scope, stamp: Stamp(time: time, device: device), member: member, schema: 1,
            edits: [
                Edit(record: id(record), type: 7, target: .field(1), content: .open(.text(text)), supersedes: superseding),
                Edit(
                    record: id(record), type: 7, target: .field(2),
                    content: .sensitive(SensitiveValue(salt: id(UInt64(bitPattern: time)), value: .text("sensitive " + text)))),
                Edit(record: id(record), type: 7, target: .element(3, .text("element " + text)), content: .open(.bool(true))),
            ],
            primitives: primitives)
    }

    /// Scope and stream, as a device that was just staffed has them.
    static func begin(_ scope: Identifier = scope, incarnation: UInt64 = 1) -> [DeviceEvent] {
        [
            .scopeAdded(DeviceScope(id: scope, kind: .engagement, name: "Fictitious engagement")),
            .replica(scope, .began(stream(incarnation, of: scope), epoch: 1)),
        ]
    }
}

/// Stretches nothing: scrypt has tests of its own, and takes a third of a second.
struct QuickStretching: PassphraseStretching {
    func stretch(_ passphrase: [UInt8], salt: [UInt8], cost: StretchingCost, count: Int) throws(StretchingFailure) -> SecretBytes {
        SecretBytes(copying: Array(Digest.sha256(passphrase + salt).bytes.prefix(count)))
    }
}

/// A directory that goes away with it.
final class ScratchDirectory {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "seamark-device-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var store: String { path + "/store" }

    func create(_ identity: DeviceIdentity = Sample.identity()) throws -> OpenDeviceStore {
        try DeviceStore.create(at: store, identity: identity, passphrase: Sample.passphrase, by: QuickStretching())
    }

    /// The bytes of every file below, by path.
    static func files(below path: String) throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
            if let bytes = FileManager.default.contents(atPath: path + "/" + name) { files[name] = Array(bytes) }
        }
        return files
    }
}

/// A store in either place: what holds for one must hold for the other.
final class StoreInPlace {
    enum Place: String, CaseIterable, Sendable { case disk, memory }
    private enum Holder { case disk(ScratchDirectory, SecretBytes), memory(MemoryDeviceStore) }
    private let holder: Holder

    init(_ place: Place) throws {
        switch place {
        case .disk:
            let directory = try ScratchDirectory()
            holder = .disk(directory, try directory.create().storeKey)
        case .memory: holder = .memory(try MemoryDeviceStore(identity: Sample.identity()))
        }
    }

    /// Opened as a further process would.
    func open() throws -> OpenDeviceStore {
        switch holder {
        case .disk(let directory, let key): try DeviceStore(at: directory.store).unlock(storeKey: key)
        case .memory(let store): try store.open()
        }
    }
}

extension DeviceState {
    /// Everything that can be told of a state, in words that compare.
    var portrait: [String] {
        var lines = [
            "\(identity.tenantName) \(identity.certificate) \(identity.privateKey.copy()) \(clock.last) \(unsentCount)",
            "\(String(describing: lastContact)) \(String(describing: lastComplete)) \(String(describing: checkpoint?.signature))",
        ]
        for (setting, value) in settings.sorted(by: { $0.key < $1.key }) { lines.append("\(setting) \(value)") }
        for scope in scopeIDs {
            lines.append("\(String(describing: scopes[scope]))")
            guard let replica = replicas[scope] else { continue }
            lines.append("\(replica.stream) \(replica.epoch) \(replica.cursor) \(replica.mark) \(replica.confirmed.digest)")
            lines.append("fresh \(replica.fresh.map(\.id)) blocks \(replica.blocks) waiting \(replica.waiting.map(\.end))")
            lines.append("receipted \(replica.receipted.sorted()) overlay \(replica.overlay.keys.sorted())")
            lines.append("history \(replica.history.keys.sorted()) applied \(replica.confirmed.applied.sorted())")
            lines.append("refused \(replica.confirmed.refused.keys.sorted())")
            for record in replica.recordIDs { lines.append("\(record) \(String(describing: replica.record(record)))") }
        }
        return lines
    }
}
