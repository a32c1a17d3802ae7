import SeamarkJournal
import SeamarkModel
import SeamarkTestSupport
import Testing

/// What is frozen stays as it was, whatever becomes of the records.
@Suite struct SnapshotTests {
    private static let day: Int64 = 20_530

    /// The sample with few iterations.
    private static let halden = Result {
        var bench = try ReportBench.bench("halden")
        try bench.write(Bench.scope, Catalogue.engagement, [("methodSettings.iterations", "200")], by: Bench.headquarters)
        return bench
    }

    /// Hashes that name what came before, as a log's do.
    private static func places(_ changes: [Change]) -> [LogPlace] {
        var (a, b): (UInt64, UInt64) = (0, 0)
        return changes.enumerated().map { index, change in
            a = (a ^ change.id.high) &* 0x9e37_79b9_7f4a_7c15
            b = (b ^ change.id.low) &* 0xbf58_476d_1ce4_e5b9 &+ a
            return LogPlace(position: UInt64(index + 1), hash: Hash256(words: (a, b, 0, 1)))
        }
    }

    /// - Parameter refused: before which change an entry stands of which everything was refused.
    private static func moments(
        _ wanted: [LogMoments.Moment], in changes: [Change], refused: Int? = nil, received: (Change) -> Int64 = { $0.stamp.time }
    ) -> LogMoments {
        var moments = LogMoments(wanted)
        var state = ScopeState()
        var place = LogPlace.beginning
        var (last, shift): (Int64, UInt64) = (0, 0)
        for (index, (change, next)) in zip(changes, places(changes)).enumerated() {
            moments.look(at: place, received: last, state, next: received(change))
            if index == refused {
                (place, shift) = (LogPlace(position: place.position + 1, hash: Hash256(words: (1, 2, 3, 4))), 1)
                moments.look(at: place, received: last, state, next: received(change))
            }
            state.apply(change, received: change.stamp.time)
            place = shift == 0 ? next : LogPlace(position: next.position + shift, hash: Hash256(words: (next.hash.words.0, next.hash.words.1, shift, 1)))
            last = received(change)
        }
        moments.look(at: place, received: last, state, next: nil)
        return moments
    }

    private static func none(_ named: String) -> Instrument? { nil }

