import Foundation
import Synchronization

/// A relay in front of a server: knows what passed in which direction and when, and can let it through slowly.
///
/// It sees sealed bytes alone. A flight is what goes one way before something goes the other: the first three of a connection are the handshake
/// of TLS 1.3 (hello, the server's answer, the device's certificate), since a device says nothing before the server has greeted it.
final class Relay: Sendable {
    struct Flight {
        let isToServer: Bool
        var bytes: Int
        /// When its first byte came here, and its last.
        let began: Double
        var ended: Double
    }

    /// So many bytes at a time, and a pause after each.
    struct Pace {
        let bytes: Int
        let pauseMilliseconds: UInt32
        /// At least so many go through at once before: a handshake and a greeting, for which a server does not wait so long.
        var after = 0
    }

    private struct Passage {
        var flights: [Flight] = []
        /// In how many of its two directions nothing passes any more.
        var ended = 0
    }

    static let handshakeFlights = 3

    let port: Int
    private let target: Int
    private let listener: Int32
    private let toServer: Pace?, toDevice: Pace?
    private let isSlow = Mutex(false)
    private let connections = Mutex<[Passage]>([])

    /// - Parameters: how slow each direction is once `slowDown` was called.
    init(to target: Int, toServer: Pace? = nil, toDevice: Pace? = nil) throws {
        self.target = target
        (self.toServer, self.toDevice) = (toServer, toDevice)
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.loopback(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isOpen = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, size) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &size) == 0 }
        }
        guard listener >= 0, isOpen else { throw Failure(what: "no relay: \(String(cString: strerror(errno)))") }
        self.listener = listener
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { self.accept() }
    }

    func slowDown() { isSlow.withLock { $0 = true } }

    /// Nothing new comes in; what is connected stays.
    func close() { _ = shutdown(listener, Int32(SHUT_RDWR)) }

    /// Of the newest connection, so far.
    var flights: [Flight] { connections.withLock { $0.last?.flights ?? [] } }

    /// Bytes of the newest connection behind its handshake, both ways.
    var bytesAfterHandshake: Int { flights.dropFirst(Self.handshakeFlights).reduce(0) { $0 + $1.bytes } }

    /// Waits until the newest connection is over on both sides: what a device says last may still be on its way here when it has gone on.
    func waitForTheEnd() throws {
        let begun = now()
        while connections.withLock({ ($0.last?.ended ?? 2) < 2 }) {
            guard now() - begun < 20 else { throw Failure(what: "a connection through the relay does not end") }
            usleep(500)
        }
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    private func accept() {
        while true {
            let near = Glibc.accept(listener, nil, nil)
            guard near >= 0 else { return }
            let far = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = Self.loopback(target)
            let isConnected = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(far, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
            }
            guard isConnected else {
                Glibc.close(near)
                Glibc.close(far)
                continue
            }
            for end in [near, far] {
                var on: Int32 = 1
                setsockopt(end, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
                // What a slow reader leaves must fill no room of the relay's, but that of whoever writes.
                var room: Int32 = 4096
                if toServer != nil || toDevice != nil { setsockopt(end, SOL_SOCKET, SO_RCVBUF, &room, socklen_t(MemoryLayout<Int32>.size)) }
            }
            let number = connections.withLock {
                $0.append(Passage())
                return $0.count - 1
            }
            Thread.detachNewThread { self.pass(near, far, number, isToServer: true, self.toServer) }
            Thread.detachNewThread { self.pass(far, near, number, isToServer: false, self.toDevice) }
        }
    }

    /// Until one end closes. The descriptors stay open with the process: either thread may still hold them.
    private func pass(_ source: Int32, _ sink: Int32, _ number: Int, isToServer: Bool, _ pace: Pace?) {
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        var passed = 0
        while true {
            let isHeldUp = isSlow.withLock({ $0 }) && passed >= (pace?.after ?? 0)
            let held = isHeldUp ? pace : nil
            let count = recv(source, &buffer, held?.bytes ?? buffer.count, 0)
            guard count > 0 else { break }
            passed += count
            note(count, number, isToServer: isToServer)
            var sent = 0
            while sent < count {
                let step = buffer.withUnsafeBytes { send(sink, $0.baseAddress! + sent, count - sent, Int32(MSG_NOSIGNAL)) }
                guard step > 0 else { break }
                sent += step
            }
            guard sent == count else { break }
            if let held { usleep(held.pauseMilliseconds * 1000) }
        }
        _ = shutdown(source, Int32(SHUT_RD))
        _ = shutdown(sink, Int32(SHUT_WR))
        connections.withLock { $0[number].ended += 1 }
    }

    /// Before it is handed on: what answers it is always noted later.
    private func note(_ count: Int, _ number: Int, isToServer: Bool) {
        let time = now()
        connections.withLock { connections in
            if let last = connections[number].flights.indices.last, connections[number].flights[last].isToServer == isToServer {
                connections[number].flights[last].bytes += count
                connections[number].flights[last].ended = time
            } else {
                connections[number].flights.append(Flight(isToServer: isToServer, bytes: count, began: time, ended: time))
            }
        }
    }
}
