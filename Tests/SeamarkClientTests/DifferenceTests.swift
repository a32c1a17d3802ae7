import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkStore
import Testing

struct DifferenceTests {
    private static let day: Int64 = 86_400_000
    private static let now: Int64 = 1_800_000_000_000

    private func told(_ laptop: Laptop, from earlier: RecordFinder.Earlier, of record: Identifier? = nil) throws -> [String] {
        let finder = try laptop.finder
        return finder.differences(from: earlier, of: record).map { "\(finder.name(of: $0.record.id)) \($0.fate.rawValue)" }
    }

    @Test func `since a time differs what was captured from then on by any laptop's clock, and from the log what no colleague has yet`() throws {
        let ann = try Laptop("A", role: .lead, now: Self.now), bob = try Laptop("B", role: .lead, now: Self.now + Self.day)
        let dayton = try ann.add(Catalogue.site, "name=Dayton plant", "headcount=40"), erie = try ann.add(Catalogue.site, "name=Erie"), toledo = try ann.add(Catalogue.site, "name=Toledo")
        try Laptop.exchange(ann, onlyReading: [bob])
        try bob.set(dayton, "name=Dayton works")
        try bob.delete(erie)
        let lima = try bob.add(Catalogue.site, "name=Lima")
        try Laptop.exchange(bob, onlyReading: [ann])
        try ann.set(toledo, "headcount=7")

        let between = RecordFinder.Earlier.time(Self.now + Self.day / 2)
        #expect(try told(ann, from: between) == ["\(dayton) changed", "\(erie) deleted", "\(lima) added"])
        #expect(try told(ann, from: .log) == ["\(toledo) changed"])
        #expect(try told(bob, from: .log).isEmpty)
        // What was deleted before it was is told of by nobody.
        #expect(try told(ann, from: .time(0)) == ["\(dayton) added", "\(toledo) added", "\(lima) added"])
        #expect(try told(ann, from: .time(Self.now + 2 * Self.day)).isEmpty)

        let id = try ann.record(dayton).id
        #expect(try told(ann, from: between, of: id) == ["\(dayton) changed"])
        #expect(try told(ann, from: .log, of: id).isEmpty)
        let fields = try #require(try ann.finder.differences(from: between, of: id).first).fields
        #expect(fields.map(\.field.key) == ["name"])
        #expect(fields.first?.before == [.value(.text("Dayton plant"))] && fields.first?.after == [.value(.text("Dayton works"))])
    }
}
