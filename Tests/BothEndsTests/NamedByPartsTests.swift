import SeamarkClient
import SeamarkJournal
import SeamarkModel
import Testing

/// Where a record lies, and under which id: the same answer from server and device.
struct NamedByPartsTests {
    static let types = [Catalogue.answer, Catalogue.formAnswer, Catalogue.seamModeScore, Catalogue.initiativeTarget, Catalogue.gateResult, Catalogue.overlap]

    @Test func `a record under another id than follows from its parts is refused by the server and before by the device`() throws {
        // No other type is named by its parts.
        #expect(Catalogue.types.filter { $0.handlePrefix == nil && $0.home == .engagement }.map(\.key).sorted() == Self.types.map(\.key).sorted())
        let bench = try RoleBench(members: 1, scopes: 1)
        let scope = bench.scopes[0]
        let engagement = bench.making(Catalogue.engagement, in: scope)
        try bench.settle([engagement.edits], in: scope)
        try bench.ends.sync(0)
        for type in Self.types {
            let (right, other) = (bench.making(type, in: scope), bench.making(type, in: scope))
            for wrong in [bench.fresh(), other.id, scope] where wrong != right.id {
                let edits = right.edits.map { Edit(record: wrong, type: $0.type, target: $0.target, content: $0.content) }
                #expect(try bench.earlyAnswer(edits, in: scope, by: 0) == .wrongRecord, "\(type.key)")
                #expect(try bench.push([edits], in: scope, by: 0).verdicts == [.refused(.wrongRecord)], "\(type.key)")
                #expect(try wrong == scope || bench.state(wrong, in: scope) == nil, "\(type.key)")
            }
            #expect(try bench.earlyAnswer(right.edits, in: scope, by: 0) == nil, "\(type.key)")
            #expect(try bench.push([right.edits], in: scope, by: 0).verdicts == [.accepted], "\(type.key)")
        }
    }

    @Test func `nothing is captured in the directory, by the server's word and before by the device's`() throws {
        let bench = try RoleBench(members: 1, scopes: 1)
        try bench.ends.sync(0)
        for type in [Catalogue.site, Catalogue.member] {
            let made = bench.making(type, in: BothEnds.shared)
            #expect(try bench.push([made.edits], in: BothEnds.shared, by: 0).verdicts == [.refused(.headquartersOnly)])
            let device = bench.ends.laptops[0].device
            #expect(throws: Device.Refused.self) { try device.judge([made.edits], in: BothEnds.shared) }
            #expect(throws: Device.Refused.self) { try device.capture(in: BothEnds.shared) { _, _ in made.edits } }
        }
    }
}