    /// Freezes what the bench holds now: the snapshot, made a change of the log too.
    private static func freeze(_ bench: inout Bench, _ number: UInt64 = 1, _ alter: (inout RecordEditing) -> Void = { _ in }) throws -> Snapshot {
        let frozen = FrozenRecords(bench.state, at: try #require(places(bench.changes).last), day: day, bench.primitives)
        let id = Identifier(high: 62, low: number)
        var editing = RecordEditing(record: id, type: Catalogue.snapshot, state: nil) { .zero }
        try editing.freeze(
            frozen, frozen.reading(none), digest: bench.state.digest, name: "Quarter \(number)", handle: "SN-A00\(number)", at: 1_773_800_000_000, bench.primitives)
        alter(&editing)
        let change = bench.change(editing.edits, by: Bench.lea)
        #expect(bench.judge(change, by: Bench.lea).isEmpty)
        bench.apply(change)
        return try #require(bench.view(id).flatMap { Snapshot($0) })
    }

    private static func report(_ snapshot: Snapshot, _ moments: LogMoments, _ primitives: any Primitives) throws -> EngagementReport {
        let found = moments[.snapshot(snapshot)]
        _ = try snapshot.reading(found, primitives, none)
        let frozen = try snapshot.records(found, primitives)
        var earlier: EngagementReport.Earlier?
        if let last = EngagementReport.Earlier.last(in: frozen.views, upTo: frozen.place.position) { earlier = .init(last, .failure(.unknown(last.handle, []))) }
        return try EngagementReport(
            frozen: frozen, of: Bench.scope, asOf: .snapshot(snapshot.name), snapshot: snapshot, software: "seamark-test 0", primitives: primitives, earlier: earlier, instrument: none) { "m\($0.low)" }
    }

    private static func bytes(_ report: EngagementReport) -> [String] { [report.html, report.markdown, report.json, report.inputs] }

    private enum Act: CaseIterable { case range, title, text, redaction, withdrawal, line, name, end, twoNotes }

    /// Something that happens to the records later. Says whether the figures' inputs are other ones than before.
    private static func act(_ kind: Act, _ bench: inout Bench, _ dice: inout SplitMix64, _ number: UInt64) throws -> Bool {
        func some(_ type: RecordType, _ bench: Bench) throws -> RecordView {
            let all = bench.views.filter { $0.type === type && !$0.isDeleted }
            return all[Int(dice.next() % UInt64(all.count))]
        }
        switch kind {
        case .range:
            let low = dice.next() % 400 + 100
            let line = try some(Catalogue.leakageLine, bench)
            if line.group("amount")?.threePoint("range") == nil { return try act(.line, &bench, &dice, number) }
            try bench.write(line.id, Catalogue.leakageLine, [("amount.range", "\(low)k/\(low + 90)k/\(low + 300)k")])
            return true
        case .title:
            try bench.write(some(Catalogue.leakageLine, bench).id, Catalogue.leakageLine, [("title", "title \(dice.next())")])
            return true
        case .text:
            try bench.write(some(Catalogue.site, bench).id, Catalogue.site, [("notes", "canary \(dice.next())")])
            return false
        case .redaction:
            let site = try some(Catalogue.site, bench)
            let field = try #require(Catalogue.site.field(key: "notes"))
            let values = bench.changes.flatMap { change in
                change.edits.enumerated().compactMap { index, edit -> Redaction.Redacted? in
                    guard edit.record == site.id, edit.target == .field(field.number), case .sensitive(let value) = edit.content else { return nil }
                    return Redaction.Redacted(edit: change.name(index), leaf: SensitiveTree.leaf(value, bench.primitives))
                }
            }.suffix(8)
            guard !values.isEmpty else { return try act(.text, &bench, &dice, number) }
            var editing = RecordEditing(record: Identifier(high: 60, low: number), type: Catalogue.redaction, state: nil) { .zero }
            editing.redact(Array(values), of: site.id, field: "notes", reason: "fictitious", handle: "RD-A\(number)", at: 1_773_800_000_000)
            bench.apply(bench.change(editing.edits, by: Bench.lea))
            return false
        case .withdrawal:
            try bench.write(some(Catalogue.person, bench).id, Catalogue.person, [("consent.state", "withdrawn")])
            return true
        case .line:
            try bench.write(Identifier(high: 40, low: 1000 + number), Catalogue.leakageLine, handle: "L-Z\(number)", [
                ("title", "later \(number)"), ("category", "LABOUR"), ("amount.range", "10k/15k/26k"), ("amount.grade", "B"), ("amount.kind", "runRate"),
            ])
            return true
        case .name:
            try bench.write(some(Catalogue.person, bench).id, Catalogue.person, [("name", "canary \(dice.next())")])
            return false
        case .end:
            let line = try some(Catalogue.leakageLine, bench)
            guard line.boolean("isWithdrawn") != true else { return try act(.title, &bench, &dice, number) }
            try bench.write(line.id, Catalogue.leakageLine, [("isWithdrawn", "yes")])
            return true
        case .twoNotes:
            // Two say the same at once; without the words nobody can tell that it is the same.
            let site = try some(Catalogue.site, bench)
            let changes = try [Bench.ana, .init(author: Bench.ben.author, device: Bench.ben.device)].map { try bench.setting(site.id, Catalogue.site, [("notes", "canary, both \(number)")], by: $0) }
            for change in changes { bench.apply(change) }
            return false
        }
    }

    @Test(arguments: UInt64(0)..<10)
    func `a snapshot's report is the same bytes after any later edits, redactions and withdrawals, whatever was erased and in whatever order the log came`(seed: UInt64) throws {
        var dice = SplitMix64(seed: seed)
        var bench = try Self.halden.get()
        for number in 0..<dice.next() % 6 { _ = try Self.act(Act.allCases[Int(dice.next() % 9)], &bench, &dice, number) }
        let earlier = dice.next() % 2 == 0 ? try Self.freeze(&bench, 8) : nil
        for number in 10..<10 + dice.next() % 4 { _ = try Self.act(Act.allCases[Int(dice.next() % 9)], &bench, &dice, number) }
        let before = bench.changes
        let snapshot = try Self.freeze(&bench)
        #expect(snapshot.place.position == UInt64(before.count))
        let first = Self.bytes(try Self.report(snapshot, Self.moments([.snapshot(snapshot)], in: bench.changes), bench.primitives))
        #expect(first[2].contains(snapshot.inputsHash.description) && first[0].contains(snapshot.inputsHash.description))
        #expect(first.allSatisfy { !$0.contains("canary") && !$0.contains("gear cell supervisor (fictitious)") })
        #expect(first[1].contains("SN-A008") == (earlier != nil))

        for number in 20..<24 + dice.next() % 6 { _ = try Self.act(Act.allCases[Int(dice.next() % 9)], &bench, &dice, number) }
        _ = try Self.freeze(&bench, 2)
        #expect(Self.bytes(try Self.report(snapshot, Self.moments([.snapshot(snapshot)], in: bench.changes), bench.primitives)) == first)

        // The words are gone from the whole log: those that were redacted, or all.
        let all = bench.changes.flatMap(\.edits).compactMap { SensitiveTree.leaf(of: $0.content, bench.primitives) }
        let erased = Set(dice.next() % 2 == 0 ? all : bench.changes.flatMap(\.redacts).map(\.leaf))
        let log = bench.changes.map { $0.withholding(erased, bench.primitives) ?? $0 }
        #expect(Self.bytes(try Self.report(snapshot, Self.moments([.snapshot(snapshot)], in: log), bench.primitives)) == first)

        // Given back in another order, the place is another one, and the records are the same.
        var shuffled = Array(log.prefix(before.count))
        for place in shuffled.indices.reversed() { shuffled.swapAt(place, Int(dice.next() % UInt64(place + 1))) }
        let moments = Self.moments([.snapshot(snapshot), .position(snapshot.place.position)], in: shuffled + log.dropFirst(before.count))
        #expect(moments[.position(snapshot.place.position)]?.place != snapshot.place)
        #expect(Self.bytes(try Self.report(snapshot, moments, bench.primitives)) == first)

        // Behind an entry more, its position is one at which a record is lacking.
        let behind = Self.moments([.snapshot(snapshot)], in: log, refused: Int(dice.next() % UInt64(before.count)))
        #expect(behind[.snapshot(snapshot)]?.place.position == snapshot.place.position + 1)
        #expect(Self.bytes(try Self.report(snapshot, behind, bench.primitives)) == first)
    }

    @Test(arguments: UInt64(100)..<106)
    func `the inputs have another hash after each act that changes one, and the same after those that change words`(seed: UInt64) throws {
        var dice = SplitMix64(seed: seed)
        var bench = try Self.halden.get()
        func hash() throws -> Hash256 { try EngagementReading(bench.views).inputsHash(bench.primitives) }
        var last = try hash()
        for number in 0..<8 {
            let kind = Act.allCases[Int(dice.next() % 9)]
            let changes = try Self.act(kind, &bench, &dice, UInt64(number))
            let now = try hash()
            #expect((now != last) == changes, "\(kind)")
            // Readers from whom words are withheld come to the same.
            let bare = try FrozenRecords(bench.state, at: .beginning, day: Self.day, bench.primitives).reading(Self.none).inputsHash(bench.primitives)
            #expect(bare == now, "\(kind)")
            last = now
        }
    }

    @Test func `what does not fit is refused, and says which`() throws {
        var bench = try Self.halden.get()
        func error(_ number: UInt64, _ key: String, _ value: Value) throws -> SnapshotError? {
            let snapshot = try Self.freeze(&bench, number) { editing in Catalogue.snapshot.field(key: key).map { editing.set($0, value) } }
            let found = Self.moments([.snapshot(snapshot)], in: bench.changes)[.snapshot(snapshot)]
            do throws(SnapshotError) { _ = try snapshot.reading(found, bench.primitives, Self.none) } catch { return error }
            return nil
        }
        let actual = try EngagementReading(bench.views).inputsHash(bench.primitives)
        #expect(try error(1, "name", .text("another name")) == nil)
        #expect(try error(2, "inputsHash", .bytes(Hash256.zero.bytes)) == .otherInputs("SN-A002", says: .zero, is: actual))
        #expect(try error(3, "method", .text("oiar-2")) == .otherMethod("SN-A003", says: "oiar-2"))
        #expect(try error(4, "instrument", .text("core-9@2")) == .otherInstrument("SN-A004", says: "core-9@2", is: "core-9@1"))
        let settings = try #require(bench.view(Identifier(high: 62, low: 1))?.value("settings")?.group)
        let reseeded = settings.map { $0.number == 2 ? Value.Member(2, .int(7)) : $0 }
        #expect(try error(5, "settings", .group(reseeded)) == .otherSettings("SN-A005"))
        // Another log's place is nobody's, unless the records are there.
        #expect(try error(6, "logHash", .bytes([UInt8](repeating: 9, count: 32))) == nil)
        let elsewhere = try Self.freeze(&bench, 7) { editing in
            for (key, value) in [("logHash", Value.bytes([UInt8](repeating: 9, count: 32))), ("digest", .bytes([UInt8](repeating: 9, count: 16)))] {
                Catalogue.snapshot.field(key: key).map { editing.set($0, value) }
            }
        }
        let nowhere = Self.moments([.snapshot(elsewhere)], in: bench.changes)[.snapshot(elsewhere)]
        #expect(throws: SnapshotError.notInThisLog("SN-A007", position: elsewhere.place.position)) { try elsewhere.reading(nowhere, bench.primitives, Self.none) }
        for error: SnapshotError in [.unknown("x", []), .otherInputs("x", says: .zero, is: actual), .afterTheEnd(position: 9, end: 3), .dayNotOver("2026-01-01")] {
            #expect(!error.wrong.isEmpty && !error.remedy.isEmpty)
        }
    }

    @Test func `a position, a day and a name each mean one thing, and a day is the longest beginning that was received before its end`() throws {
        #expect(AsOf("41") == .position(41) && AsOf("2026-03-31") == .day(20_543) && AsOf("SN-A001") == .snapshot("SN-A001") && AsOf("2026-02-31") == .snapshot("2026-02-31"))
        #expect(AsOf("99999999999999999999999") == .snapshot("99999999999999999999999") && AsOf("") == .snapshot(""))
        let bench = try Self.halden.get()
        let changes = Array(bench.changes.prefix(5))
        // The fourth was received before the third: given back after a restore.
        let times: [Int64] = [10, 20, 40, 30, 50]
        func received(_ change: Change) -> Int64 { changes.firstIndex { $0.id == change.id }.map { times[$0] } ?? 0 }
        let wanted: [LogMoments.Moment] = [.before(10), .before(11), .before(35), .before(41), .before(99), .position(2), .position(6), .end]
        let moments = Self.moments(wanted, in: changes, received: received)
        #expect(wanted.map { moments[$0]?.place.position } == [nil, 1, 2, 4, 5, 2, nil, 5])
        // What was received late and stands first hides what came in earlier behind it.
        let late: [Int64] = [50, 30, 60, 70, 80]
        let hidden = Self.moments([.before(40), .before(55), .before(65)], in: changes) { change in changes.firstIndex { $0.id == change.id }.map { late[$0] } ?? 0 }
        #expect([.before(40), .before(55), .before(65)].map { hidden[$0]?.place.position } == [nil, 2, 3])
    }

    @Test(arguments: UInt64(0)..<4)
    func `two snapshots are bridged exactly, and to themselves by nothing`(seed: UInt64) throws {
        var dice = SplitMix64(seed: seed)
        var bench = try Self.halden.get()
        let first = try Self.freeze(&bench, 1)
        for number in 0..<5 { _ = try Self.act(Act.allCases[Int(dice.next() % 9)], &bench, &dice, UInt64(number)) }
        let second = try Self.freeze(&bench, 2)
        let moments = Self.moments([.snapshot(first), .snapshot(second)], in: bench.changes)
        let (before, after) = (
            try first.reading(moments[.snapshot(first)], bench.primitives, Self.none), try second.reading(moments[.snapshot(second)], bench.primitives, Self.none)
        )
        let comparison = try SnapshotComparison(first, before, second, after)
        var calculation = RiskCalculation()
        let headlines = try [before, after].map { try calculation.run($0.input, settings: $0.settings).headline }
        for (end, headline) in zip([comparison.bridge.before, comparison.bridge.after], headlines) {
            #expect((end.mean - headline.mean).magnitude < 1e-6 && (end.p10 - headline.p10).magnitude < 1e-6 && (end.p90 - headline.p90).magnitude < 1e-6)
        }
        #expect((comparison.bridge.changes.reduce(0) { $0 + $1.amount } - comparison.bridge.difference).magnitude < 1e-6)
        #expect(comparison.rows.count == 10 && comparison.document["bridge"]?["steps"]?.elements?.count == 7)
        // Of the table both ends have their range, in the unit of their mean, and nothing between has one; amounts are whole on any terminal.
        #expect(comparison.rows.allSatisfy { $0.count == comparison.head.count } && comparison.rows[1..<9].allSatisfy { $0[2].isEmpty })
        for (row, headline) in zip([comparison.rows[0], comparison.rows[9]], headlines) {
            let ends = row[2].split(separator: " to ").map { Double($0.replacing(",", with: "")) ?? .nan }
            #expect(ends.count == 2 && (ends[0] - headline.p10 / comparison.unit.size).magnitude < 0.51 && (ends[1] - headline.p90 / comparison.unit.size).magnitude < 0.51, "\(row)")
        }
        var table = TextTable<Never>(comparison.head, rightAligned: SnapshotComparison.amounts, whole: SnapshotComparison.amounts)
        for row in comparison.rows { table.add(row) }
        for room in [20, 40, 57, 60, 80, 200] {
            let shown = table.lines(in: room).map { $0.map(\.text).joined() }
            #expect(shown.allSatisfy { TerminalText.width($0) <= room }, "\(room)")
            // Where one row is several lines, they are broken at blanks.
            let all = shown.joined(separator: " ").split(separator: " ").joined(separator: " ")
            for row in comparison.rows { for cell in row[1...2] { #expect(all.contains(cell), "\(cell) in \(room)") } }
        }
        let flat = try SnapshotComparison(first, before, first, before)
        #expect(flat.bridge.changes.allSatisfy { $0.amount == 0 && $0.lines.isEmpty })
    }
}
