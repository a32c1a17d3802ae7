import SeamarkJournal
import SeamarkTestSupport
import Testing

@testable import SeamarkModel

/// What is published: documents in parts, and what a client viewer may read of a report. All people are fictitious.
@Suite struct PublicationTests {
    private static let scope = Identifier(high: 70, low: 1)
    private static let record = Identifier(high: 70, low: 2)
    private static let primitives = CheapPrimitives()

    /// Text of characters of one to four bytes, and as many of them as make several parts.
    private static func text(_ dice: inout SplitMix64, bytes: Int) -> [UInt8] {
        let characters = ["a", "é", "–", "𝔘", "\n", "e\u{301}", "\u{200d}"]
        var text = ""
        while text.utf8.count < bytes { text += characters[Int.random(in: characters.indices, using: &dice)] }
        return Array(text.utf8)
    }

    /// A publication and its parts as records, as headquarters writes them.
    private static func records(_ documents: [Publication.Document: [UInt8]], withdrawal: String? = nil) -> [RecordView] {
        var contents: [Publication.Document: (hash: Hash256, size: Int, parts: Int)] = [:]
        var views: [RecordView] = []
        func apply(_ editing: RecordEditing) {
            var state = ScopeState()
            state.apply(
                Change(scope: scope, stamp: Stamp(time: 5, device: scope), member: scope, schema: Catalogue.version, edits: editing.edits, primitives: primitives),
                received: 5)
            views += state.records.map { RecordView(id: $0.key, state: $0.value) }
        }
        for document in Publication.Document.allCases {
            let bytes = documents[document] ?? [1]
            let parts = Publication.parts(of: bytes)
            contents[document] = (primitives.sha256(bytes.span), bytes.count, parts.count)
            for (index, text) in parts.enumerated() {
                let id = DerivedIdentifiers.publicationPart(publication: record, document: document.rawValue, number: Int64(index) + 1, by: primitives)
                var part = RecordEditing(record: id, type: Catalogue.publicationPart, state: nil) { .zero }
                part.create(at: 5, handle: nil)
                for (key, value) in [("publication", Value.id(record)), ("document", .int(document.rawValue)), ("number", .int(Int64(index) + 1)), ("text", .text(text))] {
                    if let field = part.type.field(key: key) { part.set(field, value) }
                }
                apply(part)
            }
        }
        var editing = RecordEditing(record: record, type: Catalogue.publication, state: nil) { .zero }
        editing.create(at: 5, handle: "PB-HQ001")
        editing.publish(title: "First quarter", engagement: "baseline", snapshot: "SN-A001", day: 20_530, isDraft: true, contents)
        if let withdrawal, let field = Catalogue.publication.field(key: "withdrawal") { editing.set(field, .text(withdrawal)) }
        apply(editing)
        return views
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `a document comes back from its parts byte for byte, in any order, and no part is longer than a value may be`(seed: UInt64) throws {
        var dice = SplitMix64(seed: seed)
        let bytes = Self.text(&dice, bytes: Int.random(in: 1...3 * Publication.longestPart, using: &dice))
        let parts = Publication.parts(of: bytes)
        #expect(parts.allSatisfy { (1...Publication.longestPart).contains($0.utf8.count) && $0.utf8.count <= Value.longestText })
        #expect(parts.flatMap { Array($0.utf8) } == bytes && !parts.contains { $0.contains("\u{fffd}") })
        var views = Self.records([.html: bytes, .json: Array("{}".utf8)])
        views.shuffle(using: &dice)
        let publication = try #require(Publication.all(in: views).first)
        #expect(try publication.bytes(of: .html, in: views, Self.primitives) == bytes)
        #expect(try publication.bytes(of: .json, in: views, Self.primitives) == Array("{}".utf8))
    }

    @Test func `a document that was altered, is not whole or was withdrawn is not handed out`() throws {
        var dice = SplitMix64(seed: 7)
        let bytes = Self.text(&dice, bytes: 2 * Publication.longestPart + 9)
        let views = Self.records([.html: bytes])
        let publication = try #require(Publication.all(in: views).first)
        #expect(publication.isDraft && publication.isCalled("pb-hq001") && publication.isCalled(Self.record.description) && !publication.isCalled("PB-HQ002"))
        let html = views.filter { $0.type === Catalogue.publicationPart && $0.integer("document") == 1 }
        #expect(html.count == 3)
        for missing in html {
            #expect(throws: Publication.Fault.incomplete) { try publication.bytes(of: .html, in: views.filter { $0.id != missing.id }, Self.primitives) }
        }
        // Another text of the same length, and two parts exchanged.
        var other = bytes
        other[bytes.firstIndex(of: UInt8(ascii: "a")) ?? 0] = UInt8(ascii: "b")
        let altered = Self.records([.html: other]).filter { $0.type === Catalogue.publicationPart }
        #expect(throws: Publication.Fault.altered) { try publication.bytes(of: .html, in: altered, Self.primitives) }
        let longer = Self.records([.html: bytes + Array("a".utf8)]).filter { $0.type === Catalogue.publicationPart }
        #expect(throws: Publication.Fault.altered) { try publication.bytes(of: .html, in: longer, Self.primitives) }
        let withdrawn = Self.records([.html: bytes], withdrawal: "priced twice")
        #expect(throws: Publication.Fault.withdrawn("priced twice")) { try #require(Publication.all(in: withdrawn).first).bytes(of: .html, in: withdrawn, Self.primitives) }
    }

    @Test(arguments: ["halden", "northlink"])
    func `a report for viewers has the figures of the frozen one, and names nobody who was asked and nothing that they said`(sample: String) throws {
        var bench = try ReportBench.bench(sample)
        try bench.write(Bench.scope, Catalogue.engagement, [("methodSettings.iterations", "200")], by: Bench.headquarters)
        // Somebody without consent, whom the frozen report names among what stands in its way.
        try bench.write(Identifier(high: 23, low: 901), Catalogue.person, handle: "P-Z901", [("level", "manager")], by: Bench.lea)
        try bench.write(Identifier(high: 24, low: 901), Catalogue.interview, handle: "IV-Z901", [("persons", "P-Z901"), ("startedAt", "2026-03-02T08:00:00Z")], by: Bench.lea)
        try bench.write(Identifier(high: 24, low: 901), Catalogue.interview, [("status", "finalised")], by: Bench.lea)
        let snapshot = try ReportBench.snapshot(of: bench)
        let frozen = FrozenRecords(bench.state, at: snapshot.place, day: snapshot.day, bench.primitives)
        let whole = try EngagementReport(
            frozen: frozen, of: Bench.scope, asOf: .snapshot("SN-A001"), snapshot: snapshot, software: "test", primitives: bench.primitives, earlier: nil, instrument: { _ in nil }, memberName: { _ in "zoe" })
        let told = try #require(whole.forViewers)
        #expect(told.result.headline == whole.result.headline && told.inputsHash == whole.inputsHash && told.lines.map(\.exposure) == whole.lines.map(\.exposure))
        #expect(told.gate.isBoardReady == whole.gate.isBoardReady && told.gate.shortReasons == whole.gate.shortReasons && !told.gate.isBoardReady)
        let names = EngagementReport.namesOfPeople(in: bench.views, members: [])
        #expect(names.handles.contains("p-z901") && names.handles.count > 30)
        for text in [told.html, told.markdown.replacing("\\", with: ""), told.json] {
            let found = EngagementReport.people(in: text, of: names)
            #expect(found.handles.isEmpty && found.names == 0, "\(found)")
            #expect(!text.contains("zoe") && (text == told.json || text.contains("--for-viewers")))
        }
        // The search can find, and the frozen report is not for viewers as it is.
        #expect(EngagementReport.people(in: whole.markdown.replacing("\\", with: ""), of: names).handles.contains("IV-Z901"))
        #expect(whole.provenance.frozen?.isForViewers == false)
        // Nor is one of the engagement as it stands.
        #expect(try ReportBench.halden.get().forViewers == nil)
    }

    @Test func `a handle counts as a word of its own, a name of several words wherever it stands, and one of a single word not`() {
        let names = (handles: Set(["p-a03", "iv1"]), names: Set(["casey quill"]))
        func found(_ text: String) -> ([String], Int) { EngagementReport.people(in: text, of: names) }
        #expect(found("as P-A03, told") == (["P-A03"], 0) && found("(iv1)") == (["IV1"], 0))
        #expect(found("XP-A03 P-A031 IV10 P-A03-X") == ([], 0))
        #expect(found("says Casey Quill.") == ([], 1) && found("casey  quill") == ([], 0) && found("") == ([], 0))
    }
}
