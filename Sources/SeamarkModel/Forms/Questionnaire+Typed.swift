extension Questionnaire {
    /// What somebody typed as an answer to a question; nil for nothing, which is no answer.
    ///
    /// - Parameters:
    ///   - isNumbered: choices are shown with numbers, and may be called by them.
    ///   - today: days since 1970-01-01; the word `today` means it.
    public func answer(typed text: String, to item: Item, isNumbered: Bool = false, today: Int64) throws(FormAnswerFault) -> FormAnswer? {
        let plain = FormTextTables.trimmed(text[...])
        if plain.isEmpty { return nil }
        switch item.kind {
        case .text: return .text(text)
        case .integer:
            guard let value = Int64(plain) else { throw .otherKind(item.kind) }
            return .integer(value)
        case .decimal:
            guard plain.utf8.count <= 40, plain.utf8.allSatisfy({ (48...57).contains($0) || [43, 45, 46, 69, 101].contains($0) }), let value = Double(plain), abs(value) <= 1e15
            else { throw .otherKind(item.kind) }
            return .decimal(value)
        case .date:
            guard let days = plain.lowercased() == "today" ? today : CalendarDate.days(plain) else { throw .otherKind(item.kind) }
            return .date(days)
        case .selectOne(let list):
            return .choices([try choice(plain, list, isNumbered)])
        case .selectMultiple(let list):
            let words = plain.split { $0 == "," || $0 == ";" || $0.isWhitespace }.map(String.init)
            guard !words.isEmpty, words.count <= FormResponse.mostChoices else { throw .unknownChoice }
            var named: Set<String> = []
            for word in words { named.insert(try choice(word, list, isNumbered)) }
            // In the list's order, so that equal answers are equal values.
            return .choices((self.list(list)?.choices ?? []).map(\.name).filter(named.contains))
        case .note, .group: throw .unknownQuestion
        }
    }

    private func choice(_ word: String, _ list: String, _ isNumbered: Bool) throws(FormAnswerFault) -> String {
        let choices = self.list(list)?.choices ?? []
        if isNumbered, let number = Int(word), number >= 1, number <= choices.count { return choices[number - 1].name }
        let found = choices.filter { $0.name == word }
        let meant = found.isEmpty ? choices.filter { $0.name.lowercased() == word.lowercased() } : found
        guard meant.count == 1 else { throw .unknownChoice }
        return meant[0].name
    }

    /// An answer as it is shown: choices by their words in the language.
    public func text(of answer: FormAnswer, to item: Item, in language: String) -> String {
        switch answer {
        case .text(let text): return text
        case .integer(let value): return String(value)
        case .decimal(let value): return FormValue.number(value).text
        case .date(let days): return CalendarDate.text(days: days)
        case .choices(let names):
            let choices = item.kind.list.flatMap(list)?.choices ?? []
            return names.map { name in choices.first { $0.name == name }?.label.text(in: language, of: languages) ?? name }.joined(separator: ", ")
        }
    }

    /// The whole sentence why an answer is not taken, to whoever gave it: with the form's own words where it has some.
    public func sentence(_ fault: FormAnswerFault, about item: Item) -> String {
        switch fault {
        case .constraint(let words?), .required(let words?): return "\(item.name): \(words)"
        case .unknownChoice:
            let names = (item.kind.list.flatMap(list)?.choices ?? []).map(\.name)
            let most = 20
            return "\(item.name) must be \(item.kind == .selectOne(item.kind.list ?? "") ? "one" : "some") of \(names.prefix(most).joined(separator: ", "))\(names.count > most ? " and \(names.count - most) more" : "")"
        case _: return "\(item.name) \(fault.demand)"
        }
    }
}
