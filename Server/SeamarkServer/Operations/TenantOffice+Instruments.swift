import Glibc
import SeamarkJournal
public import SeamarkModel
import SeamarkStore

// Editions of instruments: published to a tenant, and named by engagements.
extension TenantOffice {
    /// Bytes of an instrument's file; its document without blanks takes 60,000 at most.
    static let longestInstrument = 1024 * 1024

    /// Reads an edition from a file and publishes it to the tenant's devices; nothing where it is there already.
    ///
    /// - Parameter isTrial: everything is looked at and nothing written.
    /// - Returns: the edition, and whether it is new here.
    public func publishInstrument(_ path: String, isTrial: Bool = false) throws -> (instrument: Instrument, isNew: Bool) {
        let doing = "publishing an instrument"
        let instrument: Instrument
        let document = try Self.text(of: path, doing: doing)
        do throws(InstrumentError) { instrument = try Instrument(document: document) } catch {
            throw OperationFailure(.badInput, doing: doing, wrong: error.description, remedy: "correct the file and try again")
        }
        guard instrument.json.compact.utf8.count <= HeldQuestionnaire.longestDocument else {
            throw OperationFailure(
                .badInput, doing: doing, wrong: "without blanks it takes more than \(HeldQuestionnaire.longestDocument) bytes", remedy: "give fewer or shorter texts")
        }
        let now = clock.now()
        return try store.write { transaction in
            let headquarters = try Headquarters(transaction, keys: keys, now: now)
            let published = try EngagementLog.instruments(transaction)
            if let there = published.first(where: { $0.reference == instrument.reference }) {
                guard there == instrument else {
                    throw OperationFailure(
                        .badInput, doing: doing, wrong: "\(instrument.reference) is published with other words, and an edition never changes",
                        remedy: "give the file the next edition")
                }
                return (instrument, false)
            }
            if !isTrial {
                try headquarters.publish(instrument)
                try transaction.noteAct("instrument.publish", detail: instrument.reference, at: now)
            }
            return (instrument, true)
        }
    }

    /// From now on the engagement's interviews are asked with this edition, and its figures read by it.
    public func useInstrument(_ reference: String, in engagement: String) throws {
        let now = clock.now()
        try store.write { transaction in
            let headquarters = try Headquarters(transaction, keys: keys, now: now)
            let id = try Directory(transaction).engagement(called: engagement)
            let published = try EngagementLog.instruments(transaction)
            guard published.contains(where: { $0.reference == reference }) else {
                throw OperationFailure(
                    .notFound, doing: "choosing an instrument", wrong: "no such edition is published here",
                    remedy: "publish it, or choose one of \(published.map(\.reference).joined(separator: ", "))")
            }
            try headquarters.write(Catalogue.engagement, id, in: id) { $0.set("instrument", .text(reference)) }
            try transaction.noteAct("engagement.instrument", detail: "\(id) \(reference)", at: now)
        }
    }

    private static func text(of path: String, doing: String) throws(OperationFailure) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw OperationFailure(.notFound, doing: doing, wrong: "the file cannot be opened (error \(errno))", remedy: "check its name and permissions") }
        defer { close(file) }
        var bytes: [UInt8] = [], part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(file, &part, part.count)
            guard count >= 0 else { throw OperationFailure(.inputOutput, doing: doing, wrong: "the file cannot be read (error \(errno))", remedy: "check the disk and name a plain file") }
            guard count > 0 else { break }
            bytes += part[..<count]
            guard bytes.count <= longestInstrument else { throw OperationFailure(.badInput, doing: doing, wrong: "the file is longer than 1 MiB", remedy: "name an instrument's file") }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw OperationFailure(.badInput, doing: doing, wrong: "the file is not UTF-8", remedy: "save it as UTF-8")
        }
        return text
    }
}
