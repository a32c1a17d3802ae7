import SeamarkClient
import SeamarkJournal
import SeamarkModel
import SeamarkStore

// What a client viewer reads: frozen reports as headquarters published them, byte for byte.
extension Report {
    func showPublished(_ place: Workplace) throws {
        let state = try place.device.state
        guard state.settings[.isRevoked] != .bool(true) else { throw Workplace.Failure.revoked }
        guard trace == nil else { throw Explained(.notPermitted, "What stands behind a figure stays with the consultants. 'seamark report' lists what headquarters published for you.") }
        let reports = PublishedReports(state)
        let wanted = work.engagement.map { asked in reports.all.filter { $0.engagement.lowercased() == asked.lowercased() } } ?? reports.all
        if let asked = work.engagement, wanted.isEmpty {
            throw Explained(.notFound, "Nothing of '\(asked)' is published for you. \(Suggestion.sentence(asked, among: Self.names(reports.all.map(\.engagement))))Run 'seamark sync', or ask headquarters.")
        }
        guard let meant = try meant(among: wanted) else { return list(wanted) }
        if asJSON.json { return Terminal.json(meant.json, .publication) }
        let format = format ?? .md
        let bytes: [UInt8]
        do throws(Publication.Fault) {
            bytes = try reports.bytes(of: format.document, in: meant, place.device.primitives)
        } catch { throw Self.explained(error, meant) }
        var printed = bytes
        if format == .pdf {
            do throws(PagePrinter.Failure) { printed = try PagePrinter.pdf(of: String(decoding: bytes, as: UTF8.self), on: sheet, in: EditorFolders.page) } catch { throw Self.notPrinted(error) }
        }
        guard let output else { return Terminal.json(printed) }
        try InputFile.write(printed, to: output, replacing: replace)
        Terminal.line("Wrote \(output) (\(bytesInWords(printed.count))): \(meant.handle) \(meant.title)\(meant.isDraft ? ", a DRAFT," : "") as headquarters published it\(format == .pdf ? ", printed here" : ""). It is not sealed; keep it safe.")
    }

    /// The publication that a document is asked of; nil where the list is.
    private func meant(among publications: [Publication]) throws -> Publication? {
        guard let publication else {
            guard format != nil else { return nil }
            guard let last = publications.last(where: { $0.withdrawal == nil }) else {
                throw Explained(.notFound, publications.isEmpty ? "Nothing is published for you yet. Run 'seamark sync'; if nothing comes, ask headquarters." : "Everything that was published for you was withdrawn. 'seamark report' says why.")
            }
            return last
        }
        guard let found = publications.first(where: { $0.isCalled(publication) }) else {
            throw Explained(.notFound, "Nothing published for you is called '\(publication)'. \(Suggestion.sentence(publication, among: publications.map(\.handle)))'seamark report' lists it.")
        }
        return found
    }

    private func list(_ publications: [Publication]) {
        if asJSON.json { return Terminal.json(.array(publications.map(\.json)), .publication) }
        guard !publications.isEmpty else { return Terminal.line("Nothing is published for you yet. Run 'seamark sync'; if nothing comes, ask headquarters.") }
        var table = Table(["publication", "engagement", "title", "as of", "published", "state"])
        for one in publications {
            let state = one.withdrawal.map { "withdrawn: \($0)" } ?? (one.isDraft ? "DRAFT" : "board-ready")
            table.add(
                [one.handle, one.engagement, one.withdrawal == nil ? one.title : "", CalendarDate.text(days: one.day), TimeText.local(one.publishedAt), state],
                styles: one.withdrawal == nil ? one.isDraft ? [5: .yellow] : [:] : [5: .dim])
        }
        table.show()
        if let last = publications.last(where: { $0.withdrawal == nil }) { Terminal.line(.init("seamark report \(last.handle) --format html --output report.html", .dim)) }
    }

    private static func names(_ names: [String]) -> [String] { Array(Set(names)).sorted() }

    private static func explained(_ fault: Publication.Fault, _ publication: Publication) -> Explained {
        switch fault {
        case .withdrawn(let reason): Explained(.notFound, "Headquarters withdrew \(publication.handle), and it is on this laptop no more. The reason given: \(reason)")
        case .incomplete: Explained(.notFound, "Not all of \(publication.handle) is on this laptop yet. Run 'seamark sync'.")
        case .altered: Explained(.damaged, "What this laptop holds of \(publication.handle) is not what headquarters published: its SHA-256 is another. It is not shown; tell headquarters.")
        }
    }
}

extension Report.Format {
    /// A PDF is the page, printed here.
    fileprivate var document: Publication.Document {
        switch self {
        case .html, .pdf: .html
        case .md: .markdown
        case .json: .json
        }
    }
}
