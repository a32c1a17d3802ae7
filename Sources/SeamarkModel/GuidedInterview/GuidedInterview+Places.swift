import SeamarkJournal

/// Where an interview is, and where it goes on.
extension GuidedInterview {
    /// The first open question after the youngest answer; or where the bookmark says, if that is younger.
    static func place(_ questions: [Question], _ records: InterviewRecords, _ bookmark: InterviewBookmark?) -> Place {
        var answered = questions.indices.compactMap { index in records.answers[questions[index].id].map { (Place.question(index), $0.stamp) } }
        for form in records.forms { answered += form.stamps.sorted { $0.key < $1.key }.map { (.form(FormSpot(form: form.record, name: $0.key)), $0.value) } }
        let last = answered.max { $0.1 < $1.1 }
        if let bookmark, bookmark.after ?? Stamp(time: .min, device: .zero) >= last?.1 ?? Stamp(time: .min, device: .zero) {
            guard let id = bookmark.question else { return .end }
            if let place = place(named: id, questions, records) { return place }
        }
        return next(after: last?.0, questions, records)
    }

    /// What must be remembered so that the next sitting begins here; nil where it would anyhow.
    func bookmark() -> InterviewBookmark? {
        guard Self.place(questions, records, remembered) != place else { return nil }
        return InterviewBookmark(question: placeName, after: records.lastStamp)
    }

    mutating func go(to place: Place) {
        self.place = place
        scroll = 0
    }

    mutating func step(_ direction: Int) {
        let here = Self.rank(place, records)
        if direction > 0 {
            if place == .end { return decline(GuidedInterviewWords.isLast) }
            go(to: places.first { Self.rank($0, records) > here } ?? .end)
        } else if let previous = places.last(where: { Self.rank($0, records) < here }) {
            go(to: previous)
        } else if place != .end {
            decline(GuidedInterviewWords.isFirst)
        }
    }

    /// What the question that stands there is called; nil at the end.
    var calledHere: String? {
        switch place {
        case .question(let index): questions[index].id
        case .form(let spot): name(of: spot)
        case .end: nil
        }
    }

    /// To the next open question after this one, round the end; to the end where none is open.
    mutating func goOn(after id: String) {
        guard let start = index(of: id) else { return }
        go(to: Self.next(after: .question(start), questions, records))
    }
}
