import SeamarkJournal
import SeamarkModel

/// What came of differing digests, in words and as JSON.
enum RepairWords {
    static func words(_ note: RepairNote) -> String {
        switch note.finding {
        case .deviceWasWrong:
            "\(counted(note.count, "record")) on this device \(note.count == 1 ? "was" : "were") not what the log says; \(note.count == 1 ? "it was" : "they were") computed anew from it. Nothing of yours was touched."
        case .serverWasWrong:
            note.count == 0
                ? "The server's digest was not that of its records; it was told."
                : "\(counted(note.count, "record")) at the server \(note.count == 1 ? "was" : "were") not what its log says; it computed \(note.count == 1 ? "it" : "them") anew."
        case .bothStand:
            "This device and the server compute different states of \(note.count == 1 ? "one record" : "\(note.count) records") from the same log: one of the programs is wrong. Everything was synced all the same. Update Seamark, and tell headquarters."
        }
    }

    /// Where the server would not compare so much just now.
    static let later = "Device and server hold different states of an engagement, and the server could not compare them just now. The next sync does it; nothing is lost."

    static func document(_ note: RepairNote) -> JSONValue {
        .object([
            JSONMember("finding", .string("\(note.finding)")), JSONMember("time", .string(CalendarDate.text(milliseconds: note.time))),
            JSONMember("position", .integer(Int64(clamping: note.place.position))), JSONMember("count", .integer(Int64(note.count))),
            JSONMember("records", .array(note.records.map { .string($0.record.description) })),
        ])
    }
}
