internal import SeamarkClient
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkStore
internal import SeamarkTestSupport

/// Bytes that a member attached to an engagement.
struct Attached: Hashable, Comparable {
    let scope: Identifier
    let attachment: Attachment

    static func < (left: Attached, right: Attached) -> Bool {
        (left.scope, left.attachment.hash) < (right.scope, right.attachment.hash)
    }
}

extension World {
    /// A member attaches some bytes, as `Device.attach` does: they are on the device first, then the row that names them.
    func attach(_ machine: Machine, _ dice: inout SplitMix64) throws {
        let state = try machine.device.state
        let open = state.scopeIDs.filter { state.scopes[$0]?.kind == .engagement && state.scopes[$0]?.isWithdrawn == false && state.replicas[$0] != nil }
        guard let shelf = try machine.device.store.attachments(), let scope = open[safe: Int(dice.next() % UInt64(max(1, open.count)))] else { return }
        // Few contents, so that people attach the same; up to three chunks.
        let content = dice.next() % 12
        let bytes = [UInt8](repeating: UInt8(content), count: [100, 70_000, 40, 140_000][Int(content % 4)])
        guard let attachment = Attachment(hash: SimulationPrimitives().sha256(bytes.span), size: Int64(bytes.count)) else { return }
        let (action, record) = (nextAction(), dice.identifier())
        let wasHere = try shelf.holds(attachment, in: scope)
        if !wasHere {
            var rest = bytes[...]
            _ = try shelf.add(attachment, to: scope) { count in
                defer { rest = rest.dropFirst(count) }
                return Array(rest.prefix(count))
            }
        }
        do {
            let change = try machine.device.capture(in: scope) { _, _ in
                var editing = RecordEditing(record: record, type: Catalogue.evidence, state: nil) { .zero }
                editing.create(at: machine.clock.now, handle: "EV-\(machine.seat.letters)\(action)")
                for (key, value) in [
                    ("kind", Value.int(1)), ("title", .text("v\(action)")), ("sha256", .bytes(attachment.hash.bytes)),
                    ("size", .int(Int64(attachment.size))),
                ] {
                    guard let field = Catalogue.evidence.field(key: key) else { preconditionFailure("the catalogue has \(key)") }
                    editing.set(field, value)
                }
                return editing.edits
            }
            guard let change else { return }
            noteCapture(change, by: machine.seat.device, action: action)
            attached.insert(Attached(scope: scope, attachment: attachment))
            counts.attachments += 1
        } catch is Device.Refused {
            // The member was removed meanwhile, or may not.
            if !wasHere { try shelf.remove(attachment, from: scope) }
        }
    }

    /// A sync that fetches what the device does not hold.
    func fetch(_ machine: Machine, _ dice: inout SplitMix64) throws {
        var wanted = SyncRun.Attachments()
        for scope in try machine.device.state.scopeIDs {
            for one in try machine.device.attachments(in: scope) where !one.isHere { wanted.fetches.append((scope, one.record.id, one.attachment)) }
        }
        try machine.sync(&dice, faults: schedule.faults, over: relay(&dice), attachments: wanted)
        counts.syncs += 1
    }

    /// A member frees the space of all that the newest backup holds, as far as the device knows.
    func evict(_ machine: Machine) throws {
        let state = try machine.device.state
        for scope in state.scopeIDs {
            let (backup, epoch) = try server.store.read { try ($0.backedUp(scope), $0.identity().epoch) }
            guard state.replicas[scope]?.epoch == epoch else { continue }
            // Each is offered again first; what the server lacks gets no receipt then.
            let here = try machine.device.attachments(in: scope).filter { one in
                try one.isHere && server.holds(Attached(scope: scope, attachment: one.attachment))
            }
            let said = SyncRun.AttachmentBackups(epoch: epoch, times: [scope: backup.attachmentsTime])
            for (one, result) in zip(here, try machine.device.evict(here, said)) where result == .evicted {
                counts.evictions += 1
                evicted.insert(Attached(scope: scope, attachment: one.attachment))
            }
        }
    }

    /// A mistake: bytes that only one device holds are removed.
    func loseBytes() {
        do {
            for one in attached.sorted() where try !server.holds(one) {
                for machine in machines { try machine.device.store.attachments()?.remove(one.attachment, from: one.scope) }
            }
        } catch { fault("a mistake was planted", error) }
    }

    // MARK: Checks

    /// What of it lies on a device.
    func attachments(on machine: Machine) throws -> [Attached] {
        guard schedule.hasAttachments, let shelf = try machine.device.store.attachments() else { return [] }
        return try machine.disk.looking { try attached.sorted().filter { try shelf.has($0.attachment, in: $0.scope) } }
    }

    /// Is it whole somewhere?
    func isHeld(_ one: Attached) -> Bool {
        do {
            for machine in machines {
                if try machine.disk.looking({ try machine.device.store.attachments()?.has(one.attachment, in: one.scope) }) == true { return true }
            }
            return try server.holds(one)
        } catch {
            fault("looking for an attachment", error)
            return true
        }
    }

    func checkNoAttachmentLost() {
        for one in attached.sorted() where !isHeld(one) { violate(.lost, "attachment \(one.attachment.hash) is nowhere any more") }
    }

    // What the server said that it holds.

    func noteAcknowledged(_ receipt: AttachmentReceipt) { acknowledged.insert(Attached(scope: receipt.scope, attachment: receipt.attachment)) }

    /// Somebody put the server back: what it said since is forgotten.
    func keepAcknowledged() {
        do { acknowledged = try acknowledged.filter { try server.gives($0) } } catch { fault("looking for attachments", error) }
    }

    /// What has a receipt can be read, byte for byte, whatever the power took.
    func checkAcknowledgedAttachments() {
        do {
            for one in acknowledged.sorted() where try !server.gives(one) {
                violate(.lost, "the server gave a receipt for attachment \(one.attachment.hash) and cannot give it out")
            }
        } catch { fault("reading attachments", error) }
    }

    /// At rest headquarters holds what a staffed device holds and an accepted row names. A row in quarantine gives its bytes no right to
    /// be handed in.
    func checkAttachments() throws {
        checkNoAttachmentLost()
        checkAcknowledgedAttachments()
        for machine in machines {
            let open = try server.store.read { snapshot in
                guard try snapshot.device(machine.seat.device)?.revoked == nil, try !isAnalyst(machine.seat.member, snapshot) else { return [Identifier]() }
                return try scopes.filter { try snapshot.isStaffed(machine.seat.member, on: $0) }
            }
            for scope in open {
                // A row that was deleted may be restored: its bytes are handed in like others.
                for one in try machine.device.attachments(in: scope).filter(\.isHere) + machine.device.attachmentsThatWait(in: scope) {
                    let row = try server.store.read { try $0.record(one.record.id, in: scope) }.map { RecordView(id: one.record.id, state: $0) }
                    if row?.attachments.contains(one.attachment) == true, try !server.holds(Attached(scope: scope, attachment: one.attachment)) {
                        violate(.unsent, "device \(machine.number): headquarters lacks the attachment of \(one.record.id), which is here")
                    }
                }
            }
        }
    }
}
