internal import SeamarkJournal
internal import SeamarkProtocol
internal import Synchronization

/// Every connection there is, for limits, revocation and stopping.
///
/// Used from all event loops; its state is behind one lock, held for a few dictionary operations.
final class ConnectionRegister: Sendable {
    /// A connection that has entered the tenant's door.
    struct Guest: Hashable, Sendable {
        let tenant: ObjectIdentifier
        let device: Identifier
    }

    fileprivate struct Entry {
        let source: Source
        var guest: Guest?
        /// Tells the connection, from any thread, that something was committed in its tenant.
        let wake: @Sendable () -> Void
        /// Ends the connection from any thread, telling the device why.
        let end: @Sendable (Ending) -> Void
    }

    /// Why a connection is ended from outside.
    enum Ending: Hashable, Sendable {
        /// The server stops: finish what was received, then say goodbye.
        case stopping
        case dismissed(ServerSession.Dismissal)
        /// Now, whatever is on its way.
        case cutting
    }

    fileprivate struct State {
        var entries: [UInt64: Entry] = [:]
        var next: UInt64 = 0
        /// Those whose handshake is not finished, and where they come from. No more than `unfinishedHandshakes`.
        var arriving: [UInt64: Source] = [:]
        var sources: [Source: Int] = [:]
        var penalties = AddressPenalties()
        var guests: [Guest: Int] = [:]
        /// The connections that watch, by tenant.
        var watchers: [ObjectIdentifier: Set<UInt64>] = [:]
        var isStopping = false
        var counts = ConnectionCounts()
    }

    private let state = Mutex(State())
    private let limits: ConnectionLimits
    private let milliseconds: @Sendable () -> Int64

    /// - Parameter milliseconds: a clock that never goes back.
    init(limits: ConnectionLimits, milliseconds: @escaping @Sendable () -> Int64) {
        self.limits = limits
        self.milliseconds = milliseconds
        state.withLock { $0.penalties.loopbackCounts = limits.penalizesLoopback }
    }

    /// Takes a connection in; nil when a limit is reached, or its source is refused for what it did. Whoever gets a number gives it back with `left`.
    ///
    /// Where the limit is one of handshakes that are not finished, the newcomer is not the one to go: silence costs nothing, so that whoever wants to keep
    /// others out has them all. The oldest of the source with the most makes room.
    func entered(from source: Source, wake: @escaping @Sendable () -> Void = {}, end: @escaping @Sendable (Ending) -> Void) -> UInt64? {
        let (number, left) = state.withLock { state -> (UInt64?, Entry?) in
            guard !state.penalties.isRefused(source, at: milliseconds()) else {
                state.counts.refusedByPenalty += 1
                return (nil, nil)
            }
            var left: Entry?
            let isCrowded = state.sources[source] ?? 0 >= limits.connectionsPerAddress
            if isCrowded || state.arriving.count >= limits.unfinishedHandshakes {
                state.counts.refusedByLimit += 1
                left = state.isStopping ? nil : state.makeRoom(from: isCrowded ? source : nil)
                guard left != nil else { return (nil, nil) }
            }
            guard !state.isStopping else {
                state.counts.refusedByLimit += 1
                return (nil, nil)
            }
            state.counts.accepted += 1
            state.sources[source, default: 0] += 1
            state.next += 1
            state.arriving[state.next] = source
            state.entries[state.next] = Entry(source: source, wake: wake, end: end)
            return (state.next, left)
        }
        left?.end(.cutting)
        return number
    }

    func finishedHandshake(_ number: UInt64) {
        state.withLock { $0.finish(number) }
    }

    /// How a connection came to be a device's.
    enum Admission: Hashable, Sendable {
        case free
        /// The device's oldest connection made room for it.
        case displacing
        /// It was ended before it came so far.
        case gone
    }

    /// A connection is a device's now. Where the device has all its places, its oldest makes room: a laptop that comes anew on a line that fails
    /// has lost the others, which may look alive here for as long as silence is allowed. Nobody else's is touched.
    func admitted(_ number: UInt64, as guest: Guest) -> Admission {
        let (admission, left) = state.withLock { state -> (Admission, Entry?) in
            guard state.entries[number] != nil else { return (.gone, nil) }
            var left: Entry?
            if state.guests[guest] ?? 0 >= limits.connectionsPerDevice {
                state.counts.refusedByLimit += 1
                left = state.entries.filter { $0.value.guest == guest }.keys.min().flatMap { state.remove($0) }
            }
            state.entries[number]?.guest = guest
            state.guests[guest, default: 0] += 1
            state.counts.sessions += 1
            return (left == nil ? .free : .displacing, left)
        }
        left?.end(.cutting)
        return admission
    }

