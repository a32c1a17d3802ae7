import COpenSSL
import SeamarkTLS
import Testing

/// Pitfall 8: messages that cost their sender nothing and us a little each.
@Suite struct FloodTests {
    final class Clock { var now: UInt64 = 1_000 }

    let harbour: Harbour
    let clock = Clock()
    init() throws { harbour = try Harbour() }

    /// A server in conversation with a device that can send any record.
    private func forged() throws -> (TLSSession, RecordForge) {
        let clock = clock
        let server = try TLSSession(harbour.server) { clock.now }
        let forge = RecordForge(certificate: harbour.authorityA.issue())
        forge.peer.talk(to: server)
        #expect(server.isEstablished)
        return (server, forge)
    }

    private func keyUpdate(_ peer: RawPeer, asksForOne: Bool = true) -> [UInt8] {
        precondition(SSL_key_update(peer.ssl, asksForOne ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED) == 1)
        precondition(SSL_do_handshake(peer.ssl) == 1)
        return peer.take()
    }

    @Test(arguments: [true, false])
    func `pitfall 8, content behind a key update is read at once`(asksForOne: Bool) throws {
        let (server, forge) = try forged()
        for index in UInt8(0)..<4 {
            let update = keyUpdate(forge.peer, asksForOne: asksForOne)
            forge.peer.write([index])
            let bytes = update + forge.peer.take()
            #expect(server.receive(bytes) == bytes.count)
            #expect(try server.readAll() == [index])
            #expect(server.receive(keyUpdate(forge.peer, asksForOne: asksForOne)) > 0)
            #expect(try server.readAll() == [])
            forge.peer.receive(server.takeCiphertext())
            forge.peer.step()
            #expect(try server.write([index]) == 1)
            forge.peer.receive(server.takeCiphertext())
            forge.peer.step()
            #expect(forge.peer.read.last == index)
        }
    }

    @Test func `pitfall 8, thirty-two key updates a minute are answered and one more ends the conversation`() throws {
        let (server, forge) = try forged()
        for _ in 0..<2 {
            for _ in 0..<32 {
                #expect(server.receive(keyUpdate(forge.peer)) > 0)
                #expect(try server.readAll() == [])
                forge.peer.receive(server.takeCiphertext())
                forge.peer.step()
            }
            clock.now += 60_000
        }
        // Still in step, in both directions.
        forge.peer.write([1, 2])
        #expect(server.receive(forge.peer.take()) > 0)
        #expect(try server.readAll() == [1, 2])
        clock.now -= 1
        #expect(server.receive(keyUpdate(forge.peer)) > 0)
        #expect(throws: TLSError.flood) { try server.readAll() }
    }

    @Test func `pitfall 8, thousands of key updates in one delivery cost no more than the first thirty-two`() throws {
        let (server, forge) = try forged()
        var burst: [UInt8] = []
        for _ in 0..<2_000 { burst += keyUpdate(forge.peer) }
        #expect(server.receive(burst) == burst.count)
        #expect(throws: TLSError.flood) { try server.readAll() }
        #expect(server.takeCiphertext().count < 40 * 30)
        #expect(server.receive(burst) == burst.count)  // dropped
        #expect(throws: TLSError.flood) { try server.step() }
    }

    @Test(arguments: [0, 1_000])
    func `pitfall 8, empty records are counted even between records with content`(padding: Int) throws {
        let (server, forge) = try forged()
        for index in 0..<32 {
            #expect(server.receive(forge.record(type: 23, [], padding: padding) + forge.record(type: 23, [UInt8(index)])) > 0)
            #expect(try server.readAll() == [UInt8(index)])
        }
        #expect(server.receive(forge.record(type: 23, [], padding: padding) + forge.record(type: 23, [9])) > 0)
        #expect(throws: TLSError.flood) { _ = try server.readAll(); _ = try server.readAll() }
    }

    @Test func `pitfall 8, warnings are counted even between records with content`() throws {
        let (server, forge) = try forged()
        for index in 0..<32 {
            #expect(server.receive(forge.record(type: 21, [1, 90]) + forge.record(type: 23, [UInt8(index)])) > 0)
            #expect(try server.readAll() == [UInt8(index)])
        }
        #expect(server.receive(forge.record(type: 21, [1, 90]) + forge.record(type: 23, [9])) > 0)
        #expect(throws: TLSError.flood) { _ = try server.readAll(); _ = try server.readAll() }
    }

    @Test func `content alone is never a flood`() throws {
        let (server, forge) = try forged()
        var burst: [UInt8] = []
        for index in 0..<5_000 { burst += forge.record(type: 23, [UInt8(truncatingIfNeeded: index)]) }
        #expect(server.receive(burst) == burst.count)
        #expect(try server.readAll().count == 5_000)
    }

    @Test func `pitfall 16, sealed content after a farewell is not read`() throws {
        let (server, forge) = try forged()
        let bytes = forge.record(type: 23, [1]) + forge.record(type: 21, [1, 0]) + forge.record(type: 23, [2])
        #expect(server.receive(bytes) == bytes.count)
        #expect(try server.readAll() == [1])
        #expect(try server.readAll() == [])
        #expect(server.peerHasClosed && server.failure == nil)
    }

    @Test func `pitfall 18, a client hello inside an established conversation renegotiates nothing`() throws {
        let (server, forge) = try forged()
        #expect(server.receive(forge.record(type: 22, [1, 0, 0, 2, 3, 3])) > 0)
        #expect(throws: TLSError.self) { try server.readAll() }
        #expect(server.alertSent == 10)
    }
}
