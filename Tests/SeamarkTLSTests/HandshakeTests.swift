import COpenSSL
import SeamarkTLS
import Testing

@Suite struct HandshakeTests {
    @Test func `two sessions shake hands byte by byte and then talk`() throws {
        let harbour = try Harbour()
        let conversation = try Conversation(harbour.server, harbour.client(harbour.authorityA.issue()))
        try conversation.shakeHands(piece: 1)
        #expect(try conversation.client.write(Array("Hello".utf8)) == 5)
        #expect(try conversation.server.write(Array("Welcome".utf8)) == 7)
        conversation.run(piece: 1)
        #expect(conversation.serverRead == Array("Hello".utf8))
        #expect(conversation.clientRead == Array("Welcome".utf8))
        #expect((conversation.server.tenant as? Harbour.Tenant)?.name == "a")
        #expect(conversation.server.protocolVersion == "TLSv1.3")
        #expect(conversation.server.cipher == "TLS_AES_256_GCM_SHA384")
        #expect(TLSLibrary.version.hasPrefix("OpenSSL 3."))
    }
}
