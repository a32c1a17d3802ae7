import SeamarkJournal
import Testing

@testable import SeamarkModel

/// No number that is none, or beyond its bounds, enters by any way: typed, in a document, in a file, or in a change from elsewhere.
@Suite struct NumericBoundsTests {
    /// One number of one field: how to reach it, and what it may not be.
    struct Leaf: CustomTestStringConvertible, Sendable {
        let type: RecordType
        let field: FieldDefinition
        /// Keys of members and places in lists, from the field to the number.
        let path: [String]
        let kind: FieldKind

        var testDescription: String { ([type.key, field.key] + path).joined(separator: ".") }

        /// `value` in the place of the number, with as much around it as it takes to be looked at.
        func value(_ value: Value) -> Value { NumericBoundsTests.wrapped(field.kind, path[...], value) }
        func json(_ value: JSONValue) -> JSONValue { NumericBoundsTests.wrapped(field.kind, path[...], value) }
    }

    private static func leaves(_ kind: FieldKind, _ path: [String] = []) -> [(path: [String], kind: FieldKind)] {
        switch kind {
        case .integer, .number, .money, .basisPoints, .score, .date, .time, .duration: [(path, kind)]
        case .text, .boolean, .choice, .reference, .bytes, .points: []
        case .list(let kind, _): leaves(kind, path + ["1"])
        case .threePoint(let kind): ["low", "likely", "high"].map { (path + [$0], kind) }
        case .group(let group): group.members.flatMap { leaves($0.kind, path + [$0.key]) }
        }
    }

    static let all: [Leaf] = Catalogue.types.flatMap { type in
        type.fields.filter { $0.number >= 10 }.flatMap { field in leaves(field.kind).map { Leaf(type: type, field: field, path: $0.path, kind: $0.kind) } }
    }

    private static func wrapped(_ kind: FieldKind, _ path: ArraySlice<String>, _ value: Value) -> Value {
        guard let step = path.first else { return value }
        let rest = path.dropFirst()
        switch kind {
        case .list(let kind, let count): return .list([Value](repeating: wrapped(kind, rest, value), count: max(1, count.lowerBound)))
        case .group(let group): return group.member(key: step).map { .group([Value.Member($0.number, wrapped($0.kind, rest, value))]) } ?? .absent
        case .threePoint: return .group((UInt32(1)...3).map { Value.Member($0, value) })
        case _: return value
        }
    }

    private static func wrapped(_ kind: FieldKind, _ path: ArraySlice<String>, _ value: JSONValue) -> JSONValue {
        guard let step = path.first else { return value }
        let rest = path.dropFirst()
        switch kind {
        case .list(let kind, let count): return .array([JSONValue](repeating: wrapped(kind, rest, value), count: max(1, count.lowerBound)))
        case .group(let group): return group.member(key: step).map { .object([JSONMember(step, wrapped($0.kind, rest, value))]) } ?? .null
        case .threePoint: return .object(["low", "likely", "high"].map { JSONMember($0, value) })
        case _: return value
        }
    }

    /// What no number of this kind may be.
    private static func hostile(_ kind: FieldKind) -> [Value] {
        var values: [Value] = [.double(.nan), .double(.infinity), .double(-.infinity), .double(1e300), .double(-1e300), .int(.max), .int(.min), .text("12"), .bool(true)]
        func whole(_ bounds: ClosedRange<Int64>) {
            values.removeAll { value in if case .int(let number) = value { bounds.contains(number) } else { false } }
            if bounds.lowerBound > .min { values.append(.int(bounds.lowerBound - 1)) }
            if bounds.upperBound < .max { values.append(.int(bounds.upperBound + 1)) }
        }
        switch kind {
        case .integer(let bounds), .money(let bounds), .duration(let bounds): whole(bounds)
        case .basisPoints(let most): whole(0...most)
        case .score: whole(0...4)
        case .date: whole(CalendarDate.days)
        case .time: whole(CalendarDate.milliseconds)
        case .number(let bounds): values += [.double(bounds.lowerBound.nextDown), .double(bounds.upperBound.nextUp)]
        case _: break
        }
        return values
    }

