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
            members += [JSONMember("heard", Output.iso(contact.time)), JSONMember("clockSkew", .integer(contact.skew))]
            members += document(contact.work)
            let each: [JSONValue] = item.unsent.map { one in
                .object([JSONMember("engagement", .string(one.engagement)), JSONMember("id", .string(one.scope.description))] + document(one.work))
            }
            members += [JSONMember("unsentByEngagement", .array(each)), JSONMember("software", .string(contact.version))]
        }
        return .object(members)
    }

    /// What a device said that it holds and headquarters does not; null where its program did not say.
    private static func document(_ work: UnsentWork) -> [JSONMember] {
        func number(_ count: Int64?) -> JSONValue { count.map { .integer($0) } ?? .null }
        return [
            JSONMember("unsent", .integer(work.changes)), JSONMember("unsentBytesAtMost", number(work.bytes)), JSONMember("oldestUnsent", Output.iso(work.oldest)),
            JSONMember("attachmentsWaiting", number(work.attachments)), JSONMember("attachmentBytesWaiting", number(work.attachmentBytes)),
        ]
    }

    /// The same in words, such as "3 changes (at most 1.2 KB, the oldest made 2026-11-28 09:00) and 2 attachments (4.0 MB)"; nil where that is nothing.
    static func words(_ work: UnsentWork) -> String? {
        var parts: [String] = []
        if work.changes > 0 {
            let isOne = work.changes == 1
            let details = [work.bytes.map { "at most \(size($0))" }, work.oldest.map { "\(isOne ? "" : "the oldest ")made \(Output.time($0))" }].compactMap(\.self)
            parts.append("\(work.changes) \(isOne ? "change" : "changes")\(details.isEmpty ? "" : " (\(details.joined(separator: ", ")))")")
        }
        if let count = work.attachments, count > 0 {
            parts.append("\(count) \(count == 1 ? "attachment" : "attachments")\(work.attachmentBytes.map { " (\(size($0)))" } ?? "")")
        }
        return parts.isEmpty ? nil : parts.joined(separator: " and ")
    }

    /// "12 B", "3.4 KB", "1.2 MB", as the laptops say it.
    static func size(_ bytes: Int64) -> String {
        if bytes < 1000 { return "\(bytes) B" }
        let unit: Int64 = bytes < 1_000_000 ? 1000 : 1_000_000
        // What a device says may be beyond all bounds.
        let (whole, rest) = bytes.quotientAndRemainder(dividingBy: unit)
        let tenths = (rest * 10 + unit / 2) / unit
        return "\(tenths == 10 ? whole + 1 : whole).\(tenths == 10 ? 0 : tenths) \(unit == 1000 ? "KB" : "MB")"
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
