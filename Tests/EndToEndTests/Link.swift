import Foundation
import Glibc
import Synchronization

/// A line between laptops and the server that can be taken down, that can be slow, and that can stall after so many bytes: nobody closes, nothing moves.
final class Link: Sendable {
    private struct State {
        var target: UInt16
        /// Bytes that may still pass in one direction, over all connections; nil for any number.
        var upward: Int?
        var downward: Int?
        var hasStalled = false
        /// Microseconds that each piece towards the server takes.
        var pause: UInt32 = 0
        /// Bytes that have passed towards the laptops, and towards the server.
        var passedDownward = 0
        var passedUpward = 0
        var isUp = true
        var ends: [Int32] = []
    }

    let port: UInt16
    private let listener: Int32
    private let state: Mutex<State>

    init(to target: UInt16) throws {
        state = Mutex(State(target: target))
        (listener, port) = try Loopback.listen()
        Thread.detachNewThread { self.accept() }
    }

    var hasStalled: Bool { state.withLock { $0.hasStalled } }

    /// How many bytes `body` lets the server send.
    func downward(during body: () throws -> Void) rethrows -> Int {
        let before = state.withLock { $0.passedDownward }
        try body()
        return state.withLock { $0.passedDownward } - before
    }

    /// Bytes that have passed so far, both ways.
    var passed: Int { state.withLock { $0.passedUpward + $0.passedDownward } }

    /// From now on so many bytes pass towards the server, or towards the laptop; then everything stands still.
    func stall(afterUpward upward: Int? = nil, afterDownward downward: Int? = nil) {
        state.withLock { ($0.upward, $0.downward, $0.hasStalled) = (upward, downward, false) }
    }

    /// From now on each piece of 4 KiB towards the server takes so long, on whatever machine.
    func slow(microseconds: UInt32) { state.withLock { $0.pause = microseconds } }

    /// Cuts what is there and lets everything pass from now on, to the server at `target` if it has moved.
    func mend(to target: UInt16? = nil) {
        cut()
        state.withLock {
            ($0.upward, $0.downward, $0.hasStalled) = (nil, nil, false)
            if let target { $0.target = target }
        }
    }

    /// Ends every connection. The threads that carry them see it and close.
    func cut() {
        state.withLock { for end in $0.ends { shutdown(end, Int32(SHUT_RDWR)) } }
    }

    /// Takes the line down for good: who calls is refused.
    func close() {
        cut()
        state.withLock { state in
            guard state.isUp else { return }
            state.isUp = false
            // Wakes the thread that waits in accept; it closes the socket.
            shutdown(listener, Int32(SHUT_RDWR))
        }
    }

    private func accept() {
        while true {
            let near = Glibc.accept(listener, nil, nil)
            guard near >= 0 else { break }
            _ = fcntl(near, F_SETFD, FD_CLOEXEC)
            guard let far = Loopback.connect(state.withLock { $0.target }) else {
                Glibc.close(near)
                continue
            }
            state.withLock { $0.ends += [near, far] }
            // Each end is closed when both directions are done.
            let left = Countdown(2)
            for (source, sink, isUpward) in [(near, far, true), (far, near, false)] {
                Thread.detachNewThread {
                    self.carry(from: source, to: sink, isUpward)
                    guard left.down() == 0 else { return }
                    self.state.withLock { state in
                        state.ends.removeAll { $0 == near || $0 == far }
                        Glibc.close(near)
                        Glibc.close(far)
                    }
                }
            }
        }
        Glibc.close(listener)
    }

    private func carry(from source: Int32, to sink: Int32, _ isUpward: Bool) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(source, &buffer, buffer.count)
            guard count > 0 else { break }
            var passing = count
            var isStalled = false
            state.withLock { state in
                let key = isUpward ? \State.upward : \State.downward
                if let left = state[keyPath: key] {
                    passing = min(count, left)
                    state[keyPath: key] = left - passing
                    isStalled = passing < count
                }
                if isUpward { state.passedUpward += passing } else { state.passedDownward += passing }
            }
            if passing > 0, Loopback.send(Array(buffer[..<passing]), on: sink) == false { break }
            let pause = isUpward ? state.withLock { $0.pause } : 0
            if pause > 0 { usleep(pause) }
            if isStalled {
                state.withLock { $0.hasStalled = true }
                // What comes now is lost, until somebody ends the connection.
                while read(source, &buffer, buffer.count) > 0 {}
                break
            }
        }
        shutdown(source, Int32(SHUT_RDWR))
        shutdown(sink, Int32(SHUT_RDWR))
    }
}

/// A number that two threads count down.
private final class Countdown: Sendable {
    private let left: Mutex<Int>
    init(_ count: Int) { left = Mutex(count) }
    func down() -> Int {
        left.withLock {
            $0 -= 1
            return $0
        }
    }
}

/// Plain sockets on 127.0.0.1.
enum Loopback {
    /// A listening socket, and the free port that it got.
    static func listen() throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = address(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && Glibc.listen(descriptor, 16) == 0 && getsockname(descriptor, $0, &size) == 0 ? 0 : errno
            }
        }
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EADDRINUSE) }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    static func address(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    static func connect(_ port: UInt16) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = address(port)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let done = withUnsafePointer(to: &address) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(descriptor, $0, size) } }
        if done == 0 { return descriptor }
        Glibc.close(descriptor)
        return nil
    }

    static func send(_ bytes: [UInt8], on descriptor: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }
}
