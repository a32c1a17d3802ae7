internal import SeamarkClient
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkStore
internal import SeamarkTestSupport

extension World {
    /// A member does something in one of the engagements that the device holds: one change of one to three edits, of few records and
    /// fields, so that people meet in them.
    func capture(_ machine: Machine, scope: Identifier?, _ dice: inout SplitMix64) throws {
        let state = try machine.device.state
        let open = state.scopeIDs.filter { state.scopes[$0]?.kind == .engagement && state.scopes[$0]?.isWithdrawn == false && state.replicas[$0] != nil }
        guard let scope = scope ?? open[safe: Int(dice.next() % UInt64(max(1, open.count)))] else { return }
        // An order to wipe ends all capturing; what no device lets its member do is not tried then.
        let isToBeWiped = try machine.device.orderedWipe != nil
        let action = nextAction()
        if mistake == .castsForeignDice { dice = SplitMix64(seed: .random(in: 0...UInt64.max)) }
        let kind = dice.next() % 100
        if kind < 8, !isToBeWiped { return try captureUnjudged(machine, scope, action, &dice, isNewer: machine.schema > Catalogue.version) }
        let record = Cast.record(Int(dice.next() % (schedule.hasPrivacy || schedule.hasMerges ? 8 : 4)), in: scope)
        try capture(record, machine, scope, action, &dice, isToBeWiped: isToBeWiped)
    }

    /// A member says something of one record, which is new or not.
    func capture(_ record: Identifier, _ machine: Machine, _ scope: Identifier, _ action: Int, _ dice: inout SplitMix64, isToBeWiped: Bool) throws {
        for _ in 0..<(mistake == .repeatsIntent ? 2 : 1) {
            do {
                var own = dice
                let change = try machine.device.capture(in: scope) { _, replica in
                    self.edits(of: record, replica, machine, action, &own)
                }
                dice = own
                if let change { noteCapture(change, by: machine.seat.device, action: action) }
                if isToBeWiped { violate(.disobeyed, "device \(machine.number) is to be wiped and takes work in") }
            } catch is Device.Refused {
                // The device says so at once, and nothing was captured.
            }
        }
    }

    /// The first four clash most; the others are for what people say, and take back, and twins of the first.
    private static let types = [
        Catalogue.seam, Catalogue.person, Catalogue.interview, Catalogue.observation, Catalogue.quote, Catalogue.person, Catalogue.quote,
        Catalogue.interview,
    ]

    private func edits(
        of record: Identifier, _ replica: Replica, _ machine: Machine, _ action: Int, _ dice: inout SplitMix64
    ) -> [Edit] {
        let state = replica.record(record)
        let type = state.flatMap { Catalogue.type($0.type) } ?? Self.types[Int(record.low % 8)]
        var salts = dice
        var editing = RecordEditing(record: record, type: type, state: state) { salts.identifier() }
        let word = Value.text("v\(action)")
        editing.create(at: machine.clock.now, handle: type.handlePrefix.map { "\($0)-\(machine.seat.letters)\(action)" })
        func set(_ key: String, _ value: Value) {
            guard let field = type.field(key: key) else { preconditionFailure("the catalogue has \(key)") }
            if let state, state.heads(of: .field(field.number)).count > 1 { editing.resolve(field, value) } else { editing.set(field, value) }
        }
        if state != nil, dice.chance(8) {
            if dice.chance(60) { editing.delete() } else { editing.restore() }
        } else {
            switch type.key {
            case "seam":
                if state == nil || dice.chance(50) { set("name", word) }
                if dice.chance(40) { set("valueStream", word) }
                if dice.chance(20) { set("aiExposed", .bool(dice.chance(50))) }
            case "person":
                if state == nil || dice.chance(20) { set("level", .int(1 + Int64(dice.next() % 3))) }
                if dice.chance(50) { set("name", word) }
                if dice.chance(50) { set("title", word) }
                if schedule.hasPrivacy, dice.chance(30) {
                    set("consent", Consent(state: dice.chance(40) ? .withdrawn : .given, scope: [.quotes], at: machine.clock.now).value)
                }
            case "quote":
                if state == nil {
                    set("interview", .id(Cast.record(dice.chance(50) ? 2 : 7, in: replica.scope)))
                    set("text", word)
                    if dice.chance(70) { set("person", .id(Cast.record(dice.chance(50) ? 1 : 5, in: replica.scope))) }
                }
                if dice.chance(50) { set("attribution", .int(1 + Int64(dice.next() % 2))) }
            case "interview":
                if dice.chance(40) { set("place", word) }
                if dice.chance(30) { set("summary", word) }
                if dice.chance(20) { set("status", .int(1 + Int64(dice.next() % 3))) }
                if let persons = type.field(key: "persons") {
                    let person = Value.id(Cast.record(Int(dice.next() % 3), in: replica.scope))
                    if dice.chance(60) { editing.add(persons, person) } else { editing.remove(persons, person) }
                }
            case _:
                if state == nil || dice.chance(60) { set("text", word) }
                if dice.chance(30) { set("place", word) }
                if state == nil, let interview = type.field(key: "interview") { editing.set(interview, .id(Cast.record(2, in: replica.scope))) }
            }
        }
        dice = salts
        return editing.edits
    }

