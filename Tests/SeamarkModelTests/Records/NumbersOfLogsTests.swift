import SeamarkJournal
import Testing

@testable import SeamarkModel

/// Numbers that no field takes, in a log all the same: from a changed program, or a later version. Whatever is made of them, no program ends.
@Suite struct NumbersOfLogsTests {
    enum Kind: CaseIterable { case whole, money, day, time, span, real, every }

    private static func isMeant(_ kind: FieldKind, _ meant: Kind) -> Bool {
        switch kind {
        case .integer, .score, .points: meant == .whole
        case .money, .basisPoints: meant == .money
        case .date: meant == .day
        case .time: meant == .time
        case .duration: meant == .span
        case .number: meant == .real
        case .text, .boolean, .choice, .reference, .bytes, .list, .group, .threePoint: false
        }
    }

    private static func twisted(_ value: Value, _ kind: FieldKind, _ meant: Kind, _ to: Int64) -> Value {
        switch (kind, value) {
        case (.list(let kind, _), .list(let parts)): .list(parts.map { twisted($0, kind, meant, to) })
        case (.points, .list(let parts)) where meant == .whole || meant == .every:
            .list(parts.map { part in .group([Value.Member(1, part.member(1) ?? .absent), Value.Member(2, .int(to))]) })
        case (.threePoint(let kind), .group(let members)): .group(members.map { Value.Member($0.number, twisted($0.value, kind, meant, to)) })
        case (.group(let group), .group(let members)):
            .group(members.map { part in Value.Member(part.number, group.members.first { $0.number == part.number }.map { twisted(part.value, $0.kind, meant, to) } ?? part.value) })
        case (.choice, _), (.reference, _), (.text, _), (.bytes, _), (.boolean, _): value
        case (_, .int) where meant == .every || isMeant(kind, meant): .int(to)
        case (_, .double) where meant == .every || isMeant(kind, meant): .double(to > 0 ? .greatestFiniteMagnitude : -.greatestFiniteMagnitude)
        case _: value
        }
    }

    /// The records with every such number twisted.
    private static func twisted(_ views: [RecordView], _ meant: Kind, _ to: Int64) -> [RecordView] {
        views.map { view in
            guard let type = view.type else { return view }
            let slots = view.state.slots.map { slot in
                guard case .field(let number) = slot.target, let kind = type.field(number)?.kind else { return slot }
                return RecordState.Slot(target: slot.target, heads: slot.heads.map { head in
                    guard case .open(let value) = head.content else { return head }
                    return Head(
                        name: head.name, effective: meant == .every ? to : head.effective, stamp: meant == .every ? Stamp(time: to, device: head.stamp.device) : head.stamp,
                        member: head.member, content: .open(twisted(value, kind, meant, to)))
                })
            }
            return RecordView(id: view.id, state: RecordState(type: view.state.type, slots: slots))
        }
    }

    private static let samples = Result { (halden: try ReportBench.bench("halden").views, northlink: try ReportBench.bench("northlink").views) }

    @Test(arguments: Kind.allCases, [Int64.max, .max - 1, .min, .min + 1])
    func `tables, workbooks, lists, findings and reports are made of numbers beyond all bounds`(kind: Kind, number: Int64) throws {
        let (halden, northlink) = try Self.samples.get()
        var made = 0
        for views in [halden, northlink] {
            let views = Self.twisted(views, kind, number)
            let tables = RecordTables(views, of: Bench.scope, directory: .none)
            for table in tables.tables { made += CSVWriter.bytes(of: table).count }
            made += try WorkbookWriter.bytes(of: tables.tables, headers: .keys, at: 0, CheapPrimitives()).count
            made += Findings.all(in: views).count
            _ = try? FieldworkCheck(views, now: 1_780_000_000_000)
            _ = try? EngagementReading(views)
            for view in views {
                for field in view.type?.fields ?? [] { made += view.value(of: field).map { field.kind.text(of: $0, references: .none).count } ?? 0 }
            }
            // Reports cost seconds: of the smaller one, and of one number of each sign.
            if views.count == min(halden.count, northlink.count), number == .max || number == .min, let report = try? ReportBench.report(views) {
                made += report.html.count + report.markdown.count + report.json.count
            }
        }
        #expect(made > 0)
    }

    @Test(arguments: [Int64.max, .min])
    func `days and times beyond all bounds are as near to each other as a number comes to it`(number: Int64) {
        #expect(CalendarDate.span(from: number, to: number) == 0 && CalendarDate.span(from: 3, to: 10) == 7)
        #expect(CalendarDate.span(from: .min, to: .max) == .max && CalendarDate.span(from: .max, to: .min) == .min)
        for start in [Int64.min, .min + 1, -1, 0, .max] {
            let cycle = NinetyDays(start: start, today: number)
            #expect((0...90).contains(cycle.daysLeft) && cycle.daysLeftInPhase ?? 0 >= 0)
        }
        for value in [Int64.min, -11, -10, -1, 0, 9, 10, .max] {
            let quotient = CalendarDate.floorDivide(value, 10)
            #expect(value == .min ? quotient == Int64.min / 10 - 1 : (0..<10).contains(value - quotient * 10))
        }
    }
}
