internal import SeamarkClient
internal import SeamarkProtocol
internal import SeamarkTestSupport

/// One connection: two streams of bytes that arrive in order, in any pieces, until they stop. What TCP under TLS can do to frames is
/// to delay them, to cut them anywhere and to stop silently; it cannot alter, reorder or repeat them. A `Relay` can.
final class Link: SyncLine {
    enum End { case device, server }

    private let agenda: Agenda
    private let trace: Trace
    private var dice: SplitMix64
    /// Bytes that may still arrive, by the end that they go to.
    private var budget: (device: Int, server: Int)
    private let isStalling: Bool
    private let relay: Relay?
    var isHostile: Bool { relay != nil }
    /// What is said over it arrives, and soon.
    var isUp: Bool { isOpen && !isStalling && relay == nil }
    private var last: (device: Int64, server: Int64) = (0, 0)
    private var isOpen = true
    private(set) var bytesSent = 0
    private(set) var bytesReceived = 0
    /// Called before the device sends: a crash may be thrown there.
    var beforeSend: () throws -> Void = {}
    var arrived: (End, [UInt8]) -> Void = { _, _ in }
    /// What the server does with its bytes, and when the connection is over.
    var toServer: ([UInt8]) -> Void = { _ in }
    var serverEnded: () -> Void = {}
    /// Told once to each end.
    var ended: (End) -> Void = { _ in }

    init(_ agenda: Agenda, _ trace: Trace, _ dice: SplitMix64, faults: Faults, relay: Relay? = nil) {
        self.agenda = agenda
        self.trace = trace
        self.dice = dice
        self.relay = relay
        budget = (.max, .max)
        isStalling = self.dice.chance(faults.stall)
        // Most cuts fall early, where the conversation decides most.
        func cut() -> Int { self.dice.chance(faults.cut) ? 1 + Int(self.dice.next() % (1 << (4 + self.dice.next() % 11))) : .max }
        budget = (cut(), cut())
        // What a relay keeps to itself would be waited for until somebody's patience ends.
        if relay != nil { agenda.after(1000 + Int64(self.dice.next() % 8000)) { self.cut() } }
    }

    /// How long a direction that stalls stays silent before either side gives up.
    private static let patience: Int64 = 30_000

    func send(_ message: Message) throws {
        try beforeSend()
        send(message.frame, to: .server)
    }

    /// Sends a whole message.
    func send(_ frame: [UInt8], to end: End) {
        guard isOpen else { return }
        trace.note("\(agenda.now) ms:   \(end == .server ? "→" : "←") \(Self.words(frame))")
        for frame in relay?.pass(frame, to: end, &dice) ?? [frame] { pass(frame, to: end) }
    }

    /// What a message is, for whoever reads a replay.
    private static func words(_ frame: [UInt8]) -> String {
        (try? Message(payload: Array(frame.dropFirst(4)))).map { String(String(describing: $0).prefix(100)) } ?? "no message"
    }

    private func pass(_ bytes: [UInt8], to end: End) {
        trace.note(UInt64(end == .server ? 1 : 2))
        trace.note(bytes)
        if end == .server { bytesSent += bytes.count } else { bytesReceived += bytes.count }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.count > 1 && dice.chance(15) ? 1 + Int(dice.next() % UInt64(rest.count)) : rest.count
            deliver(Array(rest.prefix(count)), to: end)
            rest = rest.dropFirst(count)
        }
    }

    private func deliver(_ bytes: [UInt8], to end: End) {
        let left = end == .server ? budget.server : budget.device
        guard left > 0 else { return }
        let part = bytes.count <= left ? bytes : Array(bytes.prefix(left))
        if left != .max {
            if end == .server { budget.server = left - part.count } else { budget.device = left - part.count }
        }
        let delay = isStalling && dice.chance(20) ? Self.patience * 2 : Int64(dice.next() % 40)
        let time = max(agenda.now + delay, end == .server ? last.server : last.device)
        if end == .server { last.server = time } else { last.device = time }
        let isLast = left != .max && left - part.count == 0
        if time - agenda.now > Self.patience {
            agenda.after(Self.patience) { self.cut() }
        } else {
            agenda.after(time - agenda.now) {
                guard self.isOpen else { return }
                self.arrived(end, part)
                if isLast { self.cut() }
            }
        }
    }

    /// The connection breaks: each end learns of it, nothing more arrives.
    func cut() {
        guard isOpen else { return }
        isOpen = false
        trace.note(3)
        agenda.after(Int64(dice.next() % 5)) { self.ended(.device) }
        agenda.after(Int64(dice.next() % 5)) { self.ended(.server) }
    }

    /// The device says that nothing more comes: what it sent before still arrives.
    func close() { close(.device) }

    func close(_ end: End) {
        guard isOpen else { return }
        let time = end == .device ? last.server : last.device
        agenda.after(max(0, time - agenda.now) + 1) { self.cut() }
    }
}
