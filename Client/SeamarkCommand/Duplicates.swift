import ArgumentParser
import SeamarkClient
import SeamarkJournal
import SeamarkModel

struct Duplicates: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Records that may be the same thing, captured twice; and what was merged.",
        discussion: """
            For example:
              seamark duplicates
              seamark duplicates site

            A proposal only. Merge two with 'seamark merge', or tell them apart by another name.
            """)

    @Argument(help: "Only of this type, such as site.", completion: HandleCompletion.nouns) var type: String?
    @OptionGroup var work: WorkOptions
    @OptionGroup var format: JSONOption

    func run() throws {
        let finder = try Workplace(work, to: .read).finder()
        let only = try type.map { word in
            guard let type = CapturedTypes.type(word) else {
                throw CapturedTypes.unknown(word)
            }
            return type
        }
        let proposed = Duplicate.proposed(in: finder.all, finder.merges).filter { only == nil || $0.type == only?.number }
        let merged = finder.all.filter { !$0.isDeleted && finder.merges.isGone($0.id) && (only == nil || $0.type === only) }
        if format.json { return Terminal.json(document(proposed, merged, finder), .duplicates) }
        if proposed.isEmpty, merged.isEmpty { return Terminal.line("No duplicates.") }
        for duplicate in proposed {
            let (kept, gone) = (finder.name(of: duplicate.kept), finder.name(of: duplicate.gone))
            let label = Catalogue.type(duplicate.type)?.label ?? "record"
            Terminal.line(.init(kept, .bold), " and ", .init(gone, .bold), "  two \(label)s with \(duplicate.reason)")
            for id in [duplicate.kept, duplicate.gone] {
                guard let record = finder.view(id) else { continue }
                let title = record.text("title") ?? record.text("name") ?? record.text("resource") ?? ""
                let by = record.author.map { finder.person($0) } ?? "?"
                let at = record.integer("createdAt").map { ", " + TimeText.local($0) } ?? ""
                Terminal.line("    ", .init(title), .init("  \(by)\(at)", .dim))
            }
            Terminal.line("  Merge them: seamark merge \(kept) \(gone)")
        }
        if !proposed.isEmpty, !merged.isEmpty { Terminal.line("") }
        for record in merged {
            Terminal.line(
                .init(finder.name(of: record.id), .bold), " was merged into ", .init(finder.name(of: finder.merges.survivor(of: record.id)), .bold),
                .init(MergeWitness.isChanged(record) ? "  and was changed by somebody who did not know" : "", .yellow))
        }
    }

    private func document(_ proposed: [Duplicate], _ merged: [RecordView], _ finder: RecordFinder) -> JSONValue {
        .object([
            JSONMember("proposed", .array(proposed.map { duplicate in
                .object([
                    JSONMember("type", .string(Catalogue.type(duplicate.type)?.key ?? "")), JSONMember("keep", .string(finder.name(of: duplicate.kept))),
                    JSONMember("keepId", .string(duplicate.kept.description)), JSONMember("gone", .string(finder.name(of: duplicate.gone))),
                    JSONMember("goneId", .string(duplicate.gone.description)), JSONMember("reason", .string(duplicate.reason)),
                ])
            })),
            JSONMember("merged", .array(merged.map { record in
                .object([
                    JSONMember("name", .string(finder.name(of: record.id))), JSONMember("id", .string(record.id.description)),
                    JSONMember("into", .string(finder.name(of: finder.merges.survivor(of: record.id)))),
                    JSONMember("changedSince", .bool(MergeWitness.isChanged(record))),
                ])
            })),
        ])
    }
}
