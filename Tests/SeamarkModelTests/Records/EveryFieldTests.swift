import SeamarkJournal
import Testing

@testable import SeamarkModel

/// A value of each kind, in every field of every type of record, goes through `--json`, the tables of an export and the engagement file, and comes back as it was.
/// A field or type that is added later is among them.
@Suite struct EveryFieldTests {
    /// Records of one round have ids of their own.
    private static func id(_ number: RecordTypeNumber, _ round: Int) -> Identifier {
        number == Catalogue.engagement.number ? Bench.scope : Identifier(high: 300 + UInt64(round), low: UInt64(number))
    }

    private static func handle(_ number: RecordTypeNumber) -> String { "X\(number)" }

    /// The type that a reference to one of these is made to: one of the engagement's that has a handle, where there is one.
    private static func target(_ types: [RecordTypeNumber]) -> RecordTypeNumber {
        let all = types.compactMap { Catalogue.type($0) }
        return (all.first { $0.home == .engagement && $0.handlePrefix != nil } ?? all.first { $0.handlePrefix != nil })?.number ?? types[0]
    }

    // MARK: - Values

    /// The ends of what the kind may hold, something between, and what the formats have to mind. Not all keep the rules among the members of a group.
    private static func values(_ kind: FieldKind, _ round: Int) -> [Value] {
        func whole(_ bounds: ClosedRange<Int64>, _ between: Int64) -> [Value] {
            [bounds.lowerBound, bounds.upperBound, min(max(between, bounds.lowerBound), bounds.upperBound)].map { .int($0) }
        }
        switch kind {
        case .text(let rule):
            let ends = [String(repeating: "A", count: rule.shortest), String(repeating: "z", count: rule.longest)]
            if rule.isCode { return (["L-B0.1_x@y"] + ends).map { .text($0) } }
            return (["=1+1; \"two\", 'three' | -4", "ü 漢字 🙂"] + ends + (rule.isName ? [] : ["one\n- two\n=three"])).map { .text($0) }
        case .integer(let bounds): return whole(bounds, 7)
        case .money(let bounds): return whole(bounds, 12_345)
        case .duration(let bounds): return whole(bounds, 3661)
        case .basisPoints(let most): return whole(0...most, 3333)
        case .score: return whole(0...4, 3)
        case .date: return whole(CalendarDate.days, 20_529)
        case .time: return whole(CalendarDate.milliseconds, 1_773_700_000_123)
        case .number(let bounds):
            return [bounds.lowerBound, bounds.upperBound, min(max(1.0 / 3, bounds.lowerBound), bounds.upperBound)].compactMap(Value.number)
        case .boolean: return [.bool(true), .bool(false)]
        case .choice(let choices): return choices.choices.map { .int($0.number) }
        case .reference(let types): return [.id(id(target(types), round))]
        case .bytes(let count): return [.bytes([UInt8](repeating: 0xa5, count: count)), .bytes([UInt8](repeating: 0, count: count))]
        case .list(let kind, let count):
            let parts = values(kind, round)
            return Set([max(1, count.lowerBound), min(count.upperBound, max(2, count.lowerBound))]).sorted().map { length in
                .list((0..<length).map { parts[$0 % parts.count] })
            }
        case .group(let group):
            let members = group.members.map { (number: $0.number, values: values($0.kind, round)) }
            let together = (0..<3).map { turn in Value.group(members.map { Value.Member($0.number, $0.values[turn % $0.values.count]) }) }
            return together + members.map { .group([Value.Member($0.number, $0.values[0])]) }
        case .threePoint(let kind):
            let parts = values(kind, round)
            return [[parts[0], parts[2], parts[1]], [parts[2], parts[2], parts[2]]].map { points in
                .group(zip(UInt32(1)..., points).map { Value.Member($0, $1) })
            }
        case .points(.domains): return [FieldKind.points([(.text("D2"), 60), (.text("D10"), 40)]), .list([])]
        case .points(.seams): return [FieldKind.points([(.id(id(Catalogue.seam.number, round)), 100)]), .list([])]
        }
    }

    /// What keeps the many rules of a price.
    private static let amounts = [
        #"{"range":{"low":0,"likely":12345,"high":10000000000000000},"grade":"A","kind":"runRate","inPlan":"yes","basis":"=1; counted\n- twice","share":{"low":0,"likely":0.1,"high":1}}"#,
        #"{"factors":[{"name":"trips, late","unit":"events/yr","range":{"low":1,"likely":2.5,"high":1000000}},{"name":"cost","unit":"money/event","range":{"low":0,"likely":0.1,"high":3}}],"grade":"D","kind":"contingent","probability":0.033}"#,
        #"{"inputs":[{"name":"events","unit":"events/yr","range":{"low":1,"likely":2,"high":3}},{"name":"costPerEvent","unit":"money/event","range":{"low":100,"likely":150.5,"high":300}}],"variant":"serviceCredit","grade":"B","kind":"runRate","currency":"EUR"}"#,
        #"{"observed":1234567,"monthsObserved":2.5,"baseline":1,"grade":"C","kind":"runRate","valuation":"ledger"}"#,
    ]

