/// One cycle of ninety days: baseline, choose, act, prove and re-price. Days count from 1.
public struct NinetyDays: Hashable, Sendable {
    public enum Phase: String, CaseIterable, Hashable, Sendable {
        case baseline, choose, act, prove

        public var days: ClosedRange<Int> {
            switch self {
            case .baseline: 1...15
            case .choose: 16...30
            case .act: 31...75
            case .prove: 76...90
            }
        }
    }

    /// Days since 1970.
    public var start: Int64
    public var today: Int64

    public init(start: Int64, today: Int64) {
        self.start = start
        self.today = today
    }

    /// The day of the cycle: below 1 before it begins, above 90 after its end.
    public var day: Int { Int(clamping: min(CalendarDate.span(from: start, to: today), .max - 1) + 1) }
    /// Nil before the first day and after the last.
    /// Its last day.
    public var end: Int64 { start + 89 }
    public var phase: Phase? { Phase.allCases.first { $0.days.contains(day) } }
    /// Days after today that belong to the cycle, and to its phase.
    public var daysLeft: Int { min(90, max(0, 90 - max(0, day))) }
    public var daysLeftInPhase: Int? { phase.map { $0.days.upperBound - day } }
}

/// One move as the cycle takes it.
public struct MoveReading: Hashable, Sendable {
    public enum State: String, CaseIterable, Hashable, Sendable {
        case open, doing, done, dropped

        public var isOpen: Bool { self == .open || self == .doing }
    }

    public struct Check: Hashable, Sendable {
        /// Days since 1970.
        public var day: Int64
        public var isOnTrack: Bool

        public init(day: Int64, isOnTrack: Bool) {
            self.day = day
            self.isOnTrack = isOnTrack
        }
    }

    public var key: String
    public var title: String
    public var owner: String?
    public var due: Int64?
    /// The leading measure and its threshold.
    public var measure: String?
    public var threshold: String?
    /// Keys of the lines and seams that it is linked with.
    public var lines: [String]
    public var seams: [String]
    public var state: State
    public var hasEvidence: Bool
    public var completedAt: Int64?
    public var checks: [Check]

    public init(
        key: String, title: String = "", owner: String? = nil, due: Int64? = nil, measure: String? = nil, threshold: String? = nil, lines: [String] = [],
        seams: [String] = [], state: State = .open, hasEvidence: Bool = false, completedAt: Int64? = nil, checks: [Check] = []
    ) {
        self.key = key
        self.title = title
        self.owner = owner
        self.due = due
        self.measure = measure
        self.threshold = threshold
        self.lines = lines
        self.seams = seams
        self.state = state
        self.hasEvidence = hasEvidence
        self.completedAt = completedAt
        self.checks = checks
    }

    public var isLinked: Bool { !lines.isEmpty || !seams.isEmpty }

    /// Keys of the lines that it is to lower: its own, and those of `lines` that give points to a seam of its.
    func lowers(among lines: [PricedLine]) -> Set<String> {
        let atSeams = lines.filter { line in line.seamPoints.contains { $0.points > 0 && seams.contains($0.key) } }
        return Set(self.lines).union(atSeams.map(\.key))
    }

    /// Owner, due date and a linked exposure: without them the board is told nothing.
    public var isAnswerable: Bool { owner != nil && due != nil && isLinked }
    /// Answerable, with a leading measure and its threshold.
    public var isChosen: Bool { isAnswerable && measure != nil && threshold != nil }
    /// Its last two checks were both off track. Of two on one day both count, the one on track first.
    public var isAtRisk: Bool {
        guard state.isOpen else { return false }
        let last = checks.sorted { $0.day != $1.day ? $0.day < $1.day : $0.isOnTrack && !$1.isOnTrack }.suffix(2)
        return last.count == 2 && last.allSatisfy { !$0.isOnTrack }
    }
    /// Still open, and its due date is past.
    public func isOverdue(on today: Int64) -> Bool { state.isOpen && due.map { $0 < today } ?? false }
    /// Done, dated, and proven.
    public var isVerified: Bool { state == .done && completedAt != nil && hasEvidence }
}

