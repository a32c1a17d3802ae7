import SeamarkJournal

/// What questionnaires were answered, as analysts of field collection know it: a table for each edition, a row for each interview and scorer, a
/// column for each question, and for a question with several choices a column `question/choice` of 1 and 0 for each.
enum FormTables {
    /// Editions; those of more would fill a disk.
    static let mostTables = 200
    /// Where a form would have more columns it has none for single choices: databases take 2,000.
    static let mostColumns = 1500

    /// - Parameters:
    ///   - received: when changes came to the server, by its clock, as far as that is known.
    ///   - besides: names of tables that are there already.
    static func tables(
        _ records: [RecordView], _ references: References, _ merges: Merges, sensitive: Bool, received: [Identifier: Int64], besides: [String]
    ) -> [DataTable] {
        var names = Set((besides + [leftOutName]).map { $0.lowercased() })
        var answers: [Identifier: [FormAnswerRecord]] = [:]
        for record in records where record.type === Catalogue.formAnswer {
            if let answer = FormAnswerRecord(record) { answers[answer.questionnaire, default: []].append(answer) }
        }
        let reviews = reviews(records, merges)
        let all = HeldQuestionnaire.all(in: records)
        let tables = all.prefix(mostTables).compactMap { held -> DataTable? in
            guard let form = held.form else { return nil }
            var name = name(held), number = 1
            while !names.insert(name.lowercased()).inserted {
                number += 1
                name = "\(self.name(held))N\(number)"
            }
            return table(name, form, of: held.edition, answers[held.record] ?? [], references, sensitive, received: received) { reviews[merges.survivor(of: $0)] }
        }
        let left = all.enumerated().compactMap { place, held -> [DataTable.Cell]? in
            let why = place >= mostTables ? "an export has tables for \(mostTables) questionnaires" : held.form == nil ? "it was made by a newer version of Seamark" : nil
            return why.map { [.text(held.record.description), .text(held.handle), .text(held.key), .number(String(held.edition)), .number(String(answers[held.record]?.count ?? 0)), .text($0)] }
        }
        return left.isEmpty ? tables : tables + [leftOut(left)]
    }

    /// The verdict of the last review of each interview, as `Findings` takes it.
    private static func reviews(_ records: [RecordView], _ merges: Merges) -> [Identifier: String] {
        var reviews: [Identifier: String] = [:]
        let all = records.filter { $0.type === Catalogue.interviewReview }.sorted { ($0.integer("createdAt") ?? 0, $0.id) < ($1.integer("createdAt") ?? 0, $1.id) }
        for review in all {
            if let interview = review.reference("interview").map({ merges.survivor(of: $0) }), let verdict = review.choice("verdict") { reviews[interview] = verdict }
        }
        return reviews
    }

    /// The questionnaires without a table, whose answers stand in the records alone. Only where there are any.
    private static func leftOut(_ rows: [[DataTable.Cell]]) -> DataTable {
        DataTable(
            leftOutName,
            [
                .init("KEY", "id"), .init("questionnaire", "questionnaire"), .init("formKey", "key"), .init("edition", "edition"), .init("answers", "answers, in the table formAnswer"),
                .init("why", "why it has no table"),
            ], rows)
    }

    static let leftOutName = "formsLeftOut"

    /// `formShiftcheckE2`: letters and digits, at most thirty-one, as workbooks ask.
    private static func name(_ held: HeldQuestionnaire) -> String {
        let plain = held.key.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(15)
        return "form\(plain.prefix(1).uppercased())\(plain.dropFirst())E\(held.edition)"
    }