    /// Words that are no such number, or one beyond its bounds.
    private static func words(_ kind: FieldKind) -> [String] {
        let none = ["nan", "NaN", "inf", "-inf", "infinity", "1e400", "-1e400", "0x10", "12 apples", "99999999999999999999999999", "-99999999999999999999999999"]
        switch kind {
        case .integer(let bounds): return none + (bounds.upperBound < .max ? ["\(bounds.upperBound + 1)"] : []) + ["\(bounds.lowerBound - 1)", "1.5", "3h"]
        case .money(let bounds): return none + [Money.text(bounds.upperBound + 1), Money.text(bounds.lowerBound - 1), "3h", "0.001"]
        case .duration(let bounds): return none + ["\(bounds.upperBound + 1)s", "-1s", "5k", "12"]
        case .basisPoints(let most): return none + ["\(most + 1)bp", "-1bp", "5k", "0.3"]
        case .score: return none + ["5", "-1", "2.5"]
        case .number(let bounds): return none + [bounds.upperBound.nextUp.description, bounds.lowerBound.nextDown.description, "3h"]
        case .date: return none + ["2026-02-30", "3h"]
        case .time: return none + ["2026-03-17T25:00", "3h"]
        case _: return none
        }
    }

    @Test func `there are numbers in nearly every type`() {
        #expect(Self.all.count > 120 && Set(Self.all.map(\.type.number)).count > 20)
    }

    @Test(arguments: all)
    func `a change from elsewhere with such a number is refused, naming the record's type and the field, and a fitting one is no fault`(leaf: Leaf) {
        let bench = Bench()
        let record = leaf.type === Catalogue.engagement ? Bench.scope : Identifier(high: 99, low: UInt64(leaf.type.number))
        for hostile in Self.hostile(leaf.kind) {
            var bench = bench
            let edit = Edit(
                record: record, type: leaf.type.number, target: leaf.field.isSet ? .element(leaf.field.number, leaf.value(hostile)) : .field(leaf.field.number),
                content: .open(leaf.field.isSet ? .bool(true) : leaf.value(hostile)))
            guard leaf.field.kind.fault(in: leaf.value(hostile)) != nil else {
                #expect(Bool(false), "\(leaf.testDescription) takes \(hostile)")
                continue
            }
            if leaf.field.isSensitive { continue }
            // What is no number is in no block: whoever reads one refuses it before.
            if case .double(let number) = hostile, number.isNaN { continue }
            let complaints = bench.judge(bench.change([edit], by: Bench.headquarters), by: Bench.headquarters)
            #expect(complaints.contains { $0.record == record && $0.field == leaf.field.number && $0.description.contains(leaf.type.label) && $0.description.contains(leaf.field.label) && !$0.words.isEmpty }, "\(leaf.testDescription): \(complaints)")
        }
    }

    @Test(arguments: all)
    func `typed it is refused, naming the field, and the draft holds nothing of it`(leaf: Leaf) {
        var bench = Bench()
        for text in Self.words(leaf.kind) {
            let draft = bench.draft(Identifier(high: 99, low: 1), leaf.type)
            var typed: [(String, String)] = []
            var part = leaf.path[...]
            var key = leaf.field.key
            // A member of a group has a key of its own; what is inside that is typed as a whole.
            if case .group = leaf.field.kind, let member = part.popFirst() { key += "." + member }
            if ["low", "likely", "high"].contains(part.last) {
                for place in 0..<3 { typed.append((key, (0..<3).map { $0 == place ? text : place == 2 || $0 < place ? "0" : text }.joined(separator: "/"))) }
            } else {
                typed.append((key, text))
            }
            for (key, text) in typed {
                // Words with a blank are three points of their own.
                if text.contains(" "), text.contains("/") { continue }
                var attempt = draft
                var refused: Draft.Problem?
                do throws(Draft.Problem) {
                    try attempt.set(key, text)
                    _ = try attempt.finish()
                } catch { refused = error }
                let names = [leaf.field.label, leaf.field.key] + leaf.path
                #expect(refused != nil, "\(leaf.testDescription) takes '\(text)'")
                #expect(refused.map { problem in names.contains { problem.description.contains($0) || problem.key.contains($0) } } ?? true, "\(leaf.testDescription): \(refused?.description ?? "")")
                #expect(!attempt.editing.edits.contains { $0.target.number == leaf.field.number }, "\(leaf.testDescription) holds '\(text)'")
            }
        }
    }

