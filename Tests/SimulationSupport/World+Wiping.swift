internal import SeamarkClient
internal import SeamarkJournal
internal import SeamarkStore
internal import SeamarkTestSupport

// Laptops that headquarters orders wiped.
extension World {
    /// What `device wipe` does: the device is revoked, and the order stands, in one transaction.
    func orderWipe(_ number: Int) throws {
        let id = Cast.device(number)
        turnedAwayAt[id] = agenda.now
        try server.administer { transaction in
            let now = server.clock.now
            if try transaction.device(id)?.revoked == nil { try transaction.revokeDevice(id, at: now) }
            guard try transaction.device(id)?.wipe == nil else { return }
            try transaction.orderWipe(of: id, at: now)
        }
        counts.wipesOrdered += 1
    }

    /// A laptop's store is gone. What headquarters was said to have is there; of the rest it lost what nobody else holds, and nothing more.
    func wiped(_ machine: Machine, holding changes: Set<Identifier>, handedIn: Bool) {
        trace.note("\(agenda.now) ms: device \(machine.number) is wiped\(handedIn ? ", and has handed in" : "")")
        trace.note(UInt64(machine.number))
        machines.removeAll { $0 === machine }
        wipedMachines.append(machine)
        untoldForks = untoldForks.filter { $0.machine != machine.number }
        counts.wipes += 1
        do { if try !machine.disk.isWiped { violate(.disobeyed, "device \(machine.number) was wiped, and its key is there") } } catch { fault("a wiped device was looked at", error) }
        // A server that died in this moment is started first.
        agenda.after(0) { [unowned self] in
            let missing = living.subtracting(held())
            if let other = missing.subtracting(changes).min() { violate(.lost, "change \(other) is nowhere any more, and was on no device that was wiped") }
            let own = missing.filter { captured[$0]?.device == machine.seat.device }
            if handedIn, let lost = own.min() { violate(.lost, "device \(machine.number) was wiped when it had handed in, and change \(lost) is nowhere") }
            living.subtract(missing)
            attached = attached.filter { isHeld($0) }
        }
    }

    /// At rest nobody holds anything any more who was to be wiped.
    func checkWipes(_ snapshot: TenantSnapshot) throws {
        for machine in machines {
            if try machine.device.orderedWipe != nil { violate(.disobeyed, "device \(machine.number) knows that it is to be wiped, and is not") }
            if try snapshot.device(machine.seat.device)?.wipe != nil { violate(.disobeyed, "device \(machine.number) was ordered wiped, synced, and is not") }
        }
    }
}
