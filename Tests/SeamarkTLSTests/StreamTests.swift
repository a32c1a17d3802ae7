import COpenSSL
import SeamarkTLS
import Testing

/// Pitfalls 3 to 7, 13 to 17, 24: what a conversation does with the bytes of a transport.
@Suite struct StreamTests {
    let harbour: Harbour
    init() throws { harbour = try Harbour() }

    @Test func `pitfall 3, a refused device is established first and learns of the refusal when it reads`() throws {
        let conversation = try Conversation(harbour.server, harbour.client(harbour.authorityB.issue()))
        let (server, client) = (conversation.server, conversation.client)
        try client.step()
        #expect(server.receive(client.takeCiphertext()) > 0)
        #expect(try server.step() == .needsMore)
        #expect(client.receive(server.takeCiphertext()) > 0)
        #expect(try client.step() == .established)
        #expect(server.receive(client.takeCiphertext()) > 0)
        #expect(throws: TLSError.unknownAuthority) { try server.readAll() }
        #expect(client.receive(server.takeCiphertext()) > 0)
        #expect(throws: TLSError.alert(48)) { try client.readAll() }
        #expect(throws: TLSError.alert(48)) { try client.write([1]) }
    }

    /// Leaves an error of somebody else in the thread's queue.
    private func poison() {
        var next: UnsafePointer<UInt8>?
        let garbage: [UInt8] = [0x30, 0x82, 1]
        garbage.withUnsafeBufferPointer {
            next = $0.baseAddress
            _ = d2i_X509(nil, &next, $0.count)
        }
        precondition(ERR_peek_error() != 0)
    }

    @Test func `pitfall 4, an error that another call left in the queue changes nothing`() throws {
        poison()
        let conversation = try Conversation(harbour.server, harbour.client(harbour.authorityA.issue()))
        let (server, client) = (conversation.server, conversation.client)
        func move(_ from: TLSSession, _ to: TLSSession) throws -> [UInt8] {
            poison()
            let bytes = from.takeCiphertext()
            var all: [UInt8] = []
            for byte in bytes {
                poison()
                #expect(to.receive([byte]) == 1)
                poison()
                all += try to.readAll()
                #expect(ERR_peek_error() == 0)  // and none of ours is left for others
            }
            return all
        }
        poison()
        try client.step()
        _ = try move(client, server)
        _ = try move(server, client)
        _ = try move(client, server)
        #expect(server.isEstablished && client.isEstablished)
        poison()
        #expect(try client.write(Array("Hello".utf8)) == 5)
        #expect(try move(client, server) == Array("Hello".utf8))
        poison()
        #expect(try server.exportKeyingMaterial(label: "EXPORTER-test", context: [], count: 32).count == 32)
        poison()
        client.close()
        _ = try move(client, server)
        #expect(server.peerHasClosed)
        poison()
        try server.peerEndedTransport()
    }

    @Test func `pitfall 5, after an error the alert is still there to be sent, and the error stays`() throws {
        let conversation = try harbour.established()
        let (server, client) = (conversation.server, conversation.client)
        #expect(try client.write([1, 2, 3]) == 3)
        var damaged = client.takeCiphertext()
        damaged[damaged.count - 1] ^= 1
        #expect(server.receive(damaged) == damaged.count)
        #expect(throws: TLSError.self) { try server.readAll() }
        #expect(server.alertSent == 20)
        #expect(throws: TLSError.self) { try server.write([1]) }
        #expect(throws: TLSError.self) { try server.peerEndedTransport() }
        #expect(client.receive(server.takeCiphertext()) > 0)
        #expect(throws: TLSError.alert(20)) { try client.readAll() }
    }

    @Test func `pitfall 5, what came whole before an error is given out before the error`() throws {
        let conversation = try harbour.established()
        let (server, client) = (conversation.server, conversation.client)
        #expect(try client.write([1, 2, 3]) == 3)
        let whole = client.takeCiphertext()
        #expect(server.receive(whole + whole) == whole.count * 2)  // the second is a replay
        #expect(try server.readAll() == [1, 2, 3])
        #expect(throws: TLSError.self) { try server.readAll() }
    }

