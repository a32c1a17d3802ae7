import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkProtocol
import SeamarkStore

// `sync --forecast`: what a sync would move, before it is made.
extension Sync {
    func forecast(_ place: Workplace, _ stop: StopLine) throws {
        let forecast = try SyncForecast.make(place.device, attachments: !leavesAttachments, stop: stop)
        try place.obeyWipe(tell: format.teller)
        let names = Dictionary(try place.engagements().map { ($0.id, $0.handle) }) { first, _ in first }
        // Of a device that waits a sync moves nothing, so there is nothing to bound.
        let state = try place.device.state
        let waits = forecast.answer?.awaitsConfirmation ?? state.awaitsConfirmation
        if format.json { return Terminal.json(waits ? Self.waiting(forecast, state.identity.words) : Self.document(forecast, names), .forecast) }
        if waits {
            let lines = WaitWords.lines(state.identity.words, holdsEngagement: state.holdsEngagement, then: "Then run 'seamark sync'. A sync would move nothing before that.")
            for line in lines { Terminal.line(.init(line, .yellow)) }
            return
        }
        for scope in forecast.scopes {
            var parts: [String] = []
            if scope.changesUp > 0 { parts.append("\(counted(scope.changesUp, "change")) up (\(bytesInWords(scope.bytesUp)))") }
            if let entries = scope.entriesDown, entries > 0 {
                parts.append("\(counted(entries, "entry", "entries")) down (at most \(bytesInWords(scope.bytesDown)))")
            }
            guard !parts.isEmpty else { continue }
            Terminal.line(.init(Self.name(scope, names), .bold), "  \(parts.joined(separator: ", "))")
        }
        let (up, refused, elsewhere) = (forecast.attachmentsUp, forecast.attachmentsRefused, forecast.attachmentsElsewhere)
        if up.count > 0 { Terminal.line(.init("attachments", .bold), "  \(up.count) up (at most \(bytesInWords(up.bytes)))") }
        if refused.count > 0 {
            let (which, what) = refused.count == 1 ? ("which is offered again and goes", "it") : ("which are offered again and go", "them")
            Terminal.line(.init("Not counted: \(counted(refused.count, "attachment")) (\(bytesInWords(refused.bytes))) that the server refused, \(which) up only if it takes \(what) now; 'seamark attach list' says why it did not.", .yellow))
        }
        if elsewhere.count > 0 {
            Terminal.line(.init("\(counted(elsewhere.count, "attachment")) (\(bytesInWords(elsewhere.bytes))) \(elsewhere.count == 1 ? "is" : "are") not on this device; 'seamark attach get' fetches them one by one.", .dim))
        }
        guard let answer = forecast.answer else {
            let words = forecast.bytesUp == 0 ? "Nothing waits here to be sent." : "A sync would send at most \(bytesInWords(forecast.bytesUp))."
            return Terminal.line("\(words) The server does not answer, so what would come down is not known.")
        }
        if answer.isRevoked { Terminal.line(.init("This device was revoked: a sync hands in what it holds, and nothing comes down.", .red)) }
        if answer.isRestored {
            Terminal.line(.init("The server's log has a new epoch (\(EpochWords.causes)): a sync reads it anew, and hands in what it lacks, which is not counted here.", .yellow))
        }
        let total = forecast.bytesUp + forecast.bytesDown
        Terminal.line(
            .init(total == 0 ? "Nothing new on either side." : "In all at most \(bytesInWords(forecast.bytesUp)) up and \(bytesInWords(forecast.bytesDown)) down.", .green),
            "  Connecting takes up to \(bytesInWords(forecast.connecting)) more.")
    }

    private static func name(_ scope: SyncForecast.Scope, _ names: [Identifier: String]) -> String {
        switch scope.kind {
        case .shared: "directory"
        case .engagement, .published: names[scope.id] ?? "an engagement (\(RecordFinder.short(scope.id)))"
        }
    }

    /// What there is to say of a device that waits until headquarters has confirmed it.
    private static func waiting(_ forecast: SyncForecast, _ words: DeviceWords) -> JSONValue {
        let unknown = [
            "attachmentsUp", "attachmentBytesUp", "attachmentsRefused", "attachmentBytesRefused", "attachmentsElsewhere", "attachmentBytesElsewhere", "bytesUpAtMost", "bytesDownAtMost", "connectingBytesAtMost",
        ]
        return .object(
            [JSONMember("online", .bool(forecast.answer != nil)), JSONMember("revoked", .bool(false))] + WaitWords.members(words)
                + [JSONMember("restored", .bool(false)), JSONMember("scopes", .array([]))] + unknown.map { JSONMember($0, .null) })
    }

    private static func document(_ forecast: SyncForecast, _ names: [Identifier: String]) -> JSONValue {
        let scopes = forecast.scopes.map { scope in
            JSONValue.object([
                JSONMember("id", .string(scope.id.description)), JSONMember("engagement", names[scope.id].map(JSONValue.string) ?? .null),
                JSONMember("changesUp", .integer(Int64(scope.changesUp))), JSONMember("bytesUp", .integer(Int64(scope.bytesUp))),
                JSONMember("entriesDown", scope.entriesDown.map { .integer(Int64($0)) } ?? .null),
                JSONMember("bytesDownAtMost", forecast.answer == nil ? .null : .integer(Int64(scope.bytesDown))),
            ])
        }
        return .object([
            JSONMember("online", .bool(forecast.answer != nil)), JSONMember("revoked", .bool(forecast.answer?.isRevoked == true)),
            JSONMember("awaitsConfirmation", .bool(false)), JSONMember("words", .null),
            JSONMember("restored", .bool(forecast.answer?.isRestored == true)), JSONMember("scopes", .array(scopes)),
            JSONMember("attachmentsUp", .integer(Int64(forecast.attachmentsUp.count))),
            JSONMember("attachmentBytesUp", .integer(Int64(forecast.attachmentsUp.bytes))),
            JSONMember("attachmentsRefused", .integer(Int64(forecast.attachmentsRefused.count))),
            JSONMember("attachmentBytesRefused", .integer(Int64(forecast.attachmentsRefused.bytes))),
            JSONMember("attachmentsElsewhere", .integer(Int64(forecast.attachmentsElsewhere.count))),
            JSONMember("attachmentBytesElsewhere", .integer(Int64(forecast.attachmentsElsewhere.bytes))),
            JSONMember("bytesUpAtMost", .integer(Int64(forecast.bytesUp))),
            JSONMember("bytesDownAtMost", forecast.answer == nil ? .null : .integer(Int64(forecast.bytesDown))),
            JSONMember("connectingBytesAtMost", .integer(Int64(forecast.connecting))),
        ])
    }
}
