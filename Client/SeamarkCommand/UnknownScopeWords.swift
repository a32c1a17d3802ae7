import SeamarkClient
import SeamarkJournal
import SeamarkModel

/// What is said of an engagement that the server does not know any more: nothing of it is with headquarters, whatever got a receipt once.
enum UnknownScopeWords {
    /// - Parameters:
    ///   - what: "the engagement baseline", "this engagement".
    ///   - receipted: changes that headquarters had.
    ///   - waiting: changes without a receipt.
    static func sentence(_ what: String, receipted: Int, waiting: Int) -> String {
        let parts = [
            receipted > 0 ? "\(counted(receipted, "change")) that it had" : nil, waiting > 0 ? "\(counted(waiting, "change")) without a receipt" : nil,
        ].compactMap(\.self)
        let held = parts.isEmpty ? "What is here of it stays" : "\(parts.joined(separator: " and ")) \(receipted + waiting == 1 ? "stays" : "stay")"
        return "Headquarters does not know \(what) any more. \(held) on this laptop. Do not wipe it, and tell headquarters."
    }

    static func sentence(_ standing: EngagementStanding) -> String {
        sentence("this engagement", receipted: standing.replica.changesOnceReceipted, waiting: standing.unsent)
    }

    /// By its name, where there is no line above that says it. Nil where nothing of it is here.
    static func sentence(of scope: Identifier, _ replicas: [Identifier: Replica]) -> String? {
        guard let replica = replicas[scope] else { return nil }
        let name = replica.view(scope)?.handle ?? RecordFinder.short(scope)
        return sentence("the engagement \(name)", receipted: replica.changesOnceReceipted, waiting: replica.unsentCount)
    }
}