    /// One short conversation in which one direction is cut after `most` bytes. Returns how many bytes that direction had.
    private func cut(after most: Int, clientToServer: Bool) throws -> Int {
        let server = try TLSSession(harbour.server) { 0 }
        let client = try TLSSession(Self.device(harbour)) { 0 }
        let (speaker, listener) = clientToServer ? (client, server) : (server, client)
        var said = 0
        var heard: [UInt8] = []
        var hasSpoken = false
        try client.step()
        while true {
            if speaker.isEstablished, !hasSpoken {
                hasSpoken = true
                #expect(try speaker.write(Array("all of it".utf8)) == 9)
                speaker.close()
            }
            let there = speaker.takeCiphertext()
            let back = listener.takeCiphertext()
            if there.isEmpty, back.isEmpty { break }
            let room = max(0, most - said)
            said += there.count
            _ = listener.receive(Array(there.prefix(room)))
            heard += try listener.readAll()
            _ = speaker.receive(back)
            _ = try speaker.readAll()
            if said > most { break }
        }
        let isWhole = said <= most
        #expect(listener.peerHasClosed == isWhole)
        if isWhole {
            try listener.peerEndedTransport()
            #expect(heard == Array("all of it".utf8))
        } else {
            #expect(throws: TLSError.unexpectedEnd) {
                try listener.peerEndedTransport()
                _ = try listener.readAll()
            }
            #expect(throws: TLSError.unexpectedEnd) { try listener.readAll() }
        }
        return said
    }

    private static func device(_ harbour: Harbour) throws -> TLSClientContext { try harbour.client(harbour.authorityA.issue()) }

    @Test(arguments: [true, false])
    func `pitfall 6, a conversation cut after any byte is never taken for whole`(clientToServer: Bool) throws {
        let length = try cut(after: .max, clientToServer: clientToServer)
        #expect(length > 500)
        // Signatures vary by a few bytes, so each end is approached from well below it.
        for most in 0..<length + 4 { _ = try cut(after: most, clientToServer: clientToServer) }
    }

    @Test func `pitfall 6, the option that takes an end of transport for a farewell is not set`() throws {
        let conversation = try harbour.established()
        try conversation.run().server.map { throw $0 }
        #expect(throws: TLSError.unexpectedEnd) { try conversation.server.peerEndedTransport() }
        #expect(throws: TLSError.unexpectedEnd) { try conversation.client.peerEndedTransport() }
    }

    @Test func `pitfall 7, a peer that never reads stops the writer at 256 KiB`() throws {
        let conversation = try harbour.established()
        let much = [UInt8](repeating: 7, count: 1 << 20)
        var (taken, most) = (0, 0)
        for _ in 0..<100 {
            taken += try conversation.server.write(much)
            most = max(most, conversation.server.pendingCiphertext)
        }
        #expect(most <= TLSSession.mostPendingCiphertext)
        #expect((200_000...TLSSession.mostPendingCiphertext).contains(taken))
    }

    @Test func `pitfall 7, a reader that never reads takes in no more than 256 KiB`() throws {
        let conversation = try harbour.established()
        let much = [UInt8](repeating: 0x17, count: 1 << 20)
        var taken = 0
        for _ in 0..<100 { taken += conversation.server.receive(much) }
        #expect(taken <= TLSSession.mostUnreadCiphertext)
    }

    @Test func `pitfalls 7 and 14, ten megabytes arrive whole through partial writes and moved buffers`() throws {
        let conversation = try harbour.established()
        let (server, client) = (conversation.server, conversation.client)
        var random = SplitMix(seed: 14)
        let sent = (0..<(10 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        var place = 0
        var received: [UInt8] = []
        received.reserveCapacity(sent.count)
        while received.count < sent.count {
            let end = min(sent.count, place + Int(random.next() % 300_000))
            place += try client.write(Array(sent[place..<end]))  // a new buffer each time
            let some = client.takeCiphertext(atMost: Int(random.next() % 200_000))
            var rest = some[...]
            while !rest.isEmpty {
                rest = rest.dropFirst(server.receive(Array(rest)))
                received += try server.readAll()
            }
        }
        #expect(received == sent)
    }

    @Test func `pitfall 13, sixty-four records in one delivery are all read, and one by one byte too`() throws {
        for piece in [Int.max, 1] {
            let conversation = try harbour.established()
            for index in 0..<64 { #expect(try conversation.client.write([UInt8(index)]) == 1) }
            var rest = conversation.client.takeCiphertext()[...]
            var read: [UInt8] = []
            while !rest.isEmpty {
                let next = Array(rest.prefix(piece))
                #expect(conversation.server.receive(next) == next.count)
                read += try conversation.server.readAll()
                rest = rest.dropFirst(next.count)
            }
            #expect(read == Array(0..<64))
        }
    }

    @Test func `pitfall 13, a buffer smaller than a record loses nothing`() throws {
        let conversation = try harbour.established()
        let sent = (0..<5_000).map { UInt8(truncatingIfNeeded: $0) }
        #expect(try conversation.client.write(sent) == 5_000)
        #expect(conversation.server.receive(conversation.client.takeCiphertext()) > 5_000)
        var read: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 7)
        while true {
            let count = try buffer.withUnsafeMutableBytes { try conversation.server.read(into: $0) }
            guard count > 0 else { break }
            read += buffer.prefix(count)
        }
        #expect(read == sent)
    }

    @Test func `pitfall 14, nothing is taken to be written before the conversation is established`() throws {
        let conversation = try Conversation(harbour.server, harbour.client())
        #expect(try conversation.client.write([1, 2, 3]) == 0)
        #expect(try conversation.server.write([1, 2, 3]) == 0)
        #expect(conversation.client.pendingCiphertext == 0)
        #expect(throws: TLSError.notEstablished) { try conversation.client.exportKeyingMaterial(label: "EXPORTER-x", context: [], count: 32) }
    }

    @Test func `pitfall 15, a session let go inside the chooser is not freed under its own call`() throws {
        final class Holder: @unchecked Sendable { var session: TLSSession? }  // one thread
        let issued = harbour.installation.issueServer()
        let identity = try TLSIdentity(certificate: issued.certificate, privateKey: issued.privateKey)
        for _ in 0..<200 {
            let holder = Holder()
            let server = try TLSServerContext(identity: identity) { _ in
                holder.session = nil
                return nil
            }
            holder.session = try TLSSession(server) { 0 }
            let client = try TLSSession(harbour.client()) { 0 }
            try client.step()
            #expect((holder.session?.receive(client.takeCiphertext()) ?? 0) > 0)
            #expect(try holder.session?.step() == .needsMore)
            #expect(holder.session == nil)
        }
    }

    @Test(arguments: [[0], [1], [0, 1], [1, 0], [0, 0, 1, 1]], [true, false])
    func `pitfall 16, in whatever order the ends close, both know that they have everything`(order: [Int], isCarriedEachTime: Bool) throws {
        let conversation = try harbour.established()
        let ends = [conversation.client, conversation.server]
        #expect(try ends[0].write([10]) == 1)
        #expect(try ends[1].write([11]) == 1)
        for end in order {
            ends[end].close()
            if isCarriedEachTime { conversation.run() }
        }
        // An end that has not closed may still speak to one that has.
        for end in [0, 1] where !order.contains(end) { #expect(try ends[end].write([20]) == 1) }
        conversation.run()
        #expect(conversation.serverRead == (order.contains(0) ? [10] : [10, 20]))
        #expect(conversation.clientRead == (order.contains(1) ? [11] : [11, 20]))
        for end in order {
            #expect(ends[1 - end].peerHasClosed && ends[1 - end].alertReceived == 0)
            try ends[1 - end].peerEndedTransport()
            #expect(throws: TLSError.closed) { try ends[end].write([1]) }
        }
        for end in [0, 1] where !order.contains(end) {
            #expect(throws: TLSError.unexpectedEnd) { try ends[1 - end].peerEndedTransport() }
        }
        #expect(ends[0].failure == (order.contains(1) ? nil : .unexpectedEnd))
    }

    @Test func `pitfall 16, what follows a farewell is dropped, in the same delivery or later`() throws {
        let conversation = try harbour.established()
        #expect(try conversation.client.write([1]) == 1)
        conversation.client.close()
        let bytes = conversation.client.takeCiphertext()
        let after = [UInt8](repeating: 0x17, count: 400)
        #expect(conversation.server.receive(bytes + after) == bytes.count + 400)
        #expect(try conversation.server.readAll() == [1])
        #expect(conversation.server.peerHasClosed)
        #expect(conversation.server.receive(after) == 400)
        #expect(try conversation.server.readAll() == [])
        try conversation.server.peerEndedTransport()
        #expect(conversation.server.failure == nil)
    }

    @Test func `pitfall 16, closing during the handshake says nothing and ends it`() throws {
        let conversation = try Conversation(harbour.server, harbour.client())
        conversation.client.close()
        #expect(conversation.client.pendingCiphertext == 0)
        #expect(throws: TLSError.closed) { try conversation.client.step() }
    }

    @Test func `pitfall 17, plain text before or inside the handshake is never read as content`() throws {
        let plain = Array("17030300054f6f6f6f6f".utf8)
        let record: [UInt8] = [0x17, 3, 3, 0, 5] + Array("order".utf8)
        for injected in [record, plain, Array("GET / HTTP/1.1\r\n\r\n".utf8), [0x15, 3, 3, 0, 2, 1, 0], [UInt8](repeating: 0xff, count: 64)] {
            for isBeforeHello in [true, false] {
                let server = try TLSSession(harbour.server) { 0 }
                let client = try TLSSession(harbour.client()) { 0 }
                try client.step()
                let hello = client.takeCiphertext()
                let bytes = isBeforeHello ? injected + hello : hello + injected
                #expect(server.receive(bytes) == bytes.count)
                #expect(((try? server.readAll()) ?? []) == [])
                #expect(!server.isEstablished)
                #expect(client.receive(server.takeCiphertext()) >= 0)
                _ = try? client.readAll()
                #expect(server.receive(client.takeCiphertext()) >= 0)
                #expect(throws: TLSError.self) { try server.readAll() }
                #expect(!server.isEstablished)
            }
        }
    }

    /// OpenSSL tolerates these. They carry nothing.
    @Test func `pitfall 17, empty plain records before the hello bring no content`() throws {
        let server = try TLSSession(harbour.server) { 0 }
        let client = try TLSSession(harbour.client()) { 0 }
        try client.step()
        #expect(server.receive([0x16, 3, 1, 0, 0] + client.takeCiphertext()) > 0)
        #expect(try server.readAll() == [])
        #expect(client.receive(server.takeCiphertext()) > 0)
        #expect(try client.write([5]) == 0)
        #expect(try client.step() == .established)
        #expect(try client.write([5]) == 1)
        #expect(server.receive(client.takeCiphertext()) > 0)
        #expect(try server.readAll() == [5])
    }

    @Test func `a handshake of more than 64 KiB is refused while it arrives`() throws {
        let server = try TLSSession(harbour.server) { 0 }
        let part: [UInt8] = [0x16, 3, 1, 0x40, 0] + [UInt8](repeating: 0, count: 16_384)
        var first = part
        first[5...8] = [1, 1, 0xff, 0xff]  // a client hello of 131,071 bytes
        var taken = server.receive(first)
        #expect(throws: TLSError.self) {
            for _ in 0..<8 {
                _ = try server.step()
                taken += server.receive(part)
            }
        }
        #expect(server.failure == .handshakeTooLong)
        #expect(taken <= 6 * part.count)
    }

    @Test func `pitfall 24, the channel binding is equal on both ends, and only there`() throws {
        let one = try harbour.established()
        let other = try harbour.established()
        let make = { (session: TLSSession, label: String, context: [UInt8]) in
            try session.exportKeyingMaterial(label: label, context: context, count: 32)
        }
        let binding = try make(one.server, "EXPORTER-seamark", [1])
        #expect(binding.count == 32)
        #expect(try make(one.client, "EXPORTER-seamark", [1]) == binding)
        #expect(try make(one.client, "EXPORTER-seamark", [2]) != binding)
        #expect(try make(one.client, "EXPORTER-other", [1]) != binding)
        #expect(try make(other.client, "EXPORTER-seamark", [1]) != binding)
    }
}
