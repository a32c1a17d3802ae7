import Glibc
import SeamarkCrypto
import SeamarkJournal
import SeamarkStore

/// SplitMix64: the same history for the same seed.
struct Dice: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 0x1234_5678 }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
    mutating func identifier() -> Identifier { Identifier(high: next(), low: next()) }
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}

/// What the tests of the tenant's store have in common. Everything in it is made up.
enum TenantSamples {
    /// Deflating as the stores that are kept in `Databases` were written: what is made again must be the same bytes.
    static let primitives = SystemPrimitives(deflateLevel: 6)

    static let identity = TenantIdentity(
        id: Identifier(high: 1, low: 1), name: "Fictitious Client", schema: 1, epoch: 77,
        author: Identifier(high: 2, low: 2), incarnation: 99)

    static let author = SigningKey(seed: SecretBytes(copying: [UInt8](repeating: 9, count: 32)))

    static func tools() throws -> TenantTools {
        TenantTools(
            primitives: primitives, sealing: try SealingKey(dataKey: SecretBytes(copying: [UInt8](repeating: 7, count: 32))),
            document: document)
    }

    /// Says of each target what its heads hold, in a line.
    static let document: @Sendable (RecordState) -> [UInt8] = { state in
        Array("{\"type\":\(state.type),\"text\":\"\(state.slots.map { "\($0.target) \($0.heads.map(\.content))" })\"}".utf8)
    }

    static func key(_ number: UInt8) -> SigningKey { SigningKey(seed: SecretBytes(copying: [UInt8](repeating: number, count: 32))) }

    static func enrolment(_ id: Identifier, key: SigningKey) -> DeviceEnrolment {
        DeviceEnrolment(id: id, name: "laptop", certificate: .zero, signingKey: key.publicKey)
    }
}

/// A directory of its own under /tmp, removed with its holder.
final class TemporaryDirectory {
    let path: String

    init() {
        var name = Array("/tmp/seamark-store-XXXXXX".utf8CString)
        path = name.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress, let made = mkdtemp(start) else { fatalError("no temporary directory") }
            return String(cString: made)
        }
    }

    var store: String { path + "/tenant/store.sqlite" }

    deinit {
        for name in ["", "-wal", "-shm"] { unlink(store + name) }
        rmdir(path + "/tenant")
        for name in ["copy.sqlite", "copy.sqlite-wal", "copy.sqlite-shm"] { unlink(path + "/" + name) }
        rmdir(path)
    }
}

func copyFile(_ from: String, _ to: String) {
    guard let source = fopen(from, "r") else { return }
    defer { fclose(source) }
    guard let target = fopen(to, "w") else { return }
    defer { fclose(target) }
    var buffer = [UInt8](repeating: 0, count: 65536)
    while case let count = fread(&buffer, 1, buffer.count, source), count > 0 { fwrite(buffer, 1, count, target) }
}

/// Where a store of the conformance suite lives.
enum Home: CaseIterable, Sendable {
    case file, memory
}