    func left(_ number: UInt64) {
        state.withLock { _ = $0.remove(number) }
    }

    var isEmpty: Bool { state.withLock { $0.entries.isEmpty } }
    var counts: ConnectionCounts { state.withLock { $0.counts } }

    func count(_ change: (inout ConnectionCounts) -> Void) { state.withLock { change(&$0.counts) } }

    /// Counts what a connection did, and makes its source owe for it. True when the source is refused from now on.
    @discardableResult
    func blame(_ number: UInt64, for offence: AddressPenalties.Offence) -> Bool {
        state.withLock { state in
            switch offence {
            case .handshake: state.counts.failedHandshakes += 1
            case .door: state.counts.refusedAtDoor += 1
            case .enrolment: state.counts.refusedEnrolments += 1
            case .frame: state.counts.badFrames += 1
            case .slow: state.counts.tooSlow += 1
            }
            guard let source = state.entries[number]?.source else { return false }
            return state.penalties.add(offence, of: source, at: milliseconds())
        }
    }

    /// The tenants that have guests, each with its guests' devices.
    func guests() -> [ObjectIdentifier: Set<Identifier>] {
        state.withLock { state in
            var found: [ObjectIdentifier: Set<Identifier>] = [:]
            for guest in state.guests.keys { found[guest.tenant, default: []].insert(guest.device) }
            return found
        }
    }

    /// The connection wants to be woken when something is committed in its tenant.
    func watches(_ number: UInt64) {
        state.withLock { state in
            guard let guest = state.entries[number]?.guest else { return }
            state.watchers[guest.tenant, default: []].insert(number)
        }
    }

    /// Wakes those who watch a tenant.
    func wake(_ tenant: ObjectIdentifier) {
        for entry in state.withLock({ state in state.watchers[tenant]?.compactMap { state.entries[$0] } ?? [] }) { entry.wake() }
    }

    /// Ends the connections of one device.
    func end(_ guest: Guest, _ ending: Ending) {
        for entry in state.withLock({ $0.entries.values.filter { $0.guest == guest } }) { entry.end(ending) }
    }

    /// Ends every connection, and takes no more.
    func endAll(_ ending: Ending) {
        let entries = state.withLock { state in
            state.isStopping = true
            return Array(state.entries.values)
        }
        for entry in entries { entry.end(ending) }
    }
}

extension ConnectionRegister.State {
    fileprivate mutating func finish(_ number: UInt64) {
        arriving[number] = nil
    }

    /// A connection is none of ours any more, and frees what it took; nil where it was none before.
    fileprivate mutating func remove(_ number: UInt64) -> ConnectionRegister.Entry? {
        finish(number)
        guard let entry = entries.removeValue(forKey: number) else { return nil }
        sources[entry.source] = Self.less(sources[entry.source])
        guard let guest = entry.guest else { return entry }
        guests[guest] = Self.less(guests[guest])
        watchers[guest.tenant]?.remove(number)
        if watchers[guest.tenant]?.isEmpty == true { watchers[guest.tenant] = nil }
        return entry
    }

    /// Takes the oldest unfinished handshake of a source out; without one named, of the source that has most. Nil where there is none.
    fileprivate mutating func makeRoom(from source: Source?) -> ConnectionRegister.Entry? {
        var counts: [Source: (count: Int, oldest: UInt64)] = [:]
        for (number, source) in arriving {
            let known = counts[source] ?? (0, number)
            counts[source] = (known.count + 1, min(known.oldest, number))
        }
        let crowd = source.map { counts[$0] } ?? counts.values.max { ($0.count, $1.oldest) < ($1.count, $0.oldest) }
        return crowd.flatMap { remove($0.oldest) }
    }

    fileprivate static func less(_ count: Int?) -> Int? {
        guard let count, count > 1 else { return nil }
        return count - 1
    }
}
