import SeamarkClient
import SeamarkModel
import SeamarkProtocol

// `sync --max-bytes`: what was left, and what to do about it.
extension Sync {
    func say(_ budget: SyncRun.BudgetUse, hasMoved: Bool) {
        guard let shortfall = budget.shortfall else { return }
        Terminal.line(.init("Stopped at the limit of \(bytesInWords(budget.limit)); \(bytesInWords(budget.used)) passed. \(Self.left(budget))", .yellow))
        switch shortfall {
        case .bytes(let next):
            // Connecting takes as much again the next time, and then this.
            let needed = ByteCount(budget.used + next)
            Terminal.line(hasMoved ? "Sync again to go on." : "The next step alone needs \(bytesInWords(next)): say --max-bytes \(needed.atLeast) or more.")
        case .notInParts:
            Terminal.line("What the server may lack of an engagement, and what differs there, goes in one piece: sync once without --max-bytes.")
        }
    }

    private static func left(_ budget: SyncRun.BudgetUse) -> String {
        var parts: [String] = []
        if budget.changesLeft > 0 { parts.append("\(counted(budget.changesLeft, "change")) to send") }
        if budget.entriesLeft > 0 { parts.append("\(counted(budget.entriesLeft, "entry", "entries")) to fetch") }
        if budget.attachmentsLeft > 0 { parts.append("\(counted(budget.attachmentsLeft, "attachment")) (\(bytesInWords(budget.attachmentBytesLeft))) to hand in") }
        return parts.isEmpty ? "Only the comparison with the server is left." : "Left: \(parts.joined(separator: ", "))."
    }

    static func document(_ budget: SyncRun.BudgetUse?) -> JSONValue {
        guard let budget else { return .null }
        var next = JSONValue.null
        if case .bytes(let bytes)? = budget.shortfall { next = .integer(Int64(bytes)) }
        return .object([
            JSONMember("maxBytes", .integer(Int64(budget.limit))), JSONMember("usedBytes", .integer(Int64(budget.used))),
            JSONMember("stopped", .bool(budget.shortfall != nil)), JSONMember("nextStepBytes", next),
            JSONMember("needsWholeSync", .bool(budget.shortfall == .notInParts)),
            JSONMember("changesLeft", .integer(Int64(budget.changesLeft))), JSONMember("entriesLeft", .integer(Int64(budget.entriesLeft))),
            JSONMember("attachmentsLeft", .integer(Int64(budget.attachmentsLeft))),
            JSONMember("attachmentBytesLeft", .integer(Int64(budget.attachmentBytesLeft))),
        ])
    }
}
