import ArgumentParser
import Foundation
import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkStore

/// What a shell completes: names of records of the engagement that is meant. It opens a store whose key is kept, asks nobody for anything, says nothing
/// where it may not read, and never fails.
enum HandleCompletion {
    /// A shell shows no more than people look through.
    private static let most = 500

    static func of(_ type: RecordType? = nil) -> CompletionKind {
        let number = type?.number
        return .custom { words, _, prefix in (try? names(words, prefix, number)) ?? [] }
    }

    static let nouns = CompletionKind.custom { _, _, prefix in CapturedTypes.nouns.map(\.noun).filter { $0.hasPrefix(prefix) } }

    private static func names(_ words: [String], _ prefix: String, _ type: RecordTypeNumber?) throws -> [String] {
        func option(_ name: String) -> String? { words.lastIndex(of: name).flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil } }
        let home = try TenantHome(environment: ProcessInfo.processInfo.environment)
        let store = try DeviceStore(at: home.storePath(try home.tenant(asked: option("--tenant"))))
        guard let key = try KeyHolder.key(of: try store.id) else { return [] }
        let device = Device(store: try store.unlock(storeKey: key), now: TimeText.now)
        let state = try device.state
        guard try device.orderedWipe == nil, !state.awaitsConfirmation, !device.lease(state).isOver, state.settings[.isRevoked] != .bool(true) else { return [] }
        let scopes = state.scopeIDs.filter { state.scopes[$0]?.kind == .engagement && state.scopes[$0]?.isWithdrawn == false }
        let asked = option("--engagement").map { name in scopes.first { state.replicas[$0]?.view($0)?.handle?.lowercased() == name.lowercased() } }
        let chosen = state.settings[.currentScope]?.id.flatMap { scopes.contains($0) ? $0 : nil }
        guard let scope = asked ?? chosen ?? (scopes.count == 1 ? scopes[0] : nil), let finder = RecordFinder(state, scope: scope) else { return [] }
        let names = finder.all.filter { !$0.isDeleted && (type == nil || $0.state.type == type) }.map { finder.name(of: $0.id) }
        return Array(names.filter { $0.lowercased().hasPrefix(prefix.lowercased()) }.sorted(by: HandleOrder.precedes).prefix(most))
    }
}