    /// What a device would not let its member do, as an older or broken one captures it: the server refuses it, and keeps it. Or what only
    /// a newer one can say: the server does not know it, and keeps it too.
    private func captureUnjudged(_ machine: Machine, _ scope: Identifier, _ action: Int, _ dice: inout SplitMix64, isNewer: Bool) throws {
        let record = Cast.record(Int(dice.next() % 4), in: scope)
        let change = try machine.device.store.transaction { transaction -> Change? in
            guard let replica = transaction.state.replicas[scope] else { return nil }
            let state = replica.record(record)
            guard let state, let type = Catalogue.type(state.type) else { return nil }
            let names = { (target: Target) in replica.alsoSuperseded(state.heads(of: target).map(\.name)) }
            let target: Target
            let value: Value
            if isNewer {
                target = .field(900)
                value = .text("v\(action)")
            } else {
                target = .field(type.fields.first { $0.key == "name" || $0.key == "place" }?.number ?? 10)
                value = .int(Int64(action))
            }
            var clock = transaction.state.clock
            let change = Change(
                scope: scope, stamp: clock.stamp(now: machine.clock.now), member: machine.seat.member, schema: machine.schema,
                edits: [Edit(record: record, type: type.number, target: target, content: .open(value), supersedes: names(target))],
                primitives: SimulationPrimitives())
            try transaction.append(.replica(scope, .captured(change)))
            return change
        }
        if let change { noteCapture(change, by: machine.seat.device, action: action) }
    }

    /// A device that alone holds others' work begins again from nothing.
    func dropACopy() {
        guard let machine = machines.first(where: isLastHolder) else { return }
        do { machine.putBack(try DeviceDisk(of: Cast.identity(machine.seat))) } catch { fault("a mistake was planted", error) }
    }

    /// Mistakes that are made after the last round.
    func plantAtTheEnd() {
        let scope = Cast.scope(0)
        let edit = Edit(record: Cast.record(9, in: scope), type: Catalogue.seam.number, target: .field(10), content: .open(.text("planted")))
        let change = Change(
            scope: scope, stamp: Stamp(time: 1, device: Cast.author), member: Cast.author, schema: Catalogue.version, edits: [edit],
            primitives: SimulationPrimitives())
        do {
            _ = try server.store.write { try $0.author([change], in: scope, by: Cast.serverSigner, received: 1) }
        } catch { fault("a mistake was planted", error) }
        if mistake == .writesBehindTheBack { noteCapture(change, by: Cast.author, action: nextAction()) }
    }
}

extension Array {
    subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