/// Something seen to slip back.
public struct DriftReading: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Hashable, Sendable { case ownerChanged, priorityCollision, handoffDecay, capacityMoved, knowledgeThinned }
    public enum State: String, CaseIterable, Hashable, Sendable { case open, confirmed, dismissed }

    public var key: String
    public var kind: Kind
    /// The key of what drifts.
    public var object: String?
    /// Days since 1970.
    public var day: Int64
    public var severity: Int?
    public var state: State

    public init(key: String, kind: Kind, object: String? = nil, day: Int64, severity: Int? = nil, state: State = .open) {
        self.key = key
        self.kind = kind
        self.object = object
        self.day = day
        self.severity = severity
        self.state = state
    }

    /// Confirmed signals of the last fourteen days, today included, by type; the types without one are left out.
    public static func index(of signals: [DriftReading], today: Int64) -> [(kind: Kind, count: Int)] {
        Kind.allCases.map { kind in
            (kind: kind, count: signals.count { $0.kind == kind && $0.state == .confirmed && (0..<14).contains(CalendarDate.span(from: $0.day, to: today)) })
        }.filter { $0.count > 0 }
    }
}

/// What a phase must show before the next begins.
public struct ExitRule: Hashable, Sendable {
    public var phase: NinetyDays.Phase
    /// What is still missing, a sentence each; empty: the rule is met.
    public var missing: [String]

    public var isMet: Bool { missing.isEmpty }

    /// What the rules look at.
    public struct Facts: Hashable, Sendable {
        /// Domains in scope whose confidence is below 0.5, or that nobody scored.
        public var unsureDomains: [String]
        /// The share of the mean on lines of grade A or B.
        public var evidenceShare: Double
        public var isFrozen: Bool
        public var moves: [MoveReading]
        public var drift: [DriftReading]
        /// A bridge from an earlier snapshot was computed.
        public var hasBridge: Bool
        /// Keys of lines that were re-priced since; moves must be linked to some of them.
        public var repricedLines: Set<String>
        /// By the key of a move the keys of lines that it is to lower beside its own: those at its seams, and those that it was linked with before.
        public var furtherLines: [String: Set<String>]
        /// Keys of initiatives with automated decisions whose gate nobody decided.
        public var undecidedGates: [String]
        /// Days since 1970.
        public var today: Int64

        public init(
            unsureDomains: [String] = [], evidenceShare: Double = 0, isFrozen: Bool = false, moves: [MoveReading] = [], drift: [DriftReading] = [],
            hasBridge: Bool = false, repricedLines: Set<String> = [], furtherLines: [String: Set<String>] = [:], undecidedGates: [String] = [], today: Int64
        ) {
            self.unsureDomains = unsureDomains
            self.evidenceShare = evidenceShare
            self.isFrozen = isFrozen
            self.moves = moves
            self.drift = drift
            self.hasBridge = hasBridge
            self.repricedLines = repricedLines
            self.furtherLines = furtherLines
            self.undecidedGates = undecidedGates
            self.today = today
        }
    }

    public init(_ phase: NinetyDays.Phase, _ facts: Facts) {
        self.phase = phase
        var missing: [String] = []
        let moves = facts.moves.filter { $0.state != .dropped }.sorted { $0.key < $1.key }
        switch phase {
        case .baseline:
            if !facts.unsureDomains.isEmpty { missing.append("Below confidence 0.5: \(facts.unsureDomains.joined(separator: ", ")).") }
            if !Bound.reaches(facts.evidenceShare, ReportGate.leastEvidence) {
                missing.append("Only \(ReportFigures.finePercent(facts.evidenceShare)) of the mean stands on evidence of grade A or B.")
            }
            if !facts.isFrozen { missing.append("No snapshot is frozen.") }
        case .choose:
            if !(3...5).contains(moves.count) { missing.append("\(moves.count) moves are chosen; three to five are asked for.") }
            for move in moves where !move.isChosen { missing.append("\(move.key) lacks an owner, a due date, a leading measure with its threshold, or a linked exposure.") }
        case .act:
            for move in moves where move.state.isOpen {
                let last = move.checks.map(\.day).filter { $0 <= facts.today }.max()
                if last.map({ CalendarDate.span(from: $0, to: facts.today) > 7 }) ?? true { missing.append("\(move.key) was not looked at in the last seven days.") }
            }
            let waiting = facts.drift.filter { $0.state == .open && CalendarDate.span(from: $0.day, to: facts.today) > 7 }.map(\.key).sorted()
            if !waiting.isEmpty { missing.append("Drift signals that nobody confirmed or dismissed in a week: \(waiting.joined(separator: ", ")).") }
        case .prove:
            for move in moves where facts.repricedLines.isDisjoint(with: (facts.furtherLines[move.key] ?? []).union(move.lines)) {
                missing.append("\(move.key) has no re-priced line.")
            }
            if !facts.hasBridge { missing.append("No bridge from the earlier snapshot is computed.") }
            if !facts.undecidedGates.isEmpty { missing.append("Gates that nobody decided: \(facts.undecidedGates.joined(separator: ", ")).") }
        }
        self.missing = missing
    }
}