    private static func values(_ field: FieldDefinition, of type: RecordType, _ round: Int) throws -> [Value] {
        guard type === Catalogue.leakageLine, field.key == "amount" else { return values(field.kind, round) }
        return try amounts.map { try field.kind.value(from: JSONParser.parse($0), references: .none) } + values(field.kind, round)
    }

    /// Those that the rules allow; the longest documents, which JSON alone has, are left out.
    private static func fitting(_ field: FieldDefinition, of type: RecordType, _ round: Int) throws -> [Value] {
        try values(field, of: type, round).filter { value in field.kind.fault(in: value) == nil && (value.text?.utf8.count ?? 0) <= 8000 }
    }

    private static func own(_ type: RecordType) -> [FieldDefinition] { type.fields.filter { $0.number >= 10 } }

    // MARK: - JSON

    @Test(arguments: Catalogue.types)
    func `through JSON a value comes back as it was, or is refused by the rule that it breaks`(type: RecordType) throws {
        let references = Self.references(0)
        for field in Self.own(type) {
            var taken = 0
            for value in try Self.values(field, of: type, 0) {
                let json = try JSONParser.parse(field.kind.json(of: value, references: references).compact, atMost: 1 << 20)
                var back: Value?, refused: FieldFault?
                do throws(FieldFault) { back = try field.kind.value(from: json, references: references) } catch { refused = error }
                #expect(refused == field.kind.fault(in: value), "\(type.key).\(field.key): \(json.compact.prefix(300))")
                #expect(refused != nil || back == value, "\(type.key).\(field.key): \(json.compact.prefix(300))")
                if refused == nil { taken += 1 }
            }
            #expect(taken > 0, "\(type.key).\(field.key) takes nothing of what it is given here")
        }
    }

    // MARK: - Records

    private static func references(_ round: Int) -> References {
        References(
            identifier: { handle, types in types.first { Catalogue.type($0)?.handlePrefix != nil && Self.handle($0) == handle }.map { id($0, round) } },
            handle: { id in Catalogue.types.first { $0.handlePrefix != nil && Self.id($0.number, round) == id }.map { Self.handle($0.number) } })
    }

    /// What a field holds in a round: of a set one element.
    private struct Held {
        let field: FieldDefinition
        let value: Value
    }

    /// A record of each type, every field of which holds something that its rules allow, and a second line, for what is between two.
    private static func round(_ round: Int) throws -> (bench: Bench, held: [RecordTypeNumber: [Held]]) {
        var bench = Bench(), held: [RecordTypeNumber: [Held]] = [:]
        let second = Identifier(high: 300 + UInt64(round), low: 1000)
        func edits(_ id: Identifier, _ type: RecordType, _ handle: String, _ fields: [Held]) -> [Edit] {
            var edits = [Edit(record: id, type: type.number, target: .field(CommonField.createdAt), content: .open(.int(1_773_700_000_000)))]
            if type.handlePrefix != nil { edits.append(Edit(record: id, type: type.number, target: .field(CommonField.handle), content: .open(.text(handle)))) }
            for each in fields {
                let target: Target = each.field.isSet ? .element(each.field.number, each.value) : .field(each.field.number)
                edits.append(Edit(record: id, type: type.number, target: target, content: .open(each.field.isSet ? .bool(true) : each.value)))
            }
            return edits
        }
        for type in Catalogue.types {
            var fields: [Held] = []
            for field in own(type) {
                let values = try fitting(field, of: type, round)
                if type === Catalogue.overlap, field.number == 11 {
                    fields.append(Held(field: field, value: .id(second)))
                } else if !values.isEmpty {
                    fields.append(Held(field: field, value: values[round % values.count]))
                }
            }
            held[type.number] = fields
            bench.apply(bench.change(edits(id(type.number, round), type, handle(type.number), fields), by: Bench.headquarters))
        }
        let line = Catalogue.leakageLine, fields = (held[line.number] ?? []).filter(\.field.isRequired)
        bench.apply(bench.change(edits(second, line, "Y1", fields), by: Bench.headquarters))
        return (bench, held)
    }

    /// At least as many as a field has values: then each has stood somewhere.
    static let rounds = 0..<20

    @Test func `there are rounds enough for every value`() throws {
        for type in Catalogue.types {
            for field in Self.own(type) {
                let count = try Self.fitting(field, of: type, 0).count
                #expect(count <= Self.rounds.count, "\(type.key).\(field.key)")
            }
        }
    }

