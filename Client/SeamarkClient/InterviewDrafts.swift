import SeamarkJournal
public import SeamarkModel
import SeamarkStore

/// What sittings of one interview had begun to write, sealed in the device's store until it is a record or is given up.
///
/// Each sitting has a row of its own and takes the place of those that it took up as they were then, so that two at once do not write over each other.
public struct InterviewDrafts: Sendable {
    /// All drafts of the device together are as long as they may be. What was kept stays kept.
    public struct Full: Error {}

    /// Characters (as Unicode counts them), over all interviews.
    static let most = 2_000_000

    private let desk: InterviewDesk
    private let sitting: Int64
    /// By sitting. A row goes only while it says what was taken up: its sitting may go on beside this one.
    private var takenUp: [Int64: Value] = [:]
    /// As it was kept last.
    public private(set) var kept = InterviewDraft()

    /// - Parameter sitting: a number that no other sitting has; a random one.
    public init(_ desk: InterviewDesk, sitting: Int64) { (self.desk, self.sitting) = (desk, sitting) }

    /// Takes up what earlier sittings left, the oldest first.
    public mutating func takeUp() throws -> InterviewDraft {
        let state = try desk.device.state
        let rows = Row.all(state)
        guard !rows.isEmpty, let replica = state.replicas[desk.scope] else { return InterviewDraft() }
        let merges = Merges(replica.recordIDs.compactMap { replica.view($0) })
        let own = rows.filter { $0.scope == desk.scope && merges.survivor(of: $0.interview) == desk.interview }
        takenUp = Dictionary(own.map { ($0.sitting, $0.draft) }) { $1 }
        kept = InterviewDraft(own.flatMap { InterviewDraft($0.draft).texts })
        return kept
    }

    /// Durable when it returns; nothing is written where it is kept already. Throws `Full`, `InterviewDesk.Closed`, or what the store does.
    ///
    /// - Returns: whether another program had written meanwhile.
    public mutating func keep(_ draft: InterviewDraft) throws -> Bool {
        guard draft != kept else { return false }
        let others = try desk.device.store.transaction { transaction in
            // Nothing is added to what is about to be destroyed.
            if let closed = desk.closed(transaction.state) { throw closed }
            try transaction.append(try setting(transaction.state, draft))
            return !transaction.tail.isEmpty
        }
        kept = draft
        return others
    }

    /// Stores with it what is left of the draft once that is durable; not with what takes a change back, which touches no draft.
    public mutating func carryOut(_ write: InterviewWrite, leaving draft: InterviewDraft) throws -> InterviewReceipt {
        var isNoted = false
        let receipt = try desk.carryOut(write) { state in
            guard draft != kept, let setting = try? setting(state, draft) else { return nil }
            isNoted = true
            return setting
        }
        if isNoted { kept = draft }
        return receipt
    }

    /// How many texts wait in each interview of a scope, by what that is called.
    static func waiting(in scope: Identifier, _ state: DeviceState, _ finder: RecordFinder?) -> [(interview: String, texts: Int)] {
        var texts: [String: Int] = [:]
        for row in Row.all(state) where row.scope == scope {
            let standing = finder?.merges.survivor(of: row.interview) ?? row.interview
            texts[finder?.name(of: standing) ?? RecordFinder.short(standing), default: 0] += InterviewDraft(row.draft).texts.count
        }
        return texts.sorted { HandleOrder.precedes($0.key, $1.key) }.map { ($0.key, $0.value) }
    }

    private func setting(_ state: DeviceState, _ draft: InterviewDraft) throws -> DeviceEvent {
        var rows = Row.all(state).filter { $0.sitting != sitting && takenUp[$0.sitting] != $0.draft }
        if !draft.isEmpty {
            let length = rows.reduce(0) { $0 + InterviewDraft($1.draft).length } + draft.length
            guard length <= Self.most else { throw Full() }
            rows.append(Row(scope: desk.scope, interview: desk.interview, sitting: sitting, draft: draft.value))
        }
        return .setting(.interviewDrafts, Row.value(rows))
    }

    // MARK: - Rows

    struct Row {
        let scope: Identifier
        let interview: Identifier
        let sitting: Int64
        let draft: Value

        static func all(_ state: DeviceState) -> [Row] {
            (state.settings[.interviewDrafts]?.list ?? []).compactMap { row in
                guard let scope = row.member(1)?.id, let interview = row.member(2)?.id, let sitting = row.member(3)?.int, let draft = row.member(4) else { return nil }
                return Row(scope: scope, interview: interview, sitting: sitting, draft: draft)
            }
        }

        static func value(_ rows: [Row]) -> Value {
            rows.isEmpty
                ? .absent
                : .list(rows.map { .group([Value.Member(1, .id($0.scope)), Value.Member(2, .id($0.interview)), Value.Member(3, .int($0.sitting)), Value.Member(4, $0.draft)]) })
        }
    }
}

extension InterviewDraft {
    fileprivate var length: Int { texts.reduce(0) { $0 + $1.text.unicodeScalars.count } }
}

extension Device {
    /// Drafts of interviews with somebody who withdrew consent are destroyed, and those of engagements that this device no longer holds.
    public func forgetDrafts() throws {
        func stays(_ rows: [InterviewDrafts.Row], _ state: DeviceState) -> [InterviewDrafts.Row] {
            var withdrawals: [Identifier: Withdrawals] = [:]
            return rows.filter { row in
                guard let replica = state.replicas[row.scope] else { return false }
                let known = withdrawals[row.scope] ?? Withdrawals(replica.recordIDs.compactMap { replica.view($0) })
                withdrawals[row.scope] = known
                return !known.conceals(persons: replica.view(row.interview)?.references("persons") ?? [], interviews: [row.interview])
            }
        }
        let now = try state
        let rows = InterviewDrafts.Row.all(now)
        guard !rows.isEmpty, stays(rows, now).count < rows.count else { return }
        try store.transaction { transaction in
            let rows = InterviewDrafts.Row.all(transaction.state)
            try transaction.append(.setting(.interviewDrafts, InterviewDrafts.Row.value(stays(rows, transaction.state))))
        }
    }
}
