/// Who connected from where and misbehaved: each offence adds time to its source, time takes it off again, and beyond a threshold the
/// source is refused until what it owes has run out. A pure machine: times are arguments.
///
/// Loopback owes nothing: behind a relay on the same machine all come from there.
///
/// The amounts are those of OpenSSH's `PerSourcePenalties` (sshd_config(5)), by what an offence says of whoever commits it.
struct AddressPenalties {
    /// Whether loopback owes like everybody. For tests.
    var loopbackCounts = false
    /// When what each owes has run out.
    private var debts: [Source: Int64] = [:]
    /// Those of them that passed the threshold.
    private var refused: Set<Source> = []

    enum Offence: CaseIterable {
        /// No handshake: garbage, a foreign or expired certificate, another version.
        case handshake
        /// A verified certificate that names no device here.
        case door
        /// An invitation or a proof that is none, or a certificate that gets no other.
        case enrolment
        /// A frame that is none, or is not expected.
        case frame
        /// Silent or dripping until it was ended.
        case slow

        var milliseconds: Int64 {
            switch self {
            case .handshake: 1_000
            case .door, .enrolment, .frame: 5_000
            case .slow: 10_000
            }
        }
    }

    /// What may be owed before anything is refused.
    static let threshold: Int64 = 15_000
    /// What is owed at most: so long a source is refused after its last offence.
    static let most: Int64 = 600_000
    /// So many sources are remembered; beyond them the one that owes least is forgotten.
    static let mostSources = 65_536

    /// Adds what an offence costs. True when the source is refused from now on and was not before.
    ///
    /// - Parameter now: milliseconds of a clock that never goes back.
    mutating func add(_ offence: Offence, of source: Source, at now: Int64) -> Bool {
        guard loopbackCounts || !source.isLoopback else { return false }
        let wasRefused = isRefused(source, at: now)
        if !wasRefused { refused.remove(source) }
        makeRoom(for: source, at: now)
        let until = min(max(debts[source] ?? now, now) + offence.milliseconds, now + Self.most)
        debts[source] = until
        if until - now >= Self.threshold { refused.insert(source) }
        return !wasRefused && refused.contains(source)
    }

    /// Refused from the moment at which the threshold is passed until nothing is owed any more.
    func isRefused(_ source: Source, at now: Int64) -> Bool {
        guard let until = debts[source], until > now else { return false }
        return refused.contains(source)
    }

    /// How many sources owe something, or did when last looked at.
    var count: Int { debts.count }

    private mutating func makeRoom(for source: Source, at now: Int64) {
        guard debts.count >= Self.mostSources, debts[source] == nil else { return }
        debts = debts.filter { $0.value > now }
        refused.formIntersection(debts.keys)
        // A flood of sources pushes out the least of them, an eighth at a time, so that making room costs little for each.
        guard debts.count >= Self.mostSources else { return }
        for (least, _) in debts.sorted(by: { $0.value < $1.value }).prefix(Self.mostSources / 8) {
            debts[least] = nil
            refused.remove(least)
        }
    }
}
