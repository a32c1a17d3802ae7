internal import SeamarkProtocol
internal import SeamarkTestSupport

/// What a relay could do that sees through a broken record layer, and holds no key: it repeats messages, lets one overtake another, drops
/// and truncates them, and says again what it heard on any connection before. It cannot sign.
///
/// Under TLS all of this ends a connection. Here it reaches the session machines, and nothing may be lost, done twice or signed for that
/// did not happen.
final class Relay {
    /// Messages of all connections so far, by the end that they went to.
    final class Memory {
        private var heard: (device: [[UInt8]], server: [[UInt8]]) = ([], [])
        private static let most = 96

        func note(_ frame: [UInt8], to end: Link.End) {
            func keep(_ frames: inout [[UInt8]]) {
                if frames.count == Self.most { frames.removeFirst(Self.most / 2) }
                frames.append(frame)
            }
            if end == .device { keep(&heard.device) } else { keep(&heard.server) }
        }

        func any(to end: Link.End, _ dice: inout SplitMix64) -> [UInt8]? {
            let frames = end == .device ? heard.device : heard.server
            return frames[safe: Int(dice.next() % UInt64(max(1, frames.count)))]
        }
    }

    private let memory: Memory
    private var kept: (device: [UInt8]?, server: [UInt8]?)

    init(_ memory: Memory) { self.memory = memory }

    /// What goes on in place of a message, in this order.
    func pass(_ frame: [UInt8], to end: Link.End, _ dice: inout SplitMix64) -> [[UInt8]] {
        memory.note(frame, to: end)
        var out: [[UInt8]]
        switch dice.next() % 100 {
        case 0..<6: out = [frame, frame]
        case 6..<14:
            if let before = keep(frame, to: end) { return [before] }
            return []
        case 14..<24: out = [memory.any(to: end, &dice) ?? frame, frame]
        case 24..<26: out = []
        case 26..<28: out = [Array(frame.prefix(1 + Int(dice.next() % UInt64(frame.count))))]
        case _: out = [frame]
        }
        if let overtaken = keep(nil, to: end) { out.append(overtaken) }
        return out
    }

    /// Keeps a message back until the next has gone by; gives out the one that was kept.
    private func keep(_ frame: [UInt8]?, to end: Link.End) -> [UInt8]? {
        defer { if end == .device { kept.device = frame } else { kept.server = frame } }
        return end == .device ? kept.device : kept.server
    }
}