    private static func table(
        _ name: String, _ form: Questionnaire, of edition: Int64, _ answers: [FormAnswerRecord], _ references: References, _ sensitive: Bool,
        received: [Identifier: Int64], review: (Identifier) -> String?
    ) -> DataTable {
        let questions = form.all.filter(\.kind.isAnswered)
        let splits = questions.count + questions.reduce(0) { $0 + choices($1, form).count } <= mostColumns
        var columns: [DataTable.Column] = [
            .init("KEY", "id of interview and scorer"), .init("PARENT_KEY", "id of the interview"), .init("interview", "interview"), .init("interview.KEY", "interview, id"),
            .init("scorer", "scorer"), .init("scorer.KEY", "scorer, id"), .init("changedAt", "last changed (by the clock of who did)"), .init("withheld", "answers that are not shown here"),
            .init("edition", "edition of the questionnaire"), .init("device", "device that wrote last, id"), .init("received", "last received (by the server's clock)"),
            .init("reviewState", "what the last review of the interview said"),
        ]
        // A question may be called as a column is, or as another in the other case, which databases take for the same.
        var taken = Set(columns.map { $0.key.lowercased() })
        func add(_ key: String, _ label: String, _ isSensitive: Bool) {
            var key = key
            while !taken.insert(key.lowercased()).inserted { key = "_" + key }
            columns.append(.init(key, label, isSensitive: isSensitive))
        }
        for item in questions {
            let label = item.label.text(in: form.languages[0], of: form.languages) ?? item.hint.text(in: form.languages[0], of: form.languages) ?? item.name
            add(item.name, label, item.kind == .text)
            for choice in splits ? choices(item, form) : [] {
                add("\(item.name)/\(choice.name)", "\(label): \(choice.label.text(in: form.languages[0], of: form.languages) ?? choice.name)", false)
            }
        }
        var rows: [[String]: [String: FormAnswerRecord]] = [:]
        for answer in answers where answer.answer != nil || answer.isWithheld {
            rows[[references.text(answer.interview), references.text(answer.scorer), answer.interview.description, answer.scorer.description], default: [:]][answer.question] = answer
        }
        let sorted = rows.sorted { left, right in
            for (a, b) in zip(left.key, right.key) where a != b { return HandleOrder.precedes(a, b) }
            return false
        }
        return DataTable(name, columns, sorted.map { key, row in
            let heads = row.values.flatMap { $0.record.state.slots.flatMap(\.heads) }
            let newest = heads.max { ($0.stamp.time, $0.name) < ($1.stamp.time, $1.name) }
            // What is hidden hangs on what the answer is, too: words may stand under a question of another kind that was not known when they came.
            let hidden = questions.filter { item in
                guard let given = row[item.name] else { return false }
                if given.isWithheld { return true }
                if case .text? = given.answer { return !sensitive || item.kind != .text }
                return false
            }.map(\.name)
            let changed: DataTable.Cell = newest.map { .time($0.stamp.time) } ?? .empty
            let device: DataTable.Cell = newest.map { .text($0.stamp.device.description) } ?? .empty
            let arrived: DataTable.Cell = heads.compactMap { received[$0.name.change] }.max().map { .time($0) } ?? .empty
            let verdict: DataTable.Cell = Identifier(key[2]).flatMap { review($0) }.map { .text($0) } ?? .empty
            var cells: [DataTable.Cell] = [
                .text("\(key[2])/\(key[3])"), .text(key[2]), .text(key[0]), .text(key[2]), .text(key[1]), .text(key[3]), changed,
                hidden.isEmpty ? .empty : .text(hidden.joined(separator: "; ")), .number(String(edition)), device, arrived, verdict,
            ]
            for item in questions {
                let answer = hidden.contains(item.name) ? nil : row[item.name]?.answer
                cells.append(cell(answer))
                guard splits else { continue }
                let chosen: [String]? = if case .choices(let names)? = answer { names } else { nil }
                for choice in choices(item, form) { cells.append(chosen.map { .number($0.contains(choice.name) ? "1" : "0") } ?? .empty) }
            }
            return cells
        })
    }

    /// Of a question that takes several.
    private static func choices(_ item: Questionnaire.Item, _ form: Questionnaire) -> [Questionnaire.ChoiceList.Choice] {
        if case .selectMultiple(let list) = item.kind { form.list(list)?.choices ?? [] } else { [] }
    }

    private static func cell(_ answer: FormAnswer?) -> DataTable.Cell {
        switch answer {
        case nil: .empty
        case .text(let text)?: .text(text)
        case .integer(let value)?: .number(String(value))
        case .decimal(let value)?: .number(RecordTables.digits(value))
        case .date(let days)?: .date(days)
        // As field collection programs write it: names have no blanks.
        case .choices(let names)?: .text(names.joined(separator: " "))
        }
    }
}
