import Foundation
import Glibc
import Testing

@Suite(.sharedHeadquarters, .serialized) struct GarbageTests {
    @Test func `garbage on the server's port is answered by closing, and honest laptops are served by the same process`() throws {
        let headquarters = try #require(Headquarters.shared)
        let ann = try Laptop(of: "ann", at: headquarters)
        let id = try headquarters.server.id
        var numbers = SystemRandomNumberGenerator()
        let noise = (0..<20_000).map { _ in UInt8.random(in: 0...255, using: &numbers) }
        // A client hello whose record promises more than it brings, and one whose length is absurd.
        let openings: [[UInt8]] = [
            noise, Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8), [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03] + noise,
            [0x16, 0x03, 0x03, 0xff, 0xff] + noise, [0],
        ]
        for bytes in openings {
            let descriptor = try #require(Loopback.connect(headquarters.port))
            defer { close(descriptor) }
            _ = Loopback.send(bytes, on: descriptor)
            shutdown(descriptor, Int32(SHUT_WR))
            #expect(hangsUp(descriptor), "the server kept the line open after \(bytes.prefix(8))…")
        }
        for _ in 0..<20 { close(try #require(Loopback.connect(headquarters.port))) }
        for version in ["-tls1_2", "-tls1_3"] {
            let call = try headquarters.program("/usr/bin/openssl", ["s_client", "-connect", "127.0.0.1:\(headquarters.port)", version, "-quiet", "-no_ign_eof"])
            let heard = try call.finish()
            if version == "-tls1_2" { #expect(heard.error.contains("alert protocol version"), "\(heard.error)") }
        }
        try ann.must("site", "add", "name=Dayton plant")
        try ann.must("sync")
        #expect(try ann.unsent() == 0)
        #expect(try headquarters.server.status == nil && headquarters.server.id == id)
    }

    /// Reads until the other side closes; false when it has not within some seconds.
    private func hangsUp(_ descriptor: Int32) -> Bool {
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count == 0 { return true }
            if count < 0 { return errno == ECONNRESET }
        }
    }
}
