import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel

struct Search: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find records by words that you half remember.",
        discussion: """
            For example:
              seamark search heat treat recipe
              seamark search fourance --type line

            Every word must be in the record, as it is, as the beginning or a part of a word, or with a letter mistyped. Capitals and accents \
            make no difference. Looked at is what was captured (texts, names, codes, choices, figures), not what fields are called. What you may not \
            read is not found. Of an open conflict every value is looked at, and it is said where the words stand in one that is not shown.
            """)

    @Argument(help: ArgumentHelp("The words.", valueName: "word")) var words: [String]
    @Option(help: ArgumentHelp("Look at one type alone, such as line or seam.", valueName: "type"), completion: HandleCompletion.nouns) var type: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Show only so many; 0 for all.", valueName: "n")) var limit = 20
    @Flag(help: "Look at deleted records instead.") var deleted = false
    @OptionGroup var work: WorkOptions
    @OptionGroup var format: JSONOption

    func run() throws {
        guard limit >= 0 else { throw Explained(.usage, "--limit is \(limit); it must not be negative.") }
        guard let search = TextSearch(words.joined(separator: " ")) else {
            throw Explained(.usage, "Say from one to \(TextSearch.mostWords) words of at most \(TextSearch.longestWord) letters or figures each.")
        }
        let only = try type.map { word in
            guard let found = CapturedTypes.type(word) else {
                throw CapturedTypes.unknown(word)
            }
            return found
        }
        let finder = try Workplace(work, to: .read).finder()
        let records = finder.all.filter { $0.isDeleted == deleted && (deleted || !finder.merges.isGone($0.id)) && (only == nil || $0.type === only) }
        let hits = RecordSearch(search, references: finder.shownReferences).hits(in: records, name: finder.name)
        let shown = limit == 0 ? hits[...] : hits.prefix(limit)
        if format.json { return Terminal.json(.object([JSONMember("count", .integer(Int64(hits.count))), JSONMember("hits", .array(shown.map { document($0, finder) }))]), .search) }
        guard !hits.isEmpty else { return Terminal.line("Nothing here holds \(search.words.count == 1 ? "that word" : "all of these words").") }
        for hit in shown { show(hit) }
        if shown.count < hits.count { Terminal.line(.init("The best \(shown.count) of \(hits.count); --limit 0 shows all.", .dim)) }
    }

    private func show(_ hit: RecordSearch.Hit) {
        Terminal.line(.init(hit.name, .bold), "  \(hit.record.type?.label ?? "record")", .init(hit.field.map { "  \($0.label)" } ?? "", .dim))
        if hit.isOtherValue { Terminal.line(.init("  in a conflict, and not the value that is shown: seamark conflicts \(hit.name)", .yellow)) }
        guard !hit.pieces.isEmpty else { return }
        Terminal.line(["  "] + hit.pieces.map { Terminal.Piece($0.text, $0.isFound ? .bold : nil) })
    }

    private func document(_ hit: RecordSearch.Hit, _ finder: RecordFinder) -> JSONValue {
        .object([
            JSONMember("name", .string(hit.name)), JSONMember("type", .string(hit.record.type?.key ?? "")), JSONMember("id", .string(hit.record.id.description)),
            JSONMember("field", hit.field.map { .string($0.key) } ?? .null), JSONMember("excerpt", .string(hit.excerpt)),
            JSONMember("inConflict", .bool(hit.isOtherValue)),
        ])
    }
}
