internal import SeamarkClient
internal import SeamarkJournal
internal import SeamarkProtocol
internal import SeamarkStore

// What must come to devices that watch, and must not. From outside: what the server's store says at one moment is what such a device holds
// a little later, if its link and the server's process were there all the while.
extension World {
    /// The writer's turn, a look of the server at what other processes did, four ways over a slow link, and as much again.
    private static let newsWithin: Int64 = 2000
    private static let lookEvery: Int64 = 500

    /// What a watching device must have before long.
    private struct Due {
        let machine: Machine
        let link: Link
        let life: Int
        let time: Int64
        let standing: Standing
        /// The changes that it has not sent.
        let fresh: Set<Identifier>
    }

    /// What the server's store says of a device, for whoever tells it.
    private struct Standing {
        let isTurnedAway: Bool
        let awaitsConfirmation: Bool
        let isTooOldToRead: Bool
        let isTooOldToWrite: Bool
        let places: [Identifier: LogPlace]
    }

    /// Looks at those who watch as long as there are any.
    func lookAtWatchersLater() {
        guard !looksAtWatchers else { return }
        looksAtWatchers = true
        agenda.after(Self.lookEvery) { [unowned self] in
            looksAtWatchers = false
            let watching = machines.filter { $0.sitting != nil }
            guard !watching.isEmpty else { return }
            lookAtWatchersLater()
            let due = watching.compactMap(due)
            guard !due.isEmpty else { return }
            agenda.after(Self.newsWithin) { [unowned self] in for one in due { check(one) } }
        }
    }

    /// Nil where there is nothing to expect: its link is not what it should be, it was not told anything yet, or the server is in trouble.
    private func due(_ machine: Machine) -> Due? {
        guard let sitting = machine.sitting, sitting.hasRested, let link = machine.link, link.isUp, !server.hasTrouble, !machine.disk.isDead,
            let standing = try? standing(machine), let state = try? machine.device.state
        else { return nil }
        // Own work goes up where it may.
        let open = sitting.isHeld || standing.isTooOldToWrite ? [] : state.replicas.values.filter { standing.places[$0.scope] != nil }
        return Due(
            machine: machine, link: link, life: server.life, time: agenda.now, standing: standing, fresh: Set(open.flatMap { $0.fresh.map(\.id) }))
    }

    private func standing(_ machine: Machine) throws -> Standing {
        try server.store.read { snapshot in
            let (device, identity) = (try snapshot.device(machine.seat.device), try snapshot.identity())
            let isTurnedAway = device == nil || device?.revoked != nil || device?.wipe != nil
            let waits = device?.awaitsConfirmation == true
            var places: [Identifier: LogPlace] = [:]
            if !isTurnedAway, !waits { for scope in try snapshot.scopes(ofMember: machine.seat.member) { places[scope.id] = scope.place } }
            return Standing(
                isTurnedAway: isTurnedAway, awaitsConfirmation: waits, isTooOldToRead: machine.schema < identity.leastReadSchema,
                isTooOldToWrite: machine.schema < identity.leastSchema, places: places)
        }
    }

    private func check(_ due: Due) {
        let (machine, standing) = (due.machine, due.standing)
        // A connection that is over asks for nothing: the next one greets anew, and is looked at by itself.
        guard machine.link === due.link, let sitting = machine.sitting, due.link.isUp, due.life == server.life, !server.hasTrouble, !machine.disk.isDead,
            let state = try? machine.device.state, let present = try? self.standing(machine)
        else { return }
        let who = "device \(machine.number), which watches"
        if standing.isTurnedAway { return violate(.unended, "\(who), was revoked or is to be wiped, and goes on") }
        // What headquarters took back at once nobody need have heard of.
        let isSettled = decidedAt < due.time
        if isSettled, state.awaitsConfirmation != standing.awaitsConfirmation {
            return violate(.untold, "\(who), \(standing.awaitsConfirmation ? "waits to be confirmed and does not know" : "was confirmed and does not know")")
        }
        guard !standing.awaitsConfirmation, !present.awaitsConfirmation, !machine.isToBeWiped else { return }
        for scope in state.scopeIDs where isSettled && state.scopes[scope]?.kind == .engagement && state.scopes[scope]?.isWithdrawn == false && standing.places[scope] == nil {
            violate(.untold, "\(who), does not know that its member was removed from \(scope)")
        }
        for (scope, place) in standing.places.sorted(by: { $0.key < $1.key }) where !standing.isTooOldToRead && !present.isTooOldToRead {
            guard isSettled || present.places[scope] != nil && state.replicas[scope] != nil && state.scopes[scope]?.isWithdrawn == false else { continue }
            let cursor = state.replicas[scope]?.cursor.position ?? 0
            if cursor < place.position || state.replicas[scope] == nil {
                violate(.untold, "\(who), has read to \(cursor) of scope \(scope), which had \(place.position) entries \(Self.newsWithin) ms ago")
            }
        }
        guard !sitting.isHeld, isSettled else { return }
        for replica in state.replicas.values.sorted(by: { $0.scope < $1.scope }) {
            if let kept = replica.fresh.first(where: { due.fresh.contains($0.id) }) {
                violate(.untold, "\(who), has not sent change \(kept.id) in \(Self.newsWithin) ms")
            }
        }
    }

    /// Before an answer leaves the server: may the device hear this, as the store is now? What it is read from was read in this same moment.
    func checkMayHear(_ message: Message, _ seat: Cast.Seat) {
        let scopes: [Identifier]
        switch message {
        case .entries(let entries): scopes = [entries.scope]
        case .news(let news): scopes = news.scopes.map(\.scope)
        case _: return
        }
        guard !scopes.isEmpty else { return }
        do {
            try server.store.read { snapshot in
                let device = try snapshot.device(seat.device)
                if device == nil || device?.revoked != nil { violate(.overheard, "a device of seat \(seat.letters) that is revoked was told of scope \(scopes[0])") }
                if device?.awaitsConfirmation == true { violate(.overheard, "a device of seat \(seat.letters) that waits to be confirmed was told of scope \(scopes[0])") }
                if case .entries(let entries) = message, try isAnalyst(seat.member, snapshot), try holdsValues(entries) {
                    violate(.overheard, "a device of seat \(seat.letters), whose member is an analyst, was told sensitive values of scope \(scopes[0])")
                }
                for scope in scopes where try !snapshot.isStaffed(seat.member, on: scope) {
                    violate(.overheard, "a device of seat \(seat.letters) was told of scope \(scope), on which its member is not staffed")
                }
            }
        } catch where server.hasTrouble {} catch { fault("looking who may hear something", error) }
    }
}
