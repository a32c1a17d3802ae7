import SeamarkClient
import SeamarkModel
import SeamarkStore

// What an order of headquarters to wipe this laptop leaves of a command.
extension Workplace {
    /// Carries out what is due of such an order, and throws what the person must know of it. Returns where there is none.
    ///
    /// - Parameters:
    ///   - handedIn: a sync got to its end just now.
    ///   - failure: why it did not, where that was tried.
    ///   - tell: for scripts.
    func obeyWipe(handedIn: Bool = false, after failure: (any Error)? = nil, tell: ((JSONValue) -> Void)? = nil) throws {
        try Self.obeyWipe(device, of: tenant, in: home, handedIn: handedIn, after: failure, tell: tell)
    }

    static func obeyWipe(
        _ device: Device, of tenant: String, in home: TenantHome, handedIn: Bool = false, after failure: (any Error)? = nil, tell: ((JSONValue) -> Void)? = nil
    ) throws {
        guard let order = try device.orderedWipe else { return }
        let path = home.storePath(tenant)
        device.forgetKey()
        let state = try device.state
        let unsent = state.unsentCount
        let attachments = try state.scopeIDs.reduce(0) { try $0 + device.attachmentsWaiting(in: $1).count }
        func document(wiped: Bool, isTold: Bool) -> JSONValue {
            .object([
                JSONMember("wipeOrdered", .string(CalendarDate.text(milliseconds: order.ordered))), JSONMember("wiped", .bool(wiped)), JSONMember("headquartersTold", .bool(isTold)),
                JSONMember("handedIn", .bool(handedIn || unsent == 0 && state.unknownScopes.isEmpty)), JSONMember("unsent", .integer(Int64(unsent))),
                JSONMember("attachmentsWaiting", .integer(Int64(attachments))),
            ])
        }
        guard order.isDue(state, handedIn: handedIn) else {
            tell?(document(wiped: false, isTold: false))
            throw Failure.toBeWiped(tenant, waiting: unsent, because: failure.map { Explanation($0).sentence })
        }
        let isTold = try device.wipe(at: path, stop: StopSignal.listen())
        EditorFolders.wipe(path)
        try? home.forgetChoice(of: tenant)
        tell?(document(wiped: true, isTold: isTold))
        throw Failure.wiped(tenant, lost: handedIn ? 0 : unsent, attachments: attachments, isTold: isTold)
    }
}

extension JSONOption {
    /// Prints a document, where one is wanted.
    var teller: ((JSONValue) -> Void)? { json ? { Terminal.json($0, .wipe) } : nil }
}

extension Workplace.Failure {
    /// Why what has the store open is to end, once `isLocked` says that it is.
    ///
    /// - Parameter then: what to do where the store was locked and is unlocked again.
    static func endedMeanwhile(_ store: OpenDeviceStore, of tenant: String, then: String) -> Self {
        store.isWiped ? .wipedMeanwhile(tenant: tenant) : .lockedMeanwhile(tenant: tenant, then: then)
    }

    var isWiped: Bool { if case .wiped = self { true } else { false } }
}
