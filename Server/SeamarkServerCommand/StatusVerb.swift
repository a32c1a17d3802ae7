internal import ArgumentParser
internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkServer

struct StatusVerb: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "status", abstract: "What the data directory holds, and until when its certificate is valid.")

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
                    JSONMember("certificateUntil", .integer(status.certificateUntil)),
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
                                    JSONMember("damage", $0.damage.map { .string($0) } ?? .null),
                                ])
                            })),
                ]))
        }
        print("Data directory \(data.directory.path), reached as \(status.address).")
        print("Server certificate valid until \(Output.time(status.certificateUntil)); a running server renews it by itself.")
        if let serving = status.serving {
            let counts = serving.counts
            print(
                "Since \(Output.time(serving.began)), as noted \(Output.time(serving.noted)): \(counts.accepted) connections, \(counts.sessions) of devices; "
                    + "\(counts.failedHandshakes) failed handshakes (garbage, foreign or expired certificates), \(counts.refusedAtDoor) unknown devices, "
                    + "\(counts.refusedByLimit) over a limit, \(counts.badFrames) bad frames, \(counts.refusedPushes) refused blocks, \(counts.tooSlow) too slow, \(counts.cutOff) cut off, "
                    + "\(counts.refusedEnrolments) refused enrolments, \(counts.faults) faults of the server.")
        }
        Output.table(
            ["tenant", "members", "devices", "engagements", "entries", "in quarantine"],
            status.tenants.map { [$0.name.text, "\($0.members)", "\($0.devices)", "\($0.engagements)", "\($0.entries)", "\($0.quarantined)"] },
            empty: "There are no tenants.")
        for tenant in status.tenants where tenant.redacted > 0 {
            print("\(tenant.name.text): \(tenant.redacted) redacted values; one of them was brought again, and not kept, \(tenant.barredArrivals) times.")
        }
        for tenant in status.tenants {
            if let damage = tenant.damage {
                print("ALARM \(tenant.name.text): its database cannot be read (\(damage)). The others are served; its devices are turned away and keep their work. Stop the server, then: seamark-server restore BACKUP.")
            }
            if tenant.rollbacks > 0 {
                print("ALARM \(tenant.name.text): its store was put back to an older copy \(tenant.rollbacks == 1 ? "once" : "\(tenant.rollbacks) times") without a restore command. Devices hand in what it lost when they sync.")
            }
            if tenant.copiedDevices > 0 {
                print("ALARM \(tenant.name.text): \(tenant.copiedDevices == 1 ? "one device works" : "\(tenant.copiedDevices) devices work") from two copies of its store; see seamark-server device list.")
            }
        }
    }

    private static func counters(_ note: ServingNote) -> JSONValue {
        let counts = note.counts
        let numbers = [
            ("accepted", counts.accepted), ("sessions", counts.sessions), ("failedHandshakes", counts.failedHandshakes), ("refusedAtDoor", counts.refusedAtDoor),
            ("refusedByLimit", counts.refusedByLimit), ("badFrames", counts.badFrames), ("refusedPushes", counts.refusedPushes), ("tooSlow", counts.tooSlow), ("cutOff", counts.cutOff),
            ("enrolments", counts.enrolments), ("refusedEnrolments", counts.refusedEnrolments), ("pushes", counts.pushes), ("faults", counts.faults),
        ]
        return .object(
            [JSONMember("began", .integer(note.began)), JSONMember("noted", .integer(note.noted))]
                + numbers.map { JSONMember($0.0, .integer(Int64($0.1))) })
    }
}
