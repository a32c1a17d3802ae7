internal import ArgumentParser
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkServer
internal import SeamarkStore

struct StatusVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "What the data directory holds, and what each laptop said when it was last heard.",
        discussion: """
            For example:
              seamark-server status
              seamark-server status --json
            """)

    @OptionGroup var data: DataOption
    @Flag(help: "As JSON.") var json = false

    func run() throws {
        let office = try data.office()
        let status = try office.status()
        if json {
            return Output.json(
                .object([
                    JSONMember("data", .string(data.directory.path)), JSONMember("address", .string(status.address)),
                    JSONMember("serverName", .string(status.serverName)), JSONMember("pin", .string(status.pin.description)),
                    JSONMember("certificateUntil", Output.iso(status.certificateUntil)),
                    JSONMember("counters", status.serving.map(Self.counters) ?? .null),
                    JSONMember(
                        "tenants",
                        .array(
                            status.tenants.map {
                                .object([
                                    JSONMember("tenant", .string($0.name.text)), JSONMember("members", .integer(Int64($0.members))),
                                    JSONMember("devices", .integer(Int64($0.devices))), JSONMember("engagements", .integer(Int64($0.engagements))),
                                    JSONMember("entries", .integer(Int64(clamping: $0.entries))), JSONMember("quarantined", .integer(Int64($0.quarantined))),
                                    JSONMember("redactedValues", .integer(Int64($0.redacted))), JSONMember("barredArrivals", .integer(Int64($0.barredArrivals))),
                                    JSONMember("rollbacks", .integer(Int64($0.rollbacks))), JSONMember("copiedDevices", .integer(Int64($0.copiedDevices))),
                                    JSONMember("repairs", .integer(Int64($0.repairs))), JSONMember("disputingDevices", .array($0.disputingDevices.map(JSONValue.string))),
                                    JSONMember("unprovenDevices", .array($0.unprovenDevices.map(JSONValue.string))),
                                    JSONMember("reusedInvitations", .array($0.reusedInvitations.map(JSONValue.string))),
                                    JSONMember("unknownEngagements", .array($0.unknownEngagements.map(JSONValue.string))),
                                    JSONMember("unknownDevices", .array($0.unknownDevices.map(JSONValue.string))),
                                    JSONMember("waitingDevices", .array($0.waitingDevices.map(JSONValue.string))),
                                    JSONMember("leastReadSchema", $0.leastSchemas.map { .integer(Int64($0.read)) } ?? .null), JSONMember("leastWriteSchema", $0.leastSchemas.map { .integer(Int64($0.write)) } ?? .null),
                                    JSONMember("damage", $0.damage.map { .string($0) } ?? .null),
                                    JSONMember("damageProblem", $0.damageProblem.map { .integer(Int64($0)) } ?? .null), JSONMember("refusedBundles", .integer(Int64($0.refusedBundles))),
                                    JSONMember("scopes", .array($0.scopes.map(Self.scope))), JSONMember("deviceList", Self.deviceList($0)),
                                ])
                            })),
                ]), .status)
        }
        print("Data directory \(Output.shown(data.directory.path)), reached as \(status.address).")
        print("Server certificate valid until \(Output.time(status.certificateUntil)); a running server renews it by itself.")
        if let serving = status.serving {
            let counts = serving.counts
            print("Since \(Output.time(serving.began)), as noted \(Output.time(serving.noted)): \(counts.accepted) connections, \(counts.sessions) of devices.")
            for line in Self.troubles(counts) { print("  " + line) }
        }
        Output.table(
            ["tenant", "members", "devices", "engagements", "entries", "in quarantine"],
            status.tenants.map { [$0.name.text, "\($0.members)", "\($0.devices)", "\($0.engagements)", "\($0.entries)", "\($0.quarantined)"] },
            empty: "There are no tenants.")
        let atWork = status.tenants.flatMap { tenant in tenant.each.filter { $0.device.revoked == nil }.map { (tenant.name.text, $0) } }
        if !atWork.isEmpty {
            print("")
            let isRight = atWork.allSatisfy { $0.1.device.contact.map { DeviceText.clock($0.skew) == DeviceText.clock(0) } ?? true }
            // On a narrow terminal: the only tenant stands above, and clocks that are right need no column.
            let spare: [Int] = (status.tenants.count == 1 ? [0] : []) + [7] + (isRight ? [6] : [])
            Output.table(
                ["tenant", "device", "member", "heard", "unsent", "quarantine", "clock", "software", "state"],
                atWork.map { tenant, item in
                    let contact = item.device.contact
                    return [
                        tenant, item.device.letters, item.member, contact.map { Output.time($0.time) } ?? "never", contact.map { "\($0.unsent)" } ?? "-",
                        "\(item.quarantined)", contact.map { DeviceText.clock($0.skew) } ?? "-", contact.map { Self.software($0.version) } ?? "-", Self.state(item),
                    ]
                }, empty: "", spare: spare)
            print("unsent: changes, as each laptop said when it was heard.")
            print("")
        }
        for tenant in status.tenants where tenant.redacted > 0 {
            print("\(tenant.name.text): \(tenant.redacted) redacted \(tenant.redacted == 1 ? "value" : "values")\(tenant.barredArrivals == 0 ? "" : "; one was brought again, and not kept, \(tenant.barredArrivals == 1 ? "once" : "\(tenant.barredArrivals) times")").")
        }
        for tenant in status.tenants {
            for item in tenant.each {
                for unsent in item.unsent {
                    if let words = Self.words(unsent, of: item) { print("\(tenant.name.text): \(words)") }
                }
                if let missing = tenant.attachmentsMissing[item.device.id] { print("\(tenant.name.text): \(Self.words(missing, of: item))") }
            }
            if let damage = tenant.damage {
                print("ALARM \(tenant.name.text): its database cannot be read (\(damage)). The others are served; its devices are turned away (\(tenant.damageProblem ?? 0)) and keep their work. Stop the server, then: seamark-server restore BACKUP.")
            }
            if tenant.refusedBundles > 0 {
                print("\(tenant.name.text): \(tenant.refusedBundles == 1 ? "one bundle was" : "\(tenant.refusedBundles) bundles were") refused whole; seamark-server audit list says when, and with which number.")
            }
            if tenant.rollbacks > 0 {
                print("ALARM \(tenant.name.text): its store was put back to an older copy \(tenant.rollbacks == 1 ? "once" : "\(tenant.rollbacks) times") without a restore command. Devices hand in what it lost when they sync.")
            }
            if tenant.copiedDevices > 0 {
                print("ALARM \(tenant.name.text): \(tenant.copiedDevices == 1 ? "one device works" : "\(tenant.copiedDevices) devices work") from two copies of its store; see seamark-server device list.")
            }
            if tenant.repairs > 0 {
                print("ALARM \(tenant.name.text): records were not what the log says \(tenant.repairs == 1 ? "once" : "\(tenant.repairs) times"), as a device found out; they were computed anew. See seamark-server audit list, check the disk, and run seamark-server verify.")
            }
            if !tenant.disputingDevices.isEmpty {
                print("ALARM \(tenant.name.text): \(Self.devices(tenant.disputingDevices)) \(tenant.disputingDevices.count == 1 ? "computes" : "compute") other records from the same log than this server: one of the programs is wrong. Update both.")
            }
            if !tenant.unprovenDevices.isEmpty {
                print("ALARM \(tenant.name.text): \(Self.devices(tenant.unprovenDevices)) said to have read what the log does not hold, and proved nothing. Nothing was done about it; if a backup was put back by hand, see seamark-server restore.")
            }
            if !tenant.reusedInvitations.isEmpty {
                print("ALARM \(tenant.name.text): somebody tried the \(tenant.reusedInvitations.count == 1 ? "invitation" : "invitations") of \(Self.devices(tenant.reusedInvitations)) once more. Ask who holds \(tenant.reusedInvitations.count == 1 ? "it" : "them"); if not whom it was made for, see seamark-server device revoke.")
            }
            if !tenant.unknownEngagements.isEmpty {
                print("ALARM \(tenant.name.text): laptops hold receipted work of \(tenant.unknownEngagements.count == 1 ? "an engagement" : "engagements") that this store does not know (\(tenant.unknownEngagements.joined(separator: ", "))): it was put back to an older copy. Let nobody wipe those laptops. A backup from after the \(tenant.unknownEngagements.count == 1 ? "engagement" : "engagements") began brings \(tenant.unknownEngagements.count == 1 ? "it" : "them") back: seamark-server restore; where there is none, seamark-server engagement adopt does.")
            }
            if !tenant.unknownDevices.isEmpty {
                print("ALARM \(tenant.name.text): \(Self.devices(tenant.unknownDevices)) came with a certificate of this tenant, and this store does not know \(tenant.unknownDevices.count == 1 ? "it" : "them"): it was put back to an older copy. Let nobody wipe \(tenant.unknownDevices.count == 1 ? "it" : "them"), and ask \(tenant.unknownDevices.count == 1 ? "its member" : "their members"). A backup from after the enrolment brings \(tenant.unknownDevices.count == 1 ? "it" : "them") back: seamark-server restore; where there is none, seamark-server device adopt does.")
            }
            if !tenant.waitingDevices.isEmpty {
                print("\(tenant.name.text): \(Self.devices(tenant.waitingDevices)) \(tenant.waitingDevices.count == 1 ? "waits" : "wait") to be confirmed; see seamark-server device confirm.")
            }
            if let least = tenant.leastSchemas, least.read > 1 || least.write > 1 {
                print("\(tenant.name.text): programs that know schema \(least.read) or later may read, those that know \(least.write) or later may write.")
            }
        }
    }

    /// What a laptop holds of an engagement and headquarters does not, as its last word was, less what has come in since.
    private static func words(_ unsent: TenantOffice.Device.Unsent, of item: TenantOffice.Device) -> String? {
        guard let words = DeviceText.words(unsent.work), let heard = item.device.contact?.time else { return nil }
        return "\(name(of: item)) has yet to hand in \(words) of \(Output.shown(unsent.engagement)), as it said \(Output.time(heard))."
    }

    private static func name(of item: TenantOffice.Device) -> String { "device \(item.device.letters) (\(item.member)\(item.device.revoked == nil ? "" : ", revoked"))" }

    /// What is missing here, and on whose laptop it is.
    private static func words(_ missing: AttachmentsMissing, of item: TenantOffice.Device) -> String {
        let (what, oldest) = missing.count == 1 ? ("1 attachment", "named") : ("\(missing.count) attachments", "the oldest named")
        return "\(what) (\(DeviceText.size(Int64(missing.bytes)))) of \(name(of: item)) \(missing.count == 1 ? "is" : "are") not here yet\(missing.oldest.map { ", \(oldest) \(Output.time($0))" } ?? "")."
    }

    /// Of this software only which version it is.
    private static func software(_ version: String) -> String { version.hasPrefix("seamark ") ? String(version.dropFirst(8)) : version }

    /// In a word: since when a device waits says `device list`.
    private static func state(_ item: TenantOffice.Device) -> String {
        item.device.awaitsConfirmation ? "WAITS" : DeviceText.state(item)
    }

    /// What was turned away or went wrong at the listener, by where; what never happened is left out.
    private static func troubles(_ counts: ConnectionCounts) -> [String] {
        let groups: [(String, [(Int, String)])] = [
            ("At the door", [
                (counts.failedHandshakes, "failed handshakes (garbage, foreign or expired certificates)"), (counts.refusedAtDoor, "unknown devices"), (counts.refusedByLimit, "over a limit"),
                (counts.refusedByPenalty, "from addresses that had misbehaved"), (counts.refusedEnrolments, "refused enrolments and renewals"),
            ]),
            ("Of connections", [
                (counts.badFrames, "bad frames"), (counts.refusedPushes, "refused blocks"), (counts.refusedReads, "refused reads"), (counts.unprovenClaims, "unproven claims"),
                (counts.refusedDonations, "refused donations"), (counts.tooSlow, "too slow"), (counts.cutOff, "cut off"),
            ]),
            ("Of attachments", [(counts.refusedAttachments, "refused"), (counts.mismatchedAttachments, "that did not match their hash")]),
            ("Here", [(counts.damagedStores, "of devices whose database is damaged"), (counts.faults, "faults of the server")]),
        ]
        var lines: [String] = []
        for group in groups {
            let said = group.1.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
            if !said.isEmpty { lines.append("\(group.0): \(said.joined(separator: ", ")).") }
        }
        return lines.isEmpty ? ["Nothing was refused or went wrong."] : lines
    }

    private static func deviceList(_ tenant: Office.TenantStatus) -> JSONValue {
        .array(tenant.each.map { item in
            let missing = tenant.attachmentsMissing[item.device.id] ?? AttachmentsMissing()
            return .object((DeviceText.document(item).members ?? []) + [
                JSONMember("attachmentsMissing", .integer(Int64(missing.count))), JSONMember("attachmentBytesMissing", .integer(Int64(missing.bytes))),
                JSONMember("oldestAttachmentMissing", Output.iso(missing.oldest)),
            ])
        })
    }

    private static func scope(_ scope: TenantScope) -> JSONValue {
        .object([
            JSONMember("id", .string(scope.id.description)), JSONMember("kind", .string("\(scope.kind)")),
            JSONMember("position", .integer(Int64(clamping: scope.place.position))), JSONMember("logHash", .string(scope.place.hash.description)),
            JSONMember("digest", .string(scope.digest.description)),
        ])
    }

    private static func devices(_ letters: [String]) -> String {
        (letters.count == 1 ? "device " : "devices ") + letters.joined(separator: ", ")
    }

    private static func counters(_ note: ServingNote) -> JSONValue {
        let counts = note.counts
        let numbers = [
            ("accepted", counts.accepted), ("sessions", counts.sessions), ("failedHandshakes", counts.failedHandshakes), ("refusedAtDoor", counts.refusedAtDoor),
            ("refusedByLimit", counts.refusedByLimit), ("refusedByPenalty", counts.refusedByPenalty), ("badFrames", counts.badFrames), ("refusedPushes", counts.refusedPushes), ("refusedReads", counts.refusedReads), ("refusedDonations", counts.refusedDonations), ("unprovenClaims", counts.unprovenClaims),
            ("attachments", counts.attachments), ("refusedAttachments", counts.refusedAttachments), ("mismatchedAttachments", counts.mismatchedAttachments), ("tooSlow", counts.tooSlow), ("cutOff", counts.cutOff),
            ("enrolments", counts.enrolments), ("renewals", counts.renewals), ("refusedEnrolments", counts.refusedEnrolments), ("pushes", counts.pushes), ("damagedStores", counts.damagedStores), ("faults", counts.faults),
        ]
        return .object(
            [JSONMember("began", Output.iso(note.began)), JSONMember("noted", Output.iso(note.noted))]
                + numbers.map { JSONMember($0.0, .integer(Int64($0.1))) })
    }
}
