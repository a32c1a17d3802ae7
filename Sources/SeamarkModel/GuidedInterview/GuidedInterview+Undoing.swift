/// What this sitting wrote, taken back and brought again; never over what somebody has changed since.
extension GuidedInterview {
    mutating func undo() -> [Effect] {
        guard !records.isFinal else {
            decline(GuidedInterviewWords.isFinal)
            return []
        }
        guard let step = done.last else {
            decline(GuidedInterviewWords.nothingToUndo)
            return []
        }
        doing = .undo(step)
        switch step.done {
        case .answer(let question, let old, _): return taking(back: step, isRedo: false, .answer(question: question, old), of: .answer(question))
        case .own(let spot, let old, _): return taking(back: step, isRedo: false, .formAnswer(spot, old), of: .formAnswer(spot))
        case .made(let id, _): return taking(back: step, isRedo: false, .delete(id), of: .record(id))
        }
    }

    mutating func redo() -> [Effect] {
        guard !records.isFinal else {
            decline(GuidedInterviewWords.isFinal)
            return []
        }
        guard let step = undone.last else {
            decline(GuidedInterviewWords.nothingToRedo)
            return []
        }
        doing = .redo(step)
        switch step.done {
        case .answer(let question, _, let new): return taking(back: step, isRedo: true, .answer(question: question, new), of: .answer(question))
        case .own(let spot, _, let new): return taking(back: step, isRedo: true, .formAnswer(spot, new), of: .formAnswer(spot))
        case .made(let id, _): return taking(back: step, isRedo: true, .restore(id), of: .record(id))
        }
    }

    private func taking(back step: Step, isRedo: Bool, _ capture: InterviewWrite.Capture, of subject: InterviewSubject) -> [Effect] {
        let back = step.change.map { InterviewWrite.TakingBack(change: $0, isRedo: isRedo) }
        return [.store(InterviewWrite(capture, unlessChangedSince: marks[subject] ?? RecordMark(heads: []), takingBack: back))]
    }
}
