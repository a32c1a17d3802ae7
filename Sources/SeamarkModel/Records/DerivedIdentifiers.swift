public import SeamarkJournal

/// Ids that follow from what a record is about, so that two people meet in one record. Derived with `Identifier.derived`; purposes and
/// parts are part of the protocol and never change.
public enum DerivedIdentifiers {
    /// The one row of this scorer's answer to this question in this interview.
    public static func answer(interview: Identifier, question: String, scorer: Identifier, by primitives: any Primitives) -> Identifier {
        .derived("answer", from: interview.bytes + scorer.bytes + Array(question.utf8), by: primitives)
    }

    /// The one row of this scorer's answer to this question of this questionnaire in this interview.
    public static func formAnswer(
        interview: Identifier, questionnaire: Identifier, question: String, scorer: Identifier, by primitives: any Primitives
    ) -> Identifier {
        .derived("formAnswer", from: interview.bytes + questionnaire.bytes + scorer.bytes + Array(question.utf8), by: primitives)
    }

    /// The one row of this scorer's view of this mode of this seam. `mode`: the number of the choice.
    public static func seamModeScore(seam: Identifier, mode: Int64, scorer: Identifier, by primitives: any Primitives) -> Identifier {
        .derived("seamModeScore", from: seam.bytes + scorer.bytes + Array(String(mode).utf8), by: primitives)
    }

    public static func initiativeTarget(initiative: Identifier, line: Identifier, by primitives: any Primitives) -> Identifier {
        .derived("initiativeTarget", from: initiative.bytes + line.bytes, by: primitives)
    }

    /// `criterion`: the number of the choice.
    public static func gateResult(review: Identifier, criterion: Int64, by primitives: any Primitives) -> Identifier {
        .derived("gateResult", from: review.bytes + Array(String(criterion).utf8), by: primitives)
    }

    /// `document`: the number of the choice; `number`: the part's, from 1.
    public static func publicationPart(publication: Identifier, document: Int64, number: Int64, by primitives: any Primitives) -> Identifier {
        .derived("publicationPart", from: publication.bytes + Array("\(document)/\(number)".utf8), by: primitives)
    }

    /// The same for (a, b) and (b, a).
    public static func overlap(_ a: Identifier, _ b: Identifier, by primitives: any Primitives) -> Identifier {
        .derived("overlap", from: min(a, b).bytes + max(a, b).bytes, by: primitives)
    }

    /// The id of a record that is named by its parts; nil where a part is missing or of another kind, and for types with handles.
    ///
    /// - Parameter part: the value of the field with this number.
    public static func identifier(of type: RecordType, by primitives: any Primitives, part: (UInt32) -> Value?) -> Identifier? {
        // All are asked for, so that the caller learns which count.
        let (first, second, third) = (part(10), part(11), type === Catalogue.answer || type === Catalogue.seamModeScore || type === Catalogue.formAnswer || type === Catalogue.publicationPart ? part(12) : nil)
        let fourth = type === Catalogue.formAnswer ? part(13) : nil
        switch type.number {
        case Catalogue.answer.number:
            guard let interview = first?.id, let question = second?.text, let scorer = third?.id else { return nil }
            return answer(interview: interview, question: question, scorer: scorer, by: primitives)
        case Catalogue.formAnswer.number:
            guard let interview = first?.id, let questionnaire = second?.id, let question = third?.text, let scorer = fourth?.id else { return nil }
            return formAnswer(interview: interview, questionnaire: questionnaire, question: question, scorer: scorer, by: primitives)
        case Catalogue.seamModeScore.number:
            guard let seam = first?.id, let mode = second?.int, let scorer = third?.id else { return nil }
            return seamModeScore(seam: seam, mode: mode, scorer: scorer, by: primitives)
        case Catalogue.initiativeTarget.number:
            guard let initiative = first?.id, let line = second?.id else { return nil }
            return initiativeTarget(initiative: initiative, line: line, by: primitives)
        case Catalogue.gateResult.number:
            guard let review = first?.id, let criterion = second?.int else { return nil }
            return gateResult(review: review, criterion: criterion, by: primitives)
        case Catalogue.publicationPart.number:
            guard let publication = first?.id, let document = second?.int, let number = third?.int else { return nil }
            return publicationPart(publication: publication, document: document, number: number, by: primitives)
        case Catalogue.overlap.number:
            guard let line = first?.id, let other = second?.id else { return nil }
            return overlap(line, other, by: primitives)
        case _: return nil
        }
    }

    /// A record of an imported engagement file: the same file imported twice means the same records.
    public static func imported(scope: Identifier, type: RecordTypeNumber, handle: String, by primitives: any Primitives) -> Identifier {
        .derived("imported", from: scope.bytes + Array("\(type)/\(handle)".utf8), by: primitives)
    }

    /// The interview that goes on with another under a later edition of its instrument: whoever carries it over, wherever, means this one.
    public static func carriedInterview(_ interview: Identifier, to reference: String, by primitives: any Primitives) -> Identifier {
        .derived("carriedInterview", from: interview.bytes + Array(reference.utf8), by: primitives)
    }

    /// An edition of an instrument, in every tenant the same.
    public static func instrument(key: String, edition: Int, by primitives: any Primitives) -> Identifier {
        .derived("instrument", from: Array("\(key)@\(edition)".utf8), by: primitives)
    }
}

/// Handles from ranges that are reserved for a device, so that two devices never give the same one: `L-B014` is the fourteenth
/// leakage line made on device `B`.
public enum Handles {
    /// - Parameters:
    ///   - prefix: the type's `handlePrefix`.
    ///   - letters: the device's letters, from its directory record.
    ///   - existing: handles that are taken, of any type and device.
    public static func next(prefix: String, letters: String, existing: some Sequence<String>) -> String {
        let start = prefix + "-" + letters
        var greatest: Int64 = 0
        for handle in existing where handle.hasPrefix(start) {
            let digits = handle.dropFirst(start.count)
            if !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let number = Int64(digits), number < 1_000_000_000 {
                greatest = max(greatest, number)
            }
        }
        let digits = String(greatest + 1)
        return start + String(repeating: "0", count: max(0, 3 - digits.utf8.count)) + digits
    }
}
