import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel

struct Signals: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What the five-signal checks say: where to interview first.",
        discussion: """
            For example:
              seamark signals
              seamark signals --boxes

            One row for each check ('seamark quick-check'), five lights of five boxes each: dark below two ticks, amber from two, red from four. \
            Then the domains that they point to, the most ticks first. It is a compass, never money. With --boxes the twenty-five sentences \
            are listed with their numbers, to read out.
            """)

    @Flag(help: "List the twenty-five boxes.") var boxes = false
    @OptionGroup var work: WorkOptions
    @OptionGroup var format: JSONOption

    func run() throws {
        if boxes { return list() }
        let finder = try Workplace(work, to: .read).finder()
        let reading = try EngagementReading(finder.all + finder.concealed, instrument: finder.instrument)
        let codes = reading.domains.filter(\.isInScope).map(\.code)
        let order = FiveSignals.order(of: codes, in: reading.instrument, after: reading.quickChecks.map(\.signals))
        let names = Dictionary(reading.domains.map { ($0.code, $0.name) }) { first, _ in first }
        if format.json { return Terminal.json(document(reading.quickChecks, order), .quickChecks) }
        guard !reading.quickChecks.isEmpty else { return Terminal.line("No five-signal check is captured yet. 'seamark signals --boxes' has its sentences; 'seamark quick-check add' captures one.") }
        var table = Table(["", "subject", "day"] + FiveSignals.Section.allCases.map(\.title))
        for check in reading.quickChecks {
            let lights = FiveSignals.Section.allCases.map { section in (check.signals.light(section), check.signals.ticks[section.rawValue]) }
            var styles: [Int: Terminal.Style] = [0: .bold]
            for (place, light) in lights.enumerated() { styles[place + 3] = light.0 == .red ? .red : light.0 == .amber ? .yellow : .dim }
            table.add([check.key, check.subject, CalendarDate.text(days: check.day)] + lights.map { "\($0.0.rawValue) \($0.1)/5" }, styles: styles)
        }
        table.show()
        guard !order.isEmpty else { return Terminal.line("No box is ticked: nothing points anywhere.") }
        Terminal.line("")
        Terminal.line(.init("Interview first", .bold))
        for (domain, ticks) in order { Terminal.line("  ", .init(domain, .bold), "  \(names[domain] ?? "")  ", .init(counted(ticks, "tick"), .dim)) }
    }

    private func list() {
        if format.json {
            return Terminal.json(.array(FiveSignals.Section.allCases.map { section in
                .object([
                    JSONMember("section", .string(section.title)), JSONMember("domains", .array(section.domains(in: .core9).map { .string($0.code) })),
                    JSONMember("keys", .array(section.domainKeys.map { .string($0) })), JSONMember("boxes", .array(section.boxes.map { .string($0) })),
                ])
            }), .signals)
        }
        for section in FiveSignals.Section.allCases {
            let domains = section.domainKeys.map { $0.replacing("_", with: " ") }
            Terminal.line(.init(section.title, .bold), .init("  points to \(domains.joined(separator: ", "))", .dim))
            for (place, box) in section.boxes.enumerated() {
                let number = section.rawValue * 5 + place + 1
                Terminal.block(box, first: [.init(number < 10 ? "   \(number)  " : "  \(number)  ")], indent: "      ")
            }
        }
    }

    private func document(_ checks: [EngagementReading.QuickCheck], _ order: [(domain: String, ticks: Int)]) -> JSONValue {
        .object([
            JSONMember("checks", .array(checks.map { check in
                .object([
                    JSONMember("name", .string(check.key)), JSONMember("subject", .string(check.subject)), JSONMember("date", .string(CalendarDate.text(days: check.day))),
                    JSONMember("signals", .array(FiveSignals.Section.allCases.map { section in
                        .object([JSONMember("section", .string(section.title)), JSONMember("ticks", .integer(Int64(check.signals.ticks[section.rawValue]))), JSONMember("light", .string(check.signals.light(section).rawValue))])
                    })),
                ])
            })),
            JSONMember("first", .array(order.map { .object([JSONMember("domain", .string($0.domain)), JSONMember("ticks", .integer(Int64($0.ticks)))]) })),
        ])
    }
}
