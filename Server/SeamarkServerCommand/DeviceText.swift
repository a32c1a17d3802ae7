internal import SeamarkJournal
internal import SeamarkModel
internal import SeamarkServer
internal import SeamarkStore

/// How a device is shown, wherever one is.
enum DeviceText {
    static func document(_ item: TenantOffice.Device) -> JSONValue {
        let device = item.device
        var members = [
            JSONMember("device", .string(device.letters)), JSONMember("id", .string(device.id.description)),
            JSONMember("member", .string(item.member)), JSONMember("name", .string(device.name)),
            JSONMember("enrolled", Output.iso(device.enrolled)), JSONMember("revoked", Output.iso(device.revoked)),
            JSONMember("waitsSince", Output.iso(device.awaitsConfirmation ? device.wait?.since : nil)),
            JSONMember("waitsBecause", device.awaitsConfirmation ? device.wait.map { .string($0.cause == .invited ? "invited" : "reused") } ?? .null : .null),
            JSONMember("wrongWords", .integer(device.wait?.wrongWords ?? 0)),
            JSONMember("wipeOrdered", Output.iso(device.wipe?.ordered)),
            JSONMember("wiped", Output.iso(device.wipe?.wiped)),
            JSONMember("certificateUntil", Output.iso(device.certificateEnd)),
            JSONMember("twoCopies", .bool(item.hasTwoCopies)), JSONMember("computesOtherwise", .bool(item.computesOtherwise)),
            JSONMember("quarantined", .integer(Int64(item.quarantined))),
        ]
        if let contact = device.contact {
            members += [
                JSONMember("heard", Output.iso(contact.time)), JSONMember("clockSkew", .integer(contact.skew)),
                JSONMember("unsent", .integer(contact.unsent)), JSONMember("software", .string(contact.version)),
            ]
        }
        return .object(members)
    }

    static func state(_ item: TenantOffice.Device) -> String {
        if let wipe = item.device.wipe { return wipe.wiped.map { "wiped \(Output.time($0))" } ?? "wipe ordered \(Output.time(wipe.ordered))" }
        if let revoked = item.device.revoked { return "revoked \(Output.time(revoked))" }
        if let wait = item.device.wait {
            let reason = wait.cause == .invited ? "" : ", its invitation was tried once more"
            let wrong = wait.wrongWords == 0 ? "" : ", wrong words \(wait.wrongWords == 1 ? "once" : "\(wait.wrongWords) times")"
            return "WAITS since \(Output.time(wait.since))\(reason)\(wrong)"
        }
        if item.computesOtherwise { return "OTHER RECORDS" }
        return item.hasTwoCopies ? "TWO COPIES" : "active"
    }

    /// How far a laptop's clock was from the server's; a minute is nothing.
    static func clock(_ skew: Int64) -> String {
        guard skew.magnitude >= 60_000 else { return "right" }
        let minutes = skew.magnitude / 60_000
        let span = minutes < 120 ? "\(minutes) min" : minutes < 2880 ? "\(minutes / 60) h" : "\(minutes / 1440) days"
        return "\(span) \(skew > 0 ? "ahead" : "behind")"
    }
}
