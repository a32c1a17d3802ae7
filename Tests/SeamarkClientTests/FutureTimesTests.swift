import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkStore
import Testing

struct FutureTimesTests {
    /// Laptops of these tests live on 15 January 2027, at eight.
    private static let now: Int64 = 1_800_000_000_000

    /// Times and dates that may lie in the future: plans, dues, bounds of a period, answers to anything, and what a program writes itself.
    private static let plans: Set<String> = [
        "move.due", "cycle.startDate", "initiative.mandate.date", "pool.booking.from", "pool.booking.to", "evidence.period.from", "evidence.period.to", "formAnswer.response.date", "snapshot.day",
        "publication.day",
    ]

    private static func dated(_ kind: FieldKind) -> Bool {
        switch kind {
        case .time, .date: true
        case _: false
        }
    }

    @Test func `every time in the catalogue is of what happened, or named here as a plan`() {
        var plans: Set<String> = []
        for type in Catalogue.types {
            for field in type.fields where field.number != CommonField.createdAt {
                if Self.dated(field.kind) {
                    if !field.isPast { plans.insert("\(type.key).\(field.key)") }
                } else if case .group(let group) = field.kind {
                    for member in group.members where Self.dated(member.kind) && !member.isPast { plans.insert("\(type.key).\(field.key).\(member.key)") }
                }
            }
        }
        #expect(plans == Self.plans)
    }

    @Test func `a day of grace is the last that is taken`() throws {
        let day: Int64 = 86_400_000
        for type in Catalogue.types {
            for field in type.fields where field.isPast {
                let isDate = if case .date = field.kind { true } else { false }
                let last = isDate ? (Self.now + day) / day : Self.now + day
                #expect(FutureTimes.fault(in: .int(last), of: field, now: Self.now) == nil)
                #expect(FutureTimes.fault(in: .int(last + 1), of: field, now: Self.now)?.rule == .future, "\(type.key).\(field.key)")
            }
        }
        let consent = try #require(Catalogue.person.field(key: "consent"))
        #expect(FutureTimes.fault(in: .group([.init(3, .int(Self.now + day + 1))]), of: consent, now: Self.now)?.path == ["at"])
    }

    @Test func `what cannot have happened yet is refused in words, a plan is taken, and what came in otherwise is a finding`() throws {
        let laptop = try Laptop("A")
        let interview = try laptop.add(Catalogue.interview, "startedAt=2027-01-16T07:00:00Z")
        for words in ["startedAt=2030-03-01T09:00:00Z", "endedAt=2027-01-16T09:00:00Z"] {
            let refused = #expect(throws: RecordCapture.Failure.self) { try laptop.add(Catalogue.interview, words) }
            guard case .value(let sentence)? = refused else {
                Issue.record("\(String(describing: refused))")
                continue
            }
            #expect(sentence.contains(", which has not come yet") && sentence.contains(words.prefix { $0 != "=" } == "startedAt" ? "start is 2030-03-01" : "end is 2027-01-16"), "\(sentence)")
            #expect(throws: RecordCapture.Failure.self) { try laptop.set(interview, words) }
        }
        #expect(throws: RecordCapture.Failure.self) { try laptop.add(Catalogue.person, "name=Bea", "consent.state=given", "consent.at=2030-01-01T00:00:00Z") }
        let move = try laptop.add(Catalogue.move, "title=Key", "due=2030-01-01")
        #expect(throws: RecordCapture.Failure.self) { try laptop.add(Catalogue.moveCheck, "move=\(move)", "date=2030-01-01", "reading.isOnTrack=yes") }
        // A laptop whose clock ran ahead took it.
        let ahead = try Laptop("B", now: 1_900_000_000_000)
        try Laptop.exchange(laptop, ahead)
        try ahead.set(interview, "endedAt=2030-03-01T09:00:00Z")
        try Laptop.exchange(laptop, ahead)
        let found = try FutureTimes.findings(in: laptop.finder.all, now: Self.now)
        #expect(found.map(\.name) == [interview] && found.map(\.field) == ["endedAt"] && found.map(\.kind) == [.future])
        #expect(try FutureTimes.findings(in: ahead.finder.all, now: 1_900_000_000_000).isEmpty)
    }
}