    @Test(arguments: rounds)
    func `a record says the same in what --json prints, in the tables and in the engagement file`(round: Int) throws {
        let (bench, held) = try Self.round(round), references = Self.references(round)
        let views = bench.views.filter { $0.type?.home == .engagement }, directory = References(bench.views.filter { $0.type?.home != .engagement })
        let tables = RecordTables(views, of: Bench.scope, directory: directory).tables
        let document = EngagementFile.document(views, directory: directory).compact
        let file = try EngagementFile(reading: Array(document.utf8), scope: Bench.scope, existing: views, directory: directory, primitives: CheapPrimitives())
        for type in Catalogue.types {
            let id = Self.id(type.number, round), fields = try #require(held[type.number])
            // What `--json` prints.
            let view = try #require(bench.view(id)), printed = try JSONParser.parse(view.json(references: references).compact, atMost: 1 << 20)
            for each in fields {
                let json = try #require(printed[each.field.key], "\(type.key).\(each.field.key)")
                let part = try #require(each.field.isSet ? json.elements?.first : json, "\(type.key).\(each.field.key)")
                let back = try each.field.kind.value(from: part, references: references)
                #expect(back == each.value, "\(type.key).\(each.field.key)")
            }
            // The engagement file: what is between two lines names both in a field of its own.
            if let row = file.rows.first(where: { $0.type === type && ($0.id == id || type.handlePrefix == nil) }) {
                for each in fields {
                    let back = each.field.isSet ? row.sets.first { $0.field === each.field }?.elements.first : row.values.first { $0.field === each.field }?.value
                    #expect(back == each.value, "\(type.key).\(each.field.key)")
                }
            } else {
                #expect(!EngagementFile.sections.contains { $0.type === type || $0.inside?.type === type } && type !== Catalogue.engagement, "\(type.key) is in no row")
            }
            guard type.home == .engagement else { continue }
            // The tables.
            let table = try #require(tables.first { $0.name == type.key }), rows = TableTests().read(CSVWriter.bytes(of: table))
            let row = try #require(rows.dropFirst().first { $0.first == id.description }), names = try #require(rows.first)
            let cells = Dictionary(zip(names, row)) { first, _ in first }
            #expect(cells.count == table.columns.count, "no two columns of \(type.key) have one name")
            for each in fields where type !== Catalogue.questionnaire || each.field.key != "document" {
                compare(each.field.kind, each.value, each.field.key, cells, isSet: each.field.isSet, references, type.key)
            }
        }
    }

    /// Reads the cells back, as `Exports.md` says what stands in them: a value has its columns, and what has none is empty.
    private func compare(_ kind: FieldKind, _ value: Value?, _ key: String, _ cells: [String: String], isSet: Bool, _ references: References, _ type: String) {
        switch kind {
        case .threePoint(let kind):
            for (number, name) in zip(UInt32(1)..., ["low", "likely", "high"]) { compare(kind, value?.member(number), "\(key).\(name)", cells, isSet: false, references, type) }
            return
        case .group(let group):
            for member in group.members { compare(member.kind, value?.member(member.number), "\(key).\(member.key)", cells, isSet: false, references, type) }
            return
        case .list(.choice(let choices), _) where !isSet:
            for choice in choices.choices {
                let expected = value.map { $0.list?.contains(.int(choice.number)) == true ? "1" : "0" } ?? ""
                #expect(cells["\(key)/\(choice.key)"] == expected, "\(type).\(key)/\(choice.key)")
            }
        case _: break
        }
        guard let cell = cells[key] else {
            Issue.record("\(type).\(key) has no column")
            return
        }
        guard let value else {
            #expect(cell.isEmpty, "\(type).\(key)")
            return
        }
        let back: Value? =
            switch kind {
            case .text: .text(TableTests().bare(cell))
            case .integer, .score, .duration: Int64(cell).map { .int($0) }
            case .money, .basisPoints: Money.hundredths(cell).map { .int($0) }
            case .number: Double(cell).flatMap(Value.number)
            case .boolean: cell == "TRUE" ? .bool(true) : cell == "FALSE" ? .bool(false) : nil
            case .choice(let choices): choices.number(cell).map { .int($0) }
            case .date: CalendarDate.days(cell).map { .int($0) }
            case .time: CalendarDate.milliseconds(cell).map { .int($0) }
            case .reference: cells[key + ".KEY"].flatMap { Identifier($0) }.map { .id($0) }
            case .bytes: Hexadecimal.bytes(of: cell).map { .bytes($0) }
            // What has several parts in one cell is there in words; JSON lines have the parts.
            case .list, .points: TableTests().bare(cell) == kind.text(of: value, references: references) ? value : nil
            case .threePoint, .group: nil
            }
        #expect(back == value, "\(type).\(key): \(cell.prefix(300))")
    }
}
