import SeamarkCrypto
import SeamarkJournal
import SeamarkProtocol
import Testing

/// The tenant authority's word for the server's key, as the second implementation writes it.
@Suite struct VectorsOfServerKeys {
    struct File: Decodable {
        struct Key: Decodable {
            let tenant: Vectors.Bytes
            let epoch: UInt64
            let device: Vectors.Bytes
            let key: Vectors.Bytes
            let message: Vectors.Bytes
        }

        let serverKey: Key
    }

    @Test func `the tenant authority signs the same bytes for a server key`() throws {
        let told = try Vectors.file("log", as: File.self).serverKey
        let message = Message.ServerKey.message(
            tenant: told.tenant.id, epoch: told.epoch, device: told.device.id, key: told.key.bytes)
        #expect(message == told.message.bytes)
    }
}