    private static let documents: [JSONValue] = [
        .number(1e300), .number(-1e300), .number(.infinity), .number(.nan), .integer(.max), .integer(.min), .string("NaN"), .string("Infinity"), .string("12"), .bool(true), .array([]),
    ]

    @Test(arguments: all)
    func `in a document it is refused, naming the field`(leaf: Leaf) {
        var bench = Bench()
        for json in Self.documents {
            if case .integer(let number) = json, Self.fits(number, leaf.kind) { continue }
            var draft = bench.draft(Identifier(high: 99, low: 1), leaf.type)
            let problem = #expect(throws: Draft.Problem.self, "\(leaf.testDescription) takes \(json)") {
                try draft.set(leaf.field.key, json: leaf.field.isSet ? .array([leaf.json(json)]) : leaf.json(json))
            }
            #expect(problem.map { $0.key == leaf.field.key && $0.description.contains(leaf.field.label) } ?? true)
            #expect(draft.editing.edits.isEmpty)
        }
    }

    private static func fits(_ number: Int64, _ kind: FieldKind) -> Bool {
        switch kind {
        case .integer(let bounds): bounds.contains(number)
        case _: false
        }
    }

    @Test(arguments: all.filter { leaf in EngagementFile.sections.contains { $0.type === leaf.type } })
    func `in an engagement file it is refused, naming section, record and field, and nothing of the file is read`(leaf: Leaf) throws {
        let section = try #require(EngagementFile.sections.first { $0.type === leaf.type })
        for json in Self.documents {
            if case .integer(let number) = json, Self.fits(number, leaf.kind) { continue }
            // JSON has no word for what is no number.
            if case .number(let number) = json, !number.isFinite { continue }
            let value = leaf.field.isSet ? JSONValue.array([leaf.json(json)]) : leaf.json(json)
            let document = JSONValue.object([
                JSONMember("format", .string(EngagementFile.format)), JSONMember("version", .integer(EngagementFile.version)),
                JSONMember(section.key, .array([.object((leaf.type.handlePrefix == nil ? [] : [JSONMember("handle", .string("X1"))]) + [JSONMember(leaf.field.key, value)])])),
            ])
            let error = #expect(throws: EngagementFileError.self) {
                try EngagementFile(reading: Array(document.compact.utf8), scope: Bench.scope, existing: [], directory: .none, primitives: CheapPrimitives())
            }
            guard case .problems(let problems)? = error else {
                #expect(Bool(false), "\(leaf.testDescription): \(String(describing: error))")
                continue
            }
            #expect(problems.contains { $0.section == section.key && $0.row == 1 && ($0.field == leaf.field.key || $0.field?.hasPrefix(leaf.field.key + ".") == true) }, "\(leaf.testDescription) \(json): \(problems)")
        }
    }

    @Test(arguments: ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
    func `what is no number in JSON is no JSON`(word: String) {
        for text in ["{\"format\":\"seamark-engagement\",\"version\":1,\"lines\":[{\"handle\":\"L1\",\"amount\":{\"probability\":\(word)}}]}"] {
            #expect(throws: EngagementFileError.self) {
                try EngagementFile(reading: Array(text.utf8), scope: Bench.scope, existing: [], directory: .none, primitives: CheapPrimitives())
            }
        }
    }
}
