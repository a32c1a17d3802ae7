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

    /// The tenants on this laptop; locked ones too.
    static let tenants = CompletionKind.custom { _, _, prefix in
        fitting((try? TenantHome(environment: ProcessInfo.processInfo.environment).tenants()) ?? [], prefix)
    }

    static let engagements = CompletionKind.custom { words, _, prefix in
        guard let (state, scopes) = try? open(words) else { return [] }
        return fitting(scopes.compactMap { state.replicas[$0]?.view($0)?.handle }, prefix)
    }

    /// The engagement after a tenant, as `use` takes the two.
    static let engagementsOfTenant = CompletionKind.custom { words, _, prefix in
        let named = words.firstIndex(of: "use").flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
        guard let (state, scopes) = try? open(named.map { ["--tenant", $0] } ?? words) else { return [] }
        return fitting(scopes.compactMap { state.replicas[$0]?.view($0)?.handle }, prefix)
    }

    /// Who captures: members, and contributors of the engagement.
    static let people = CompletionKind.custom { words, _, prefix in
        guard let finder = try? finder(words) else { return [] }
        let people = finder.directory.filter { $0.type === Catalogue.member } + finder.all.filter { !$0.isDeleted && $0.type === Catalogue.contributor }
        return fitting(["me"] + people.compactMap(\.handle), prefix)
    }

    /// Questionnaires by their handles and, as people call them, by the keys of those that are asked.
    static let questionnaires = CompletionKind.custom { words, _, prefix in
        let held = (try? finder(words))?.questionnaires ?? []
        return fitting(held.map(\.handle) + Set(held.filter { !$0.isRetired }.map(\.key)), prefix)
    }

    /// What a file may be attached to: records that name their evidence, and rows of evidence that wait for their bytes.
    static let evidenceHolders = CompletionKind.custom { words, _, prefix in
        guard let finder = try? finder(words) else { return [] }
        let open = finder.all.filter { record in
            guard !record.isDeleted else { return false }
            return record.type === Catalogue.evidence ? record.value("sha256") == nil : record.type?.field(key: "evidence") != nil
        }
        return fitting(open.map { finder.name(of: $0.id) }, prefix)
    }

    /// What is published for a client viewer.
    static let publications = CompletionKind.custom { words, _, prefix in
        guard let (state, _) = try? open(words) else { return [] }
        return fitting(PublishedReports(state).standing.map(\.handle), prefix)
    }

    private static func names(_ words: [String], _ prefix: String, _ type: RecordTypeNumber?) throws -> [String] {
        guard let finder = try finder(words) else { return [] }
        return fitting(finder.all.filter { !$0.isDeleted && (type == nil || $0.state.type == type) }.map { finder.name(of: $0.id) }, prefix)
    }

    /// What may be named of these types: a person who captures too, where one is meant.
    static func names(of types: [RecordTypeNumber], _ words: [String]) -> [String] {
        guard let finder = try? finder(words) else { return [] }
        return (types.contains(Catalogue.member.number) ? ["me"] + finder.directory.filter { $0.type === Catalogue.member }.compactMap(\.handle) : [])
            + finder.all.filter { !$0.isDeleted && types.contains($0.state.type) }.map { finder.name(of: $0.id) }
    }

    /// What the engagement's instrument asks.
    static func questions(_ words: [String]) -> [String] { (try? finder(words))?.instrument.domains.flatMap(\.questions).map(\.id) ?? [] }

    /// The fields of the record behind `resolve` that are in conflict.
    static let conflictFields = CompletionKind.custom { words, _, prefix in
        guard let verb = words.firstIndex(of: "resolve"), verb + 1 < words.count, let finder = try? finder(words), let record = try? finder.record(words[verb + 1]) else { return [] }
        return fitting(finder.conflicts.filter { $0.record.id == record.id }.compactMap { $0.field?.key }, prefix)
    }

    static func fitting(_ names: [String], _ prefix: String) -> [String] {
        Array(names.filter { $0.lowercased().hasPrefix(prefix.lowercased()) }.sorted(by: HandleOrder.precedes).prefix(most))
    }

    private static func option(_ name: String, _ words: [String]) -> String? { words.lastIndex(of: name).flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil } }

    /// What may be shown of the tenant that is meant: its state, and the engagements.
    private static func open(_ words: [String]) throws -> (DeviceState, [Identifier])? {
        let home = try TenantHome(environment: ProcessInfo.processInfo.environment)
        let store = try DeviceStore(at: home.storePath(try home.tenant(asked: option("--tenant", words))))
        guard let key = try KeyHolder.key(of: try store.id) else { return nil }
        let device = Device(store: try store.unlock(storeKey: key), now: TimeText.now)
        let state = try device.state
        guard try device.orderedWipe == nil, !state.awaitsConfirmation, !device.lease(state).isOver, state.settings[.isRevoked] != .bool(true) else { return nil }
        return (state, state.scopeIDs.filter { state.scopes[$0]?.kind == .engagement && state.scopes[$0]?.isWithdrawn == false })
    }

    /// Nil where nothing may be shown, or nobody can tell which engagement is meant.
    static func finder(_ words: [String]) throws -> RecordFinder? {
        guard let (state, scopes) = try open(words) else { return nil }
        let asked = option("--engagement", words).map { name in scopes.first { state.replicas[$0]?.view($0)?.handle?.lowercased() == name.lowercased() } }
        let chosen = state.settings[.currentScope]?.id.flatMap { scopes.contains($0) ? $0 : nil }
        guard let scope = asked ?? chosen ?? (scopes.count == 1 ? scopes[0] : nil) else { return nil }
        return RecordFinder(state, scope: scope)
    }
}
