import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import Testing

/// The tenant authority's word for the server's key, and that key's for its own end and for an order to wipe a device, as the second implementation writes them.
@Suite struct VectorsOfServerKeys {
    struct File: Decodable {
        struct Key: Decodable {
            let tenant: Vectors.Bytes
            let epoch: UInt64
            let device: Vectors.Bytes
            let key: Vectors.Bytes
            let message: Vectors.Bytes
        }

        struct Order: Decodable {
            let tenant: Vectors.Bytes
            let device: Vectors.Bytes
            let ordered: Int64
            let key: Vectors.Bytes
            let message: Vectors.Bytes
            let signature: Vectors.Bytes
        }

        struct Farewell: Decodable {
            let tenant: Vectors.Bytes
            let key: Vectors.Bytes
            let message: Vectors.Bytes
            let signature: Vectors.Bytes
        }

        let serverKey: Key
        let farewell: Farewell
        let wipeOrder: Order
    }

    @Test func `the tenant authority signs the same bytes for a server key`() throws {
        let told = try Vectors.file("log", as: File.self).serverKey
        let message = Message.ServerKey.message(
            tenant: told.tenant.id, epoch: told.epoch, device: told.device.id, key: told.key.bytes)
        #expect(message == told.message.bytes)
    }

    @Test func `a key says over the same bytes that it ended, for its own tenant, and the second implementation's word verifies`() throws {
        let told = try Vectors.file("log", as: File.self).farewell
        #expect(ServerKeyStatement.farewell(tenant: told.tenant.id, key: told.key.bytes) == told.message.bytes)
        func hasEnded(_ key: [UInt8], of tenant: Identifier, _ farewell: [UInt8]) -> Bool {
            Message.ServerKey(epoch: 1, device: .zero, key: key, signature: [], farewell: farewell).hasEnded(of: tenant, SystemPrimitives())
        }
        let word = told.signature.bytes
        #expect(hasEnded(told.key.bytes, of: told.tenant.id, word))
        #expect(!hasEnded(told.key.bytes, of: .zero, word) && !hasEnded(told.key.bytes, of: told.tenant.id, []))
        let other = SigningKey(seed: SecretBytes(copying: [UInt8](repeating: 3, count: 32)))
        #expect(!hasEnded(other.publicKey, of: told.tenant.id, word), "nobody ends another key")
        #expect(!hasEnded(told.key.bytes, of: told.tenant.id, other.sign(told.message.bytes)))
    }

    @Test func `an order to wipe is signed over the same bytes, and the second implementation's verifies`() throws {
        let told = try Vectors.file("log", as: File.self).wipeOrder
        let message = Message.WipeOrder.message(tenant: told.tenant.id, device: told.device.id, ordered: told.ordered)
        #expect(message == told.message.bytes)
        #expect(SystemPrimitives().verifies(told.signature.bytes, of: message, by: told.key.bytes))
    }
}
