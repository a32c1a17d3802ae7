public import SeamarkJournal
public import SeamarkModel
public import SeamarkProtocol
import SeamarkStore

/// What this device remembers of the logs that it has read: every place, the server's receipts, and what the records were at one of them.
public struct DeviceHistory {
    /// By scope, as evidence is held against it.
    public private(set) var remembered: [Identifier: EvidenceVerification.Memory] = [:]
    private var watched: [Identifier: (place: LogPlace, state: ScopeState)] = [:]
    private let device: Device

    /// Reads the whole store anew.
    ///
    /// - Parameter claim: a report that is to be held against them.
    public init(_ device: Device, for claim: ReportClaim? = nil) throws {
        self.device = device
        var logs: [Identifier: Rederivation] = [:]
        var receipts: [Identifier: [Receipt]] = [:]
        var watched: [Identifier: (place: LogPlace, state: ScopeState)] = [:]
        let primitives = device.primitives
        try device.store.forEachEvent { _, event in
            guard case .replica(let id, let event) = event else { return }
            if case .receipted(let receipt) = event { receipts[id, default: []].append(receipt) }
            var log = logs.removeValue(forKey: id) ?? Rederivation()
            log.note(event, primitives)
            if case .learnt = event, log.missing == nil, log.place.position == claim?.word(on: id)?.place.position { watched[id] = (log.place, log.state) }
            logs[id] = log
        }
        self.watched = watched
        for (id, replica) in try device.state.replicas {
            var places: [UInt64: Hash256] = [:]
            for place in logs[id]?.places ?? [] where place.position > 0 { places[place.position] = place.hash }
            var furthest: (position: UInt64, received: Int64)?
            for receipt in receipts[id] ?? [] where receipt.epoch == replica.epoch {
                places[receipt.place.position] = receipt.place.hash
                if receipt.place.position > furthest?.position ?? 0 { furthest = (receipt.place.position, receipt.received) }
            }
            remembered[id] = EvidenceVerification.Memory(epoch: replica.epoch, places: places, furthest: furthest)
        }
    }

    /// What evidence of this tenant is verified by here: the authority that the device enrolled with, and what it remembers.
    public var trust: EvidenceVerification.Trust {
        get throws {
            let state = try device.state
            let identity = state.identity
            let tools = device.tools
            return EvidenceVerification.Trust(
                authority: tools.primitives.sha256(identity.tenantAuthority.span), primitives: tools.primitives,
                isEndorsed: { message, signature, der in (try? tools.endorsement(der))?(message, signature) ?? false }, remembered: remembered,
                replacedKeys: Set(state.replacedServerKeys))
        }
    }

    /// Holds a report against the log of its engagement as this device has read it.
    public func judge(_ claim: ReportClaim) throws -> ReportClaim.Verdict {
        let state = try device.state
        guard let scope = claim.names.first(where: { state.scopes[$0]?.kind == .engagement }) else { return .ofAnotherEngagement }
        return claim.judged(
            on: scope, of: state.identity.tenant, primitives: device.primitives, isEndorsed: try device.tools.endorsement(state.identity.tenantAuthority),
            found: watched[scope])
    }
}
