import SeamarkJournal

extension EngagementReading {
    /// A piece of evidence that a figure names, as the annex lists it.
    public struct Piece: Hashable, Sendable {
        public var key: String
        public var kind: String
        public var title: String
        /// The system that it comes from.
        public var source: String?
        /// The first and the last day that it covers, in days since 1970.
        public var period: ClosedRange<Int64>?
    }

    /// In the order of handles, those among `names` that more than the team may know of.
    func pieces(called names: Set<String>) -> [Piece] {
        of(Catalogue.evidence).filter { $0.choice("sensitivity") != Self.teamOnly && names.contains(name(of: $0)) }.map { view in
            let period = view.group("period").flatMap { group -> ClosedRange<Int64>? in
                guard let from = group.integer("from"), let to = group.integer("to"), from <= to else { return nil }
                return from...to
            }
            return Piece(
                key: name(of: view), kind: ReportText.clean(view.choice("kind") ?? "evidence"), title: ReportText.clean(view.text("title") ?? ""),
                source: view.text("source").map { ReportText.clean($0) }, period: period)
        }.sorted { HandleOrder.precedes($0.key, $1.key) }
    }
}

extension EngagementReport {
    var pieceTable: ReportTable {
        ReportTable(
            caption: "The evidence that the lines and the figures above name. What only the team may know is not listed"
                + (provenance.frozen == nil ? "." : ", nor what people gave who may withdraw their consent."),
            columns: [.text("Handle"), .text("Kind"), .text("Title", wide: true), .text("Source", wide: true), .text("Period")],
            rows: pieces.map { piece in
                let period = piece.period.map { "\(CalendarDate.text(days: $0.lowerBound)) to \(CalendarDate.text(days: $0.upperBound))" }
                return ReportTable.Row(cells: [piece.key, piece.kind, piece.title, piece.source ?? "not named", period ?? "not named"])
            })
    }

    var piecesDocument: JSONValue {
        .array(pieces.map { piece in
            .object([
                JSONMember("key", .string(piece.key)), JSONMember("kind", .string(piece.kind)), JSONMember("title", .string(piece.title)), JSONMember("source", optional(piece.source)),
                JSONMember("from", optional(piece.period.map { CalendarDate.text(days: $0.lowerBound) })), JSONMember("to", optional(piece.period.map { CalendarDate.text(days: $0.upperBound) })),
            ])
        })
    }
}
