import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import Testing

/// The tenant authority's word for the server's key, and that key's for an order to wipe a device, as the second implementation writes them.
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

        let serverKey: Key
        let wipeOrder: Order
    }

    @Test func `the tenant authority signs the same bytes for a server key`() throws {
        let told = try Vectors.file("log", as: File.self).serverKey
        let message = Message.ServerKey.message(
            tenant: told.tenant.id, epoch: told.epoch, device: told.device.id, key: told.key.bytes)
        #expect(message == told.message.bytes)
    }

    @Test func `an order to wipe is signed over the same bytes, and the second implementation's verifies`() throws {
        let told = try Vectors.file("log", as: File.self).wipeOrder
        let message = Message.WipeOrder.message(tenant: told.tenant.id, device: told.device.id, ordered: told.ordered)
        #expect(message == told.message.bytes)
        #expect(SystemPrimitives().verifies(told.signature.bytes, of: message, by: told.key.bytes))
    }
}
