import COpenSSL
@testable import SeamarkTLS
import Testing

/// The limits of a handshake as they are shipped, one below, at and one above each (the table is in `Server/THREATS.md`).
@Suite struct HandshakeLimitTests {
    private let harbour: Harbour
    init() throws { harbour = try Harbour() }

    /// A device's certificate that makes its message so many bytes long: an empty context, a list of one, no extensions (RFC 8446 section 4.4.2).
    private func device(message length: Int) throws -> TestAuthority.Issued {
        var padding = length - 1000
        // A signature's length varies by itself.
        for _ in 0..<200 {
            let issued = harbour.authorityA.issue(padding: padding)
            let difference = length - (issued.certificate.count + 9)
            if difference == 0 { return issued }
            if abs(difference) > 8 { padding += difference }
        }
        throw TLSError.unusableCertificate
    }

    @Test func `certificates of 16,384 bytes are looked at, and of one more refused at the length that the message says, before the rest of it is there`() throws {
        let limit = ConversationSettings.longestCertificateList
        #expect(limit == 16_384)
        for length in [limit - 1, limit, limit + 1] {
            let peer = RawPeer(certificate: try device(message: length))
            let server = try TLSSession(harbour.server) { 0 }
            peer.step()
            _ = server.receive(peer.take())
            _ = try server.readAll()
            peer.receive(server.takeCiphertext())
            peer.step()
            let answer = peer.take()
            // The records of the answer: a change of cipher for old middle boxes, the message's first 16 KiB, its rest with what follows.
            var ends: [Int] = []
            while (ends.last ?? 0) + 5 <= answer.count {
                let start = ends.last ?? 0
                ends.append(start + 5 + Int(answer[start + 3]) << 8 + Int(answer[start + 4]))
            }
            let first = try #require(ends.first { $0 > 16_000 })
            #expect(first < answer.count)
            _ = server.receive(Array(answer[..<first]))
            _ = try? server.readAll()
            #expect((server.failure != nil) == (length > limit), "\(length) bytes, of which 16 KiB have come: \(String(describing: server.failure))")
            _ = server.receive(Array(answer[first...]))
            _ = try? server.readAll()
            #expect(server.isEstablished == (length <= limit), "\(length) bytes: \(String(describing: server.failure))")
        }
    }

    @Test func `a handshake may take 65,536 bytes that are not enough, and not one more`() throws {
        let limit = TLSSession.longestHandshake
        #expect(limit == 65_536)
        let part: [UInt8] = [0x16, 3, 1, 0x40, 0] + [UInt8](repeating: 0, count: 16_384)
        var all = (0..<5).flatMap { _ in part }
        all[5...8] = [1, 1, 0xff, 0xff]  // a client hello of 131,071 bytes
        let server = try TLSSession(harbour.server) { 0 }
        var given = 0
        for (length, isTooLong) in [(limit - 1, false), (limit, false), (limit + 1, true)] {
            while given < length {
                let count = server.receive(Array(all[given..<length]))
                try #require(count > 0)
                given += count
            }
            if isTooLong {
                #expect(throws: TLSError.handshakeTooLong) { try server.step() }
            } else {
                #expect(try server.step() == .needsMore, "\(length) bytes")
            }
        }
        #expect(server.failure == .handshakeTooLong)
    }
}
