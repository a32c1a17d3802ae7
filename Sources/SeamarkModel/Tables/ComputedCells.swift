import SeamarkJournal

/// What tables say of a record that is in none of its fields: what follows from a formula, from other records, or from what a report makes of it.
struct ComputedCells {
    let merges: Merges
    private let records: [RecordView]
    private let byId: [Identifier: RecordView]
    /// Answers that a report's scores hold; nil where the instrument that the engagement names is not here.
    private let used: Set<Identifier>?
    /// Of answers to an earlier edition: the question that they count for.
    private let comparable: [Identifier: String]

    /// - Parameters:
    ///   - records: of one engagement, deleted ones too.
    ///   - instrument: the edition that the engagement names.
    ///   - former: earlier editions, by what interviews call them.
    init(_ records: [RecordView], instrument: Instrument, former: (String) -> Instrument?) {
        self.records = records
        merges = Merges(records)
        byId = Dictionary(records.filter { !$0.isDeleted }.map { ($0.id, $0) }) { first, _ in first }
        let reading = try? EngagementReading(records, instrument: instrument, former: former)
        used = reading?.usedAnswers
        comparable = reading?.comparable ?? [:]
    }

    /// Behind the columns of the type's own fields.
    static func columns(of type: RecordType) -> [DataTable.Column] {
        switch type.number {
        case Catalogue.leakageLine.number:
            ["low", "likely", "high"].map { DataTable.Column("price.\($0)", "price of a year, \($0), computed") }
                + [DataTable.Column("seamPoints.standing", "seam points, those of merged seams added up, computed")]
        case Catalogue.answer.number:
            [
                DataTable.Column("level", "level of who answered, computed"), DataTable.Column("used", "a report's scores hold it, computed"),
                DataTable.Column("countsFor", "the question of the engagement's edition that it counts for, where it was given to an earlier one, computed"),
            ]
        case _: []
        }
    }

    /// As many as `columns(of:)`.
    func cells(of record: RecordView, _ type: RecordType, _ references: References) -> [DataTable.Cell] {
        switch type.number {
        case Catalogue.leakageLine.number: price(of: record) + [seamPoints(of: record, references)]
        case Catalogue.answer.number:
            [level(of: record).map { .text($0) } ?? .empty, used.map { .boolean($0.contains(record.id)) } ?? .empty, comparable[record.id].map { .text($0) } ?? .empty]
        case _: []
        }
    }

    /// What a line costs a year, however it is priced, in the main unit: what a range is, factors multiply to, inputs and observations come to.
    private func price(of line: RecordView) -> [DataTable.Cell] {
        guard let amount = line.group("amount"), let ends = ((try? LinePrice(amount.value)) ?? nil)?.ends else { return [.empty, .empty, .empty] }
        return [ends.low, ends.likely, ends.high].map { $0.isFinite ? .number(RecordTables.digits($0)) : .empty }
    }

    /// By the seam that stands for each, as a report adds them up. Points to a seam that is gone go to none. What an altered program handed in may be beyond all bounds.
    private func seamPoints(of line: RecordView, _ references: References) -> DataTable.Cell {
        var points: [Identifier: Int] = [:]
        for share in line.seamPoints("seamPoints") {
            let seam = merges.survivor(of: share.seam)
            if byId[seam]?.type === Catalogue.seam { points[seam, default: 0] &+= share.points }
        }
        let texts = points.map { "\(references.text($0.key))=\($0.value)" }.sorted(by: HandleOrder.precedes)
        return texts.isEmpty ? .empty : .text(texts.joined(separator: ","))
    }

    /// Of the person named, or of everyone in the interview where they stand on one level.
    private func level(of answer: RecordView) -> String? {
        let interview = answer.reference("interview").flatMap { byId[merges.survivor(of: $0)] }
        let persons = answer.reference("person").map { [$0] } ?? interview?.references("persons") ?? []
        let levels = Set(persons.map { byId[merges.survivor(of: $0)]?.choice("level") ?? "" })
        return levels.count == 1 ? levels.first { !$0.isEmpty } : nil
    }

    /// A row for each record that another one stands for.
    func merged(_ references: References) -> DataTable {
        let gone = records.filter { merges.isGone($0.id) && $0.type?.home == .engagement }.sorted { ($0.state.type, $0.id) < ($1.state.type, $1.id) }
        return DataTable(
            "merged",
            [
                .init("KEY", "id"), .init("type", "record type"), .init("handle", "handle"), .init("survivor", "the record that stands for it"),
                .init("survivor.KEY", "the record that stands for it, id"),
            ],
            gone.map { record in
                let survivor = merges.survivor(of: record.id)
                return [
                    .text(record.id.description), .text(record.type?.key ?? ""), record.handle.map { .text($0) } ?? .empty, .text(references.text(survivor)),
                    .text(survivor.description),
                ]
            })
    }
}

extension EngagementReading {
    /// The answers that the scores of domains hold, those that score nothing among them: all that reading leaves out, passes over as carried to or from
    /// another edition, or cannot place in a domain in scope are not.
    var usedAnswers: Set<Identifier> {
        let left = Set(leftOut.map(\.record)), scope = Set(engagement.texts("inScopeDomains"))
        return Set(of(Catalogue.answer).filter { answer in
            guard !left.contains(answer.id), let interview = answer.reference("interview").flatMap({ byId[survivor(of: $0)] }),
                let domain = (comparable[answer.id] ?? answer.text("question")).flatMap({ instrument.question($0)?.domain.code }), scope.isEmpty || scope.contains(domain),
                answer.group("response")?.choice("outcome") != nil
            else { return false }
            if comparable[answer.id] != nil { return true }
            return interview.text("instrument").map { $0 == instrument.reference } ?? !carried.isPassedOver(interview.id)
        }.map(\.id))
    }
}
