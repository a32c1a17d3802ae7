import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel

/// `seamark snapshot`: figures that stay as they were.
struct SnapshotVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot", abstract: "Freeze the engagement's figures, and compare what was frozen.",
        discussion: """
            For example:
              seamark snapshot freeze "First quarter" --day 2026-03-31
              seamark snapshot list
              seamark snapshot compare SN-A001 SN-A002

            A snapshot names a place of the engagement's log, the method with its settings, and the SHA-256 of the inputs. It holds no figure: \
            headquarters makes the report of it again from the log, the same bytes each time, with 'seamark-server report ENGAGEMENT --as-of SNAPSHOT'.
            """,
        subcommands: [Freeze.self, List.self, Show.self, Compare.self])

    struct Freeze: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Freeze the figures as the log says them now (for leads and analysts).",
            discussion: """
                For example:
                  seamark sync && seamark snapshot freeze "First quarter" --day 2026-03-31 && seamark sync

                It freezes what headquarters has confirmed, up to where this laptop has read: everything of yours must be sent before. \
                What is frozen stays so: nobody changes or deletes it.
                """)

        @Argument(help: "What it is called.") var name: String
        @Option(help: ArgumentHelp("The day that ages and phases are counted to (default: today, UTC).", valueName: "yyyy-mm-dd")) var day: String?
        @OptionGroup var capture: CaptureOptions
        @OptionGroup var work: WorkOptions

        func run() throws {
            var today = TimeText.now() / 86_400_000
            if let day {
                guard let given = CalendarDate.days(day) else { throw Explained(.usage, "'\(day)' is no day. Write for example --day 2026-03-31.") }
                today = given
            }
            let place = try Workplace(work, to: .read)
            let finder = try place.finder()
            let names = EngagementReport.namesOfPeople(in: finder.all, members: finder.directory.compactMap { $0.type === Catalogue.member ? $0.text("name") : nil })
            let found = EngagementReport.people(in: name, of: names)
            if !found.handles.isEmpty || found.names > 0 {
                Terminal.warning("the name of the snapshot names somebody\(found.handles.isEmpty ? "" : " (\(found.handles.joined(separator: ", ")))"), and stays: it cannot be published to viewers. Freeze anew under another name if it is to be.")
            }
            try capture.perform(in: place) { try $0.freezing(name: name, day: today) }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What was frozen, the earliest place of the log first.",
            discussion: "For example:\n  seamark snapshot list")

        @OptionGroup var work: WorkOptions
        @OptionGroup var format: JSONOption

        func run() throws {
            let finder = try Workplace(work, to: .read).finder()
            let all = Snapshot.all(in: finder.all)
            if format.json { return Terminal.json(.array(all.map { $0.document(author: author(of: $0, finder)) }), .snapshot) }
            if all.isEmpty { return Terminal.line("Nothing is frozen yet. A lead or an analyst freezes with 'seamark snapshot freeze NAME'.") }
            var table = Table(["snapshot", "name", "day", "position", "frozen", "by"], rightAligned: [3])
            for snapshot in all {
                table.add(
                    [
                        snapshot.handle, snapshot.name, CalendarDate.text(days: snapshot.day), "\(snapshot.place.position)", TimeText.local(snapshot.frozenAt),
                        author(of: snapshot, finder),
                    ], styles: [0: .bold])
            }
            table.show()
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One snapshot: what it says, and whether the log on this laptop gives its inputs.",
            discussion: """
                For example:
                  seamark snapshot show SN-A001
                  seamark snapshot show "First quarter"

                Reads the log anew from its beginning, and computes the figures of that time.
                """)

        @Argument(help: "Its handle, id or name.", completion: HandleCompletion.of(Catalogue.snapshot)) var snapshot: String
        @OptionGroup var work: WorkOptions
        @OptionGroup var format: JSONOption

        func run() throws {
            let place = try Workplace(work, to: .read)
            let finder = try place.finder()
            let snapshot = try named(self.snapshot, in: finder)
            let moments = try place.device.moments([.snapshot(snapshot)], of: finder.scope)
            let reading = try snapshot.reading(moments[.snapshot(snapshot)], place.device.primitives, finder.instrument)
            var calculation = RiskCalculation()
            let headline: Spread
            do { headline = try calculation.run(reading.input, settings: reading.settings).headline } catch { throw ReportError.notCalculable(error) }
            if format.json {
                let figures = [("mean", headline.mean), ("p10", headline.p10), ("p25", headline.p25), ("p50", headline.p50), ("p75", headline.p75), ("p90", headline.p90)]
                return Terminal.json(
                    .object((snapshot.document(author: author(of: snapshot, finder)).members ?? []) + [
                        JSONMember("holds", true), JSONMember("currency", .string(reading.currency)),
                        JSONMember("headline", .object(figures.map { JSONMember($0.0, .number($0.1)) })),
                    ]), .snapshotCheck)
            }
            Terminal.line(.init(snapshot.handle, .bold), "  \(snapshot.name)", .init("  \(snapshot.record)", .dim))
            for (label, text) in [
                ("as of", "\(CalendarDate.text(days: snapshot.day)), position \(snapshot.place.position) of the log"),
                ("frozen", "\(TimeText.local(snapshot.frozenAt)) by \(author(of: snapshot, finder))"),
                ("method", "\(snapshot.method), \(snapshot.instrument), N \(snapshot.settings.iterations), seed \(snapshot.settings.seed), rho \(snapshot.settings.rho)"),
                ("log hash", snapshot.place.hash.description), ("inputs", snapshot.inputsHash.description),
            ] { Terminal.block(text, first: ["  ", .init(label.padded(to: 8), .dim), "  "], indent: "            ") }
            let unit = AmountUnit(of: headline.mean)
            Terminal.line(
                "  Operating income at risk, \(unit.words(reading.currency)) a year: P10 \(unit.text(headline.p10)), P50 ", .init(unit.text(headline.p50), .bold),
                ", P90 \(unit.text(headline.p90)), mean \(unit.text(headline.mean)).")
            Terminal.line(.init("  The log on this laptop gives these inputs.", .green))
        }
    }

    struct Compare: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What changed from one snapshot to another: the exact bridge of the mean.",
            discussion: """
                For example:
                  seamark snapshot compare SN-A001 SN-A002

                Each step is computed from what the log said; together they are the difference. Amounts are for a year, in the unit that the head of the table names; --json has them exactly.
                """)

        @Argument(help: "The earlier snapshot: handle, id or name.", completion: HandleCompletion.of(Catalogue.snapshot)) var first: String
        @Argument(help: "The later one.", completion: HandleCompletion.of(Catalogue.snapshot)) var second: String
        @OptionGroup var work: WorkOptions
        @OptionGroup var format: JSONOption

        func run() throws {
            let place = try Workplace(work, to: .read)
            let finder = try place.finder()
            let (before, after) = (try named(first, in: finder), try named(second, in: finder))
            let moments = try place.device.moments([.snapshot(before), .snapshot(after)], of: finder.scope)
            func reading(_ snapshot: Snapshot) throws -> EngagementReading {
                try snapshot.reading(moments[.snapshot(snapshot)], place.device.primitives, finder.instrument)
            }
            let comparison = try SnapshotComparison(before, reading(before), after, reading(after))
            if format.json { return Terminal.json(comparison.document, .snapshotComparison) }
            var table = Table(comparison.head, rightAligned: SnapshotComparison.amounts, whole: SnapshotComparison.amounts)
            for (place, row) in comparison.rows.enumerated() { table.add(row, styles: place == 0 || place == comparison.rows.count - 1 ? [0: .bold, 1: .bold] : [:]) }
            table.show()
        }
    }
}

private func author(of snapshot: Snapshot, _ finder: RecordFinder) -> String { snapshot.author.map { finder.person($0) } ?? "" }

private func named(_ name: String, in finder: RecordFinder) throws(SnapshotError) -> Snapshot {
    let all = Snapshot.all(in: finder.all)
    let found = Snapshot.called(name, in: all)
    guard found.count < 2 else { throw .ambiguous(name, found.map(\.handle)) }
    guard let snapshot = found.first else { throw .unknown(name, all.map(\.handle)) }
    return snapshot
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
