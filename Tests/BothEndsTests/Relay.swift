import Foundation
import Glibc
import Synchronization

/// A TCP relay to a server that may cut its first connection after so many bytes of the server.
final class Relay: Sendable {
    private let listener: Int32
    let port: UInt16
    private let target: UInt16
    private let state = Mutex<(cutAfter: Int?, isFirst: Bool)>((nil, true))

    init(to target: UInt16) throws {
        self.target = target
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.loopback(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, size) + Glibc.listen(listener, 16) + getsockname(listener, $0, &size) }
        }
        guard code == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [weak self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0, let self else { break }
                self.serve(client)
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// The next connection is cut after so many bytes of the server; those after it are not. Nil: none is.
    func cutNext(after bytes: Int?) { state.withLock { $0 = (bytes, true) } }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = port.bigEndian
        return address
    }

    private func serve(_ client: Int32) {
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.loopback(target)
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        let limit = state.withLock { state in
            defer { state.isFirst = false }
            return state.isFirst ? state.cutAfter : nil
        }
        let ends = Ends(client: client, server: server)
        guard code == 0 else { return ends.closeBoth() }
        Thread.detachNewThread { ends.pump(from: client, to: server, limit: nil) }
        Thread.detachNewThread { ends.pump(from: server, to: client, limit: limit) }
    }

    private final class Ends: Sendable {
        let client: Int32
        let server: Int32
        private let open = Mutex(2)

        init(client: Int32, server: Int32) { (self.client, self.server) = (client, server) }

        func closeBoth() {
            close(client)
            close(server)
        }

        /// Until either end closes, or `limit` bytes passed: then both are cut.
        func pump(from source: Int32, to sink: Int32, limit: Int?) {
            var buffer = [UInt8](repeating: 0, count: 16_384)
            var left = limit ?? .max
            while left > 0 {
                let count = recv(source, &buffer, min(buffer.count, left), 0)
                guard count > 0 else { break }
                left -= count
                var sent = 0
                while sent < count {
                    let step = buffer[sent..<count].withUnsafeBytes { send(sink, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                    guard step > 0 else { break }
                    sent += step
                }
                if sent < count { break }
            }
            if left == 0 {
                shutdown(client, Int32(SHUT_RDWR))
                shutdown(server, Int32(SHUT_RDWR))
            } else {
                shutdown(sink, Int32(SHUT_WR))
            }
            let isLast = open.withLock { open in
                open -= 1
                return open == 0
            }
            if isLast { closeBoth() }
        }
    }
}
